import { endOfString, readArguments, readText, type Text, textOf } from '../../../kernel/text.ts';
import type { FailedExecEvent } from '../../event.ts';
import { letters, stackLines, stringBytes } from '../../wire.ts';
import type { Fields } from '../fields.ts';
import { type Assembly, append } from './assembly.ts';
import { readPids } from './nested.ts';

/** The kernel cuts a comm to this. */
const commBytes = 15;

/**
 * An exec that failed after the kernel had left the caller's memory, as with an ELF that cannot be mapped. Its arguments begin the new
 * stack, and its path ends it; that it is the path shows in the comm, which the kernel takes from it.
 */
export class BegunExecAssembly implements Assembly {
  readonly event: FailedExecEvent;
  readonly whole = false;
  readonly #argc: number;
  readonly #argv = Buffer.alloc(stackLines * stringBytes);
  readonly #path = Buffer.alloc(stringBytes);
  #argvEnd = 0;
  #pathEnd = 0;

  constructor(event: FailedExecEvent, argc: number) {
    this.event = event;
    this.#argc = argc;
  }

  add(letter: string, fields: Fields): boolean {
    switch (letter) {
      case letters.pids:
        readPids(fields, this.event.nspid!);
        return true;
      case letters.comm: {
        const comm = Buffer.alloc(commBytes + 1);
        this.event.comm = readText(comm, 0, endOfString(comm, 0, fields.bytes(comm, 0)));
        return true;
      }
      case letters.path:
        this.#pathEnd = append(fields, this.#path, this.#pathEnd);
        return true;
      case letters.argv:
        this.#argvEnd = append(fields, this.#argv, this.#argvEnd);
        return true;
      default:
        return false;
    }
  }

  finish(): FailedExecEvent {
    const { event } = this;
    const path = this.#findPath();
    event.exe = path ?? '';
    event.exeWhole = path !== undefined;
    // What follows the last argument is the environment, which is never kept.
    const args = readArguments(this.#argv, 0, this.#argvEnd).slice(0, this.#argc);
    const sent = this.#argv.subarray(0, this.#argvEnd).reduce((nuls, byte) => nuls + (byte === 0 ? 1 : 0), 0);
    event.args = args;
    event.truncated = this.#argc === 0 || sent < this.#argc;
    return event;
  }

  /** The last string of the new stack, if it is named as the process is. */
  #findPath(): Text | undefined {
    const end = this.#path.lastIndexOf(0, this.#pathEnd - 1) === this.#pathEnd - 1 ? this.#pathEnd - 1 : -1;
    const from = end < 1 ? -1 : this.#path.lastIndexOf(0, end - 1);
    if (from < 0) {
      return undefined;
    }
    const name = this.#path.lastIndexOf(slash, end - 1) + 1;
    const comm = readText(this.#path, Math.max(name, from + 1), Math.min(end, Math.max(name, from + 1) + commBytes));
    return this.event.comm !== undefined && textOf(comm) === textOf(this.event.comm)
      ? readText(this.#path, from + 1, end)
      : undefined;
  }
}

const slash = 47;
