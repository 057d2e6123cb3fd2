import { endOfString, readArguments, readText, type Text } from '../../../kernel/text.ts';
import type { ExecEvent } from '../../event.ts';
import {
  argvLines,
  argvWords,
  largeChunkBytes,
  letters,
  maxPathBytes,
  pathWords,
  shortArgvWords,
  shortPathWords,
  wordBytes,
} from '../../wire.ts';
import type { Fields } from '../fields.ts';
import { type Assembly, append } from './assembly.ts';
import { markCut, readPids } from './nested.ts';

/** More than all lines of an exec bring. */
const maxArgvBytes = argvWords * wordBytes + (argvLines.large + 1) * largeChunkBytes;

/**
 * A successful exec: path and argv of any length, pids of nested namespaces, and a comm where the path does not say it. It can be
 * used again.
 */
export class ExecAssembly implements Assembly {
  event!: ExecEvent;
  readonly #path = Buffer.alloc(maxPathBytes + largeChunkBytes);
  readonly #argv = Buffer.alloc(maxArgvBytes);
  #pathBytes = 0;
  #pathEnd = 0;
  #argvEnd = 0;
  #awaitsPids = false;

  /** @param level depth of its pid namespace: beyond 1, the pids in between follow */
  begin(event: ExecEvent, pathBytes: number, level: number, fields: Fields): void {
    this.event = event;
    this.#pathBytes = pathBytes;
    const isShort = pathBytes <= shortPathWords * wordBytes && event.argsBytes <= shortArgvWords * wordBytes;
    this.#pathEnd = fields.words(isShort ? shortPathWords : pathWords, pathBytes, this.#path);
    this.#argvEnd = fields.words(isShort ? shortArgvWords : argvWords, event.argsBytes, this.#argv);
    this.#awaitsPids = level > 1;
  }

  get whole(): boolean {
    return (
      this.#pathEnd === this.#pathBytes &&
      (this.#argvEnd === this.event.argsBytes || this.event.tail !== undefined) &&
      !this.#awaitsPids &&
      (this.event.comm !== '' || !isDescriptor(this.#path, this.#pathEnd))
    );
  }

  add(letter: string, fields: Fields): boolean {
    switch (letter) {
      case letters.argv:
        this.#argvEnd = append(fields, this.#argv, this.#argvEnd);
        return true;
      case letters.path:
        this.#pathEnd = append(fields, this.#path, this.#pathEnd);
        return true;
      case letters.pids:
        readPids(fields, this.event.nspid);
        this.#awaitsPids = false;
        return true;
      case letters.tail:
        this.event.tail = { end: fields.number(), sum: fields.mask() };
        return true;
      case letters.comm:
        this.event.comm = readComm(fields);
        return true;
      default:
        return false;
    }
  }

  finish(): ExecEvent {
    const { event } = this;
    if (this.#awaitsPids) {
      markCut(event.nspid);
    }
    event.exe = readText(this.#path, 0, this.#pathEnd);
    event.exeWhole = this.#pathEnd === this.#pathBytes;
    event.args = readArguments(this.#argv, 0, this.#argvEnd);
    event.argsSent = this.#argvEnd;
    event.comm ||= commOf(this.#path, this.#pathEnd);
    return event;
  }
}

const readComm = (fields: Fields): Text => {
  const comm = Buffer.alloc(16);
  return readText(comm, 0, endOfString(comm, 0, fields.bytes(comm, 0)));
};

/** "/dev/fd/": a program that was run by its file descriptor. */
const isDescriptor = (path: Buffer, end: number): boolean =>
  end > 8 && path[1] === 100 && path[5] === 102 && path.latin1Slice(0, 8) === '/dev/fd/';

/** The kernel names a process after the last part of the path it executes, in 15 bytes (fs/exec.c, begin_new_exec). */
const commOf = (path: Buffer, end: number): Text => {
  const from = path.lastIndexOf(47, Math.max(end - 1, 0)) + 1;
  return readText(path, from, Math.min(end, from + 15));
};
