import { endOfString, readText, type Text } from '../../../kernel/text.ts';
import type { FailedExecEvent } from '../../event.ts';
import { letters, maxStrings, stringBytes } from '../../wire.ts';
import type { Fields } from '../fields.ts';
import type { Assembly } from './assembly.ts';
import { readPids } from './nested.ts';

/** A failed exec: string 0 is its path, the others are its arguments. */
export class FailedExecAssembly implements Assembly {
  readonly event: FailedExecEvent;
  /** Nothing says which string is the last. */
  readonly whole = false;
  readonly #strings: Piece[] = [];

  constructor(event: FailedExecEvent) {
    this.event = event;
  }

  /** A read that would cross into another page begins earlier, and a second one goes on behind the page. */
  add(letter: string, fields: Fields): boolean {
    if (letter === letters.pids) {
      readPids(fields, this.event.nspid!);
      return true;
    }
    if (letter !== letters.string) {
      return false;
    }
    const index = fields.number();
    const skip = fields.number();
    const bytes = Buffer.alloc(stringBytes);
    const end = fields.bytes(bytes, 0);
    const before = this.#strings[index];
    if (before === undefined) {
      const there = bytes.subarray(0, end).some((byte) => byte !== 0);
      this.#strings[index] = { bytes: bytes.subarray(Math.min(skip, end), end), there };
    } else if (!before.bytes.includes(0)) {
      before.bytes = Buffer.concat([before.bytes, bytes]);
    }
    this.event.truncated ||= index >= maxStrings - 1;
    return true;
  }

  finish(): FailedExecEvent {
    const { event } = this;
    const texts: Text[] = [];
    for (const [index, string] of this.#strings.entries()) {
      const end = string === undefined ? 0 : endOfString(string.bytes, 0, string.bytes.length);
      const whole = string?.there === true && end < string.bytes.length;
      if (index === 0) {
        event.exeWhole = whole;
      } else {
        event.truncated ||= !whole;
      }
      texts.push(string === undefined ? '' : readText(string.bytes, 0, end));
    }
    event.exe = texts.shift() ?? '';
    event.args = texts;
    return event;
  }
}

interface Piece {
  bytes: Buffer;
  /** Whether it was read: a page that is not in memory reads as zeros. */
  readonly there: boolean;
}
