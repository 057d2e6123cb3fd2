import { endOfString, readText, type Text } from '../../kernel/text.ts';
import type { FailedExecEvent } from '../event.ts';
import type { Fields } from '../fields.ts';
import { letters, maxStrings, stringBytes } from '../wire.ts';
import type { Assembly } from './assembly.ts';

/** A failed exec: string 0 is its path, the others are its arguments. */
export class FailedExecAssembly implements Assembly {
  readonly event: FailedExecEvent;
  /** Nothing says which string is the last. */
  readonly whole = false;
  readonly #strings: Buffer[] = [];

  constructor(event: FailedExecEvent) {
    this.event = event;
  }

  /** A read that would cross into another page begins earlier, and a second one goes on behind the page. */
  add(letter: string, fields: Fields): boolean {
    if (letter !== letters.string) {
      return false;
    }
    const index = fields.number();
    const skip = fields.number();
    const bytes = Buffer.alloc(stringBytes);
    const end = fields.bytes(bytes, 0);
    const before = this.#strings[index];
    if (before?.includes(0) !== true) {
      this.#strings[index] =
        before === undefined ? bytes.subarray(Math.min(skip, end), end) : Buffer.concat([before, bytes]);
      this.event.truncated ||= index >= maxStrings - 1;
    }
    return true;
  }

  finish(): FailedExecEvent {
    const { event } = this;
    const texts: Text[] = [];
    for (const string of this.#strings) {
      const end = string === undefined ? 0 : endOfString(string, 0, string.length);
      event.truncated ||= string === undefined || end === string.length;
      texts.push(string === undefined ? '' : readText(string, 0, end));
    }
    event.exe = texts.shift() ?? '';
    event.args = texts;
    return event;
  }
}
