import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/;

/** Columns of a terminal that a text takes: two for wide characters, none for combining ones. */
export const widthOf = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text));

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
    const more = stringWidth(segment);
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
