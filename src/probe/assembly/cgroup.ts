import { endOfString, readText } from '../../kernel/text.ts';
import type { CgroupEvent } from '../event.ts';
import type { Fields } from '../fields.ts';
import { cgroupPathBytes, cgroupPathLines, letters } from '../wire.ts';
import { type Assembly, append } from './assembly.ts';

/** What happened to a cgroup: a path of any length, which ends at its NUL. */
export class CgroupAssembly implements Assembly {
  readonly event: CgroupEvent;
  readonly #path = Buffer.alloc(cgroupPathBytes * (cgroupPathLines + 1));
  #end: number;

  constructor(event: CgroupEvent, fields: Fields) {
    this.event = event;
    this.#end = fields.bytes(this.#path, 0);
  }

  get whole(): boolean {
    return endOfString(this.#path, 0, this.#end) < this.#end;
  }

  add(letter: string, fields: Fields): boolean {
    if (letter !== letters.cgroupPath) {
      return false;
    }
    this.#end = append(fields, this.#path, this.#end);
    return true;
  }

  finish(): CgroupEvent {
    this.event.path = readText(this.#path, 0, endOfString(this.#path, 0, this.#end));
    return this.event;
  }
}
