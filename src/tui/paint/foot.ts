import type { Problem } from '../../filter/words.ts';
import { escapeText } from '../../view/escape.ts';
import { widthOf } from '../../view/width.ts';
import { footBindings } from '../keys/bindings.ts';
import type { Ui } from '../keys/ui.ts';
import { problemText } from '../rows/query.ts';
import type { FrameInput } from './frame-input.ts';
import { type Piece, renderLine } from './line.ts';
import type { Tone } from './theme.ts';

/** Keys in the order of their use; as many as fit. */
export const footLine = ({ ui, columns, theme }: FrameInput): string => {
  if (ui.prompt.text !== undefined) {
    return renderLine(promptPieces(ui.prompt.text, ui.query.problems, columns), columns, theme);
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

/** What is typed, with what cannot be understood marked, and why. Its end is where the cursor is. */
const promptPieces = (text: string, problems: readonly Problem[], columns: number): Piece[] => {
  const problem = problems.find(({ unfinished }) => unfinished !== true);
  const hint = problem === undefined ? usualHint : problemText(problem);
  const parts: { text: string; bad: boolean }[] = [];
  let at = 0;
  for (const { start, end } of problems.filter(({ unfinished }) => unfinished !== true)) {
    parts.push({ text: text.slice(at, start), bad: false }, { text: text.slice(start, end), bad: true });
    at = end;
  }
  parts.push({ text: text.slice(at), bad: false });
  const typed = escapeText(text);
  const pieces: Piece[] =
    widthOf(typed) <= columns - 2
      ? parts.map((part) => [escapeText(part.text), part.bad ? 'bad' : 'strong'])
      : [[tailOf(typed, columns - 2), 'strong']];
  return [
    ['/', 'strong'],
    ...pieces,
    ['_', 'accent'],
    [`  ${escapeText(hint)}`, problem === undefined ? 'dim' : 'bad'],
  ];
};

const usualHint = 'c:web n:curl exit:!0 failed joined oom u:1000 word';

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
  if (ui.overlay.name === 'details') {
    return [
      ['Esc', 'back'],
      ['c', 'copy'],
      ['j k', 'scroll'],
    ];
  }
  if (ui.overlay.name !== undefined) {
    return [
      ['Esc', 'back'],
      ['j k', 'move'],
    ];
  }
  return footBindings(ui.isReplay);
};
