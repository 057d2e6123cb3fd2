import type { RecordOf } from '../record/schema.ts';
import { nanosOf } from './clock.ts';

/** A process that lives, on its track. */
export interface Life {
  track: number;
  container: string;
  /** Slices that are open: the life, and the program in it. */
  open: number;
}

/** The tracks of a container. */
export interface Box {
  readonly track: number;
  readonly startup: number;
  isOpen: boolean;
}

/** One of the hosts whose records were merged: it has a clock and pids of its own. */
export class Host {
  readonly boxes = new Map<string, Box>();
  readonly living = new Map<number, Life>();
  /** An arrow to the next exec of a pid. */
  readonly arrows = new Map<number, number>();
  /** In front of the names of its containers, if it is not the first one. */
  name = '';
  /** What makes its clock that of the first one, in ns; wall time says it. */
  shift = 0n;
}

/** The hosts of a stream, and the one clock of all of them: ns since the first header. */
export class Hosts {
  readonly #byRecording = new Map<string, Host>();
  #base = 0n;
  #baseNumber = Number.NaN;
  /** Wall time less the kernel's clock of the first one, in ns. */
  #offset = 0n;
  /** The one that the record at hand is from. */
  current = new Host();

  get isFirst(): boolean {
    return this.#byRecording.size === 1;
  }

  /** @returns false for a later part of a recording that is known */
  begin(record: RecordOf<'header'>): boolean {
    const known = this.#byRecording.get(record.recording);
    if (known !== undefined) {
      this.current = known;
      return false;
    }
    const offset = nanosOf(record.time) - BigInt(record.mono);
    this.current = new Host();
    if (this.#byRecording.size === 0) {
      this.#base = BigInt(record.mono);
      this.#baseNumber = Number(record.mono) <= Number.MAX_SAFE_INTEGER ? Number(record.mono) : Number.NaN;
      this.#offset = offset;
    } else {
      this.current.name = `${record.host.name}: `;
      this.current.shift = offset - this.#offset;
    }
    this.#byRecording.set(record.recording, this.current);
    return true;
  }

  /** To the host of a recording, if it is known. */
  go(recording: string): void {
    this.current = this.#byRecording.get(recording) ?? this.current;
  }

  /** A time of the current host as ns since the first header, exact. */
  at(mono: string): number {
    const at = Number(mono);
    return at <= Number.MAX_SAFE_INTEGER && !Number.isNaN(this.#baseNumber) && this.current.shift === 0n
      ? at - this.#baseNumber
      : Number(BigInt(mono) + this.current.shift - this.#base);
  }
}
