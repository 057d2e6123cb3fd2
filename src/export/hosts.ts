import { CommonClock } from '../record/common-clock.ts';
import type { RecordOf } from '../record/schema.ts';

/** A process that lives, on its track. */
export interface ProcessTrack {
  track: number;
  container: string;
  /** Slices that are open: the life, and the program in it. */
  open: number;
}

/** The tracks of a container. */
export interface ContainerTrack {
  readonly track: number;
  readonly startup: number;
  isOpen: boolean;
}

/** One of the hosts whose records were merged: it has a clock and pids of its own. */
export class Host {
  readonly boxes = new Map<string, ContainerTrack>();
  readonly living = new Map<number, ProcessTrack>();
  /** An arrow to the next exec of a pid. */
  readonly arrows = new Map<number, number>();
  /** In front of the names of its containers, if it is not the first one. */
  name = '';
  /** What makes its clock that of the first one, in ns; wall time says it. */
  shift = 0n;
}

/** The hosts of a stream. */
export class Hosts {
  readonly #byRecording = new Map<string, Host>();
  readonly #clock = new CommonClock();
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
    this.current = new Host();
    this.current.shift = this.#clock.shiftOf(record);
    this.current.name = this.#byRecording.size === 0 ? '' : `${record.host.name}: `;
    this.#byRecording.set(record.recording, this.current);
    return true;
  }

  /** To the host of a recording, if it is known. */
  go(recording: string): void {
    this.current = this.#byRecording.get(recording) ?? this.current;
  }

  /** A time of the current host as ns since the first header, exact. */
  at(mono: string): number {
    return this.#clock.at(mono, this.current.shift);
  }
}
