/**
 * The one border between text that a traced process chose and a human's terminal. Everything that could move the cursor,
 * hide text or change its order is shown as what it is: `\x1b`, `\n`, `\u{202e}`.
 */
export const escapeText = (text: string): string => (plain.test(text) ? text : text.replace(unsafe, visible));

/** An id as people know it from their runtime: 12 of its 64 digits. For what is shown beside others, never for data. */
export const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : escapeText(id));

const plain = /^[\x20-\x7e]*$/;

/**
 * C0, DEL and C1 controls; soft hyphen; zero-width and bidirectional marks, line and paragraph separators; variation
 * selectors and tags, which are invisible; lone surrogates; private use.
 */
const unsafe =
  /[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ue000-\uf8ff\p{Cs}]|[\u{13430}-\u{1345f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const visible = (character: string): string => {
  const code = character.codePointAt(0)!;
  if (code === 0xfffd) {
    return character;
  }
  return short[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
};

/** Bytes, of which some are not UTF-8: those are shown as `\xff`. */
export const escapeBytes = (bytes: Uint8Array): string => {
  let shown = '';
  let from = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  while (from < bytes.length) {
    const length = validLength(bytes, from);
    if (length === 0) {
      shown += `\\x${bytes[from]!.toString(16).padStart(2, '0')}`;
      from += 1;
    } else {
      shown += escapeText(decoder.decode(bytes.subarray(from, from + length)));
      from += length;
    }
  }
  return shown;
};

/** Length of the UTF-8 sequence that begins here, or 0 if it is none (RFC 3629). */
const validLength = (bytes: Uint8Array, from: number): number => {
  const first = bytes[from]!;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let index = 1; index < length; index += 1) {
    if (((bytes[from + index] ?? 0) & 0xc0) !== 0x80) {
      return 0;
    }
  }
  const second = bytes[from + 1] ?? 0;
  const bad =
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f);
  return bad ? 0 : length;
};
