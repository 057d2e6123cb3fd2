/** What a spreadsheet takes as the beginning of a formula (OWASP, CSV injection), in wide letters too. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|]/;

/** A text for a cell: an apostrophe in front keeps a formula from being one, as spreadsheets do it themselves. */
export const withoutFormula = (text: string): string => (formula.test(text) ? `'${text}` : text);
