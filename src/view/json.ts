/**
 * A value as one line of JSON for people's terminals too: what could move the cursor, hide text or change its order is
 * written as `\u009b`. JSON.stringify does that below 0x20 only. A program reads the same value.
 */
export const jsonLine = (value: unknown): string => `${safeJson(JSON.stringify(value))}\n`;

/** The same for a text that is JSON already. */
export const safeJson = (json: string): string => (plain.test(json) ? json : json.replace(unsafe, escapeUnits));

const plain = /^[\x20-\x7e]*$/;

/** C1 controls and DEL, and marks that are not seen or change the order of text; C0 is escaped in JSON anyway. */
const unsafe =
  /[\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e0fff}]/gu;

const escapeUnits = (text: string): string => {
  let escaped = '';
  for (let index = 0; index < text.length; index += 1) {
    escaped += `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
};
