import { eastAsianWidth } from 'get-east-asian-width';

const ascii = /^[\x20-\x7e]*$/;

/**
 * Columns of a terminal that a text takes at most: two for wide characters, none for combining ones. Some terminals draw a
 * cluster of letters as one, some add up what it is made of: a line must fit in both.
 *
 * As string-width has it for each character. That one takes as long to load as all the rest of nstrace.
 */
export const widthOf = (text: string): number => {
  if (ascii.test(text)) {
    return text.length;
  }
  let sum = 0;
  for (const character of text) {
    sum += characterWidth(character);
  }
  return widening.test(text) ? sum + widened(text) : sum;
};

/** Signs that make the character before them an emoji, which is wide. */
const widening = /[\ufe0f\u20e3]/;

const widened = (text: string): number => {
  const emoji = text.match(/\p{Extended_Pictographic}\ufe0f|[\d#*]\ufe0f?\u20e3/gu) ?? [];
  return emoji.reduce((sum, [first]) => sum + 2 - characterWidth(first!), 0);
};

const widths = new Map<string, number>();
/** Characters whose widths are remembered: asking takes a hundred times as long. */
const maxWidths = 10_000;

const characterWidth = (character: string): number => {
  let width = widths.get(character);
  if (width === undefined) {
    width = isDrawn(character) ? eastAsianWidth(character.codePointAt(0)!) : 0;
    if (widths.size < maxWidths) {
      widths.set(character, width);
    }
  }
  return width;
};

const isDrawn = (character: string): boolean =>
  /[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Surrogate}]/u.test(
    character,
  );

let segmenter: Intl.Segmenter | undefined;

/** Letters with their marks, as a reader sees them. */
const segments = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
};

/** A text cut to that many columns, with a sign that it was. */
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
  for (const { segment } of segments(text)) {
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

/** A text in pieces of at most that width, the later ones behind `indent`. */
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
    for (const { segment } of segments(text)) {
      put(segment, widthOf(segment));
    }
  }
  return [...lines, line];
};
