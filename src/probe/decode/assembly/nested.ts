import type { LineEvent } from '../../event.ts';
import { letters } from '../../wire.ts';
import type { Fields } from '../fields.ts';
import type { Assembly } from './assembly.ts';

/** An event of a process in nested pid namespaces, whose pids in between come in a line of their own. */
export class NestedAssembly implements Assembly {
  readonly event: LineEvent & { nspid: number[] };
  whole = false;

  constructor(event: LineEvent & { nspid: number[] }) {
    this.event = event;
  }

  add(letter: string, fields: Fields): boolean {
    if (letter !== letters.pids) {
      return false;
    }
    readPids(fields, this.event.nspid);
    this.whole = true;
    return true;
  }

  finish(): LineEvent {
    if (!this.whole) {
      cut.add(this.event.nspid);
    }
    return this.event;
  }
}

/** Replaces the first and last pid of a process by all of them. */
export const readPids = (fields: Fields, nspid: number[]): void => {
  const level = fields.number();
  const innermost = nspid.at(-1)!;
  nspid.length = 1;
  for (let depth = 1; depth <= level && !fields.ended; depth += 2) {
    fields.hex();
    nspid.push(fields.high);
    if (depth < level) {
      nspid.push(fields.low);
    }
  }
  if (nspid.length <= level) {
    nspid.push(innermost);
  }
  if (nspid.length <= level) {
    // Nested deeper than the line has room for.
    cut.add(nspid);
  }
};

/** Chains in which pids before the last one are missing. They go from an event to its process and its records as they are. */
const cut = new WeakSet<readonly number[]>();

export const markCut = (nspid: readonly number[]): void => void cut.add(nspid);
export const isCut = (nspid: readonly number[]): boolean => cut.has(nspid);
