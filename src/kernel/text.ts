import { isUtf8 } from 'node:buffer';

/** Bytes that a process chose: the text itself where it is UTF-8, else the exact bytes beside what they look like. */
export type Text = string | RawText;

export interface RawText {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Bytes from a process as text, with the exact bytes kept if they are not UTF-8. */
export const readText = (buffer: Buffer, from: number, to: number): Text => {
  for (let at = from; at < to; at += 1) {
    if (buffer[at]! > 127) {
      return readWideText(buffer.subarray(from, to));
    }
  }
  return buffer.latin1Slice(from, to);
};

const readWideText = (bytes: Buffer): Text => {
  const text = bytes.toString('utf8');
  return isUtf8(bytes) ? text : { text, bytes: Uint8Array.from(bytes) };
};

/** Splits an argument area at its NULs. What follows the last NUL is an argument that was cut. */
export const readArguments = (buffer: Buffer, from: number, to: number): Text[] => {
  const args: Text[] = [];
  let start = from;
  while (start < to) {
    const nul = buffer.indexOf(0, start);
    const end = nul < 0 || nul > to ? to : nul;
    args.push(readText(buffer, start, end));
    start = end + 1;
  }
  return args;
};

/** Where a C string that starts at `from` ends, at most at `to`. */
export const endOfString = (buffer: Buffer, from: number, to: number): number => {
  const nul = buffer.indexOf(0, from);
  return nul < 0 || nul > to ? to : nul;
};

export const textOf = (text: Text): string => (typeof text === 'string' ? text : text.text);
