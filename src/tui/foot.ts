import { escapeText } from '../view/escape.ts';
import { widthOf } from '../view/width.ts';
import { footBindings } from './bindings.ts';
import type { FrameInput } from './frame-input.ts';
import { type Piece, renderLine } from './line.ts';
import type { Tone } from './theme.ts';
import type { Ui } from './ui.ts';

/** Keys in the order of their use; as many as fit. */
export const footLine = ({ ui, columns, theme }: FrameInput): string => {
  if (ui.prompt !== undefined) {
    // Its end is where the cursor is.
    const typed = escapeText(ui.prompt);
    const shown = tailOf(typed, columns - 2);
    return renderLine(
      [
        [`/${shown}`, 'strong'],
        ['_', 'accent'],
        ['  c:web n:curl x:failed u:1000 word', 'dim'],
      ],
      columns,
      theme,
    );
  }
  const keys = footKeys(ui);
  const pieces: Piece[] = [];
  let used = 0;
  for (const [key, what] of keys) {
    const width = key.length + what.length + 3;
    if (used + width > columns) {
      break;
    }
    used += width;
    pieces.push([key, 'strong'], [` ${what}  `, 'dim' as Tone]);
  }
  return renderLine(pieces, columns, theme);
};

/** As much of the end as fits. */
const tailOf = (text: string, columns: number): string => {
  const characters = [...text];
  let from = characters.length;
  for (let room = columns; from > 0; from -= 1) {
    room -= widthOf(characters[from - 1]!);
    if (room < 0) {
      break;
    }
  }
  return characters.slice(from).join('');
};

const footKeys = (ui: Ui): readonly (readonly [string, string])[] => {
  if (ui.overlay === 'details') {
    return [
      ['Esc', 'back'],
      ['c', 'copy'],
      ['j k', 'scroll'],
    ];
  }
  if (ui.overlay !== undefined) {
    return [
      ['Esc', 'back'],
      ['j k', 'move'],
    ];
  }
  return footBindings(ui.isReplay);
};
