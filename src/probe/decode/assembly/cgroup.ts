import { endOfString, readText } from '../../../kernel/text.ts';
import type { CgroupEvent } from '../../event.ts';
import { cgroupPathBytes, cgroupPathLines, letters } from '../../wire.ts';
import type { Fields } from '../fields.ts';
import { type Assembly, append } from './assembly.ts';

/** The kernel cuts longer paths (kernel/cgroup/cgroup-internal.h, TRACE_CGROUP_PATH_LEN, with the NUL). */
const maxPathBytes = 1023;

/** What happened to a cgroup: its path ends at its NUL. */
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
    const end = endOfString(this.#path, 0, this.#end);
    this.event.path = readText(this.#path, 0, end);
    if (end === this.#end || end >= maxPathBytes) {
      this.event.pathCut = true;
    }
    return this.event;
  }
}
