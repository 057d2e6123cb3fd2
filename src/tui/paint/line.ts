import { cutTo, padTo, widthOf } from '../../view/width.ts';
import type { Theme, Tone } from './theme.ts';

/** A piece of a line, in one tone. The text is escaped already. */
export type Piece = readonly [text: string, tone?: Tone];

/** Pieces as one line of exactly that width, styled; what does not fit is cut, with a sign. */
export const renderLine = (pieces: readonly Piece[], width: number, theme: Theme, selected = false): string => {
  let room = width;
  let line = '';
  for (const [index, [raw, tone = 'plain']] of pieces.entries()) {
    const text = theme.text(raw);
    if (room <= 0 || text === '') {
      continue;
    }
    const isLast = pieces.slice(index + 1).every(([rest]) => rest === '');
    const needed = widthOf(text);
    const fits = needed < room || (needed === room && isLast);
    // Longer than the room, so that it is cut with a sign also where it just fits and more is behind it.
    const shown = fits ? text : cutTo(`${text}${needed === room ? '..' : ''}`, room);
    room -= fits ? needed : widthOf(shown);
    line += selected ? shown : theme.paint(tone, shown);
  }
  const padding = ' '.repeat(Math.max(0, room));
  return selected ? theme.selected(line + padding) : line + padding;
};

/** Two groups of pieces, one at each end of the line; the right one goes first if there is no room for both. */
export const renderEnds = (left: readonly Piece[], right: readonly Piece[], width: number, theme: Theme): string => {
  const rightWidth = right.reduce((sum, [text]) => sum + widthOf(text), 0);
  const leftWidth = left.reduce((sum, [text]) => sum + widthOf(text), 0);
  if (leftWidth + rightWidth + 1 > width) {
    return renderLine(left, width, theme);
  }
  return renderLine(left, width - rightWidth, theme) + renderLine(right, rightWidth, theme);
};

export const column = (text: string, width: number): string => padTo(cutTo(text, width), width);

/** Fills up with blank lines, or cuts, to N lines. */
export const padLines = (lines: string[], height: number, columns: number): string[] => {
  while (lines.length < height) {
    lines.push(' '.repeat(columns));
  }
  return lines.slice(0, height);
};
