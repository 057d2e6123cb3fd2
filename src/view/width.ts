import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/;

/**
 * Columns of a terminal that a text takes at most: two for wide characters, none for combining ones. Some terminals draw a
 * cluster of letters as one, some add up what it is made of: a line must fit in both.
 */
export const widthOf = (text: string): number => {
  if (ascii.test(text)) {
    return text.length;
  }
  let sum = 0;
  for (const character of text) {
    sum += characterWidth(character);
  }
  return widerTogether.test(text) ? Math.max(sum, stringWidth(text)) : sum;
};

/** Flags, keycaps and signs that a selector makes an emoji: only those can be wider than their parts. */
const widerTogether = /[\u{1f1e6}-\u{1f1ff}\ufe0f\u20e3]/u;

const widths = new Map<string, number>();
/** Characters whose widths are remembered: asking takes a hundred times as long. */
const maxWidths = 10_000;

const characterWidth = (character: string): number => {
  let width = widths.get(character);
  if (width === undefined) {
    width = stringWidth(character);
    if (widths.size < maxWidths) {
      widths.set(character, width);
    }
  }
  return width;
};

const segmenter = new Intl.Segmenter();

/** A text cut to so many columns, with a sign that it was. */
export const cutTo = (text: string, columns: number, sign = '~'): string => {
  if (widthOf(text) <= columns) {
    return text;
  }
  if (columns <= 0) {
    return '';
  }
  if (ascii.test(text)) {
    return text.slice(0, Math.max(0, columns - sign.length)) + sign;
  }
  let cut = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    const more = widthOf(segment);
    if (width + more > columns - sign.length) {
      break;
    }
    cut += segment;
    width += more;
  }
  return cut + sign + ' '.repeat(Math.max(0, columns - sign.length - width));
};

export const padTo = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)));

export const padStartTo = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - widthOf(text))) + text;

/** A text in pieces that are at most so wide, the later ones behind `indent`. */
export const wrapTo = (text: string, columns: number, indent: string): string[] => {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  const room = Math.max(2, columns);
  const put = (piece: string, more: number): void => {
    if (width + more > room && width > 0) {
      lines.push(line);
      line = indent.length < room ? indent : '';
      width = line.length;
    }
    line += piece;
    width += more;
  };
  if (ascii.test(text)) {
    for (let at = 0; at < text.length; ) {
      const left = Math.max(1, room - (lines.length === 0 && at === 0 ? 0 : Math.min(indent.length, room - 1)));
      const piece = text.slice(at, at + left);
      put(piece, piece.length);
      at += piece.length;
    }
  } else {
    for (const { segment } of segmenter.segment(text)) {
      put(segment, widthOf(segment));
    }
  }
  return [...lines, line];
};
