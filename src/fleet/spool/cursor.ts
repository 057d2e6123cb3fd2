import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Batch } from './batch.ts';

/** How far a sink has stored what is in a spool. */
export interface SpoolPosition {
  /** The name of the part. */
  readonly part: string;
  /** Bytes of it that were stored. */
  readonly offset: number;
  /** The number of the last record that was stored. */
  readonly seq: number;
}

/** A batch whose part is gone from the spool. */
export interface OrphanBatch {
  readonly batch: Batch;
  readonly offset: number;
  readonly seq: number;
}

interface State extends SpoolPosition {
  /** Where the batch ends that is on its way: it is cut at the same place when it is sent again. */
  readonly until: number | undefined;
}

/** A write of this size is whole or not there, whenever the process is killed; a disk writes sectors whole. */
const sectorBytes = 512;

/**
 * A cursor that survives kill -9: one write over what was there. It is synced to the disk now and then only, and never waited
 * for: who waits for a disk does not read what the probes say. After a power cut some batches are sent again, which the
 * receivers drop by their ids.
 */
export class Cursor {
  readonly #keptPath: string;
  readonly #descriptor: number;
  #bytes = sectorBytes;
  #state: State;
  #synced = Number.NEGATIVE_INFINITY;
  #isSyncing = false;
  #hasKept = false;

  constructor(folder: string, sink: string) {
    const path = join(folder, `${sink}.cursor.json`);
    this.#keptPath = join(folder, `${sink}.batch.json`);
    this.#state = readState(path);
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    this.#descriptor = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    this.#bytes = Math.max(sectorBytes, fstatSync(this.#descriptor).size);
  }

  get position(): SpoolPosition {
    return this.#state;
  }

  /** Where a batch that was on its way when the agent ended was cut. */
  get until(): number | undefined {
    return this.#state.until;
  }

  /** A batch from the position to `until` is about to be sent. */
  plan(until: number): void {
    if (this.#state.until !== until) {
      this.#write({ ...this.#state, until });
    }
  }

  /** Everything up to there was stored, or is gone. */
  move(position: SpoolPosition): void {
    this.#write({ ...position, until: undefined });
    if (this.#hasKept) {
      this.#hasKept = false;
      rmSync(this.#keptPath, { force: true });
    }
  }

  /** The part of the batch that is on its way is dropped: the batch is kept until the position moves. */
  keep(kept: OrphanBatch): void {
    this.#hasKept = true;
    put(this.#keptPath, kept);
  }

  /** The batch that was kept when the agent ended. */
  takeKept(): OrphanBatch | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.#keptPath, 'utf8')) as OrphanBatch;
      this.#hasKept = true;
      return typeof kept.batch.text === 'string' ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  #write(state: State): void {
    this.#state = state;
    const text = JSON.stringify(state);
    // What was longer before is written over.
    this.#bytes = Math.max(this.#bytes, Math.ceil((text.length + 1) / sectorBytes) * sectorBytes);
    writeSync(this.#descriptor, `${text.padEnd(this.#bytes - 1)}\n`, 0);
    const now = performance.now();
    if (now - this.#synced > syncMs && !this.#isSyncing) {
      this.#synced = now;
      this.#isSyncing = true;
      fdatasync(this.#descriptor, () => {
        this.#isSyncing = false;
      });
    }
  }
}

/** Written aside and put in place: never half. */
const put = (path: string, value: unknown): void => {
  const aside = `${path}.new`;
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const descriptor = openSync(aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    writeSync(descriptor, JSON.stringify(value));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(aside, path);
};

const syncMs = 1000;
const start: State = { part: '', offset: 0, seq: 0, until: undefined };

/** A cursor that cannot be read begins at the oldest part: that is sent again, and nothing is left out. */
const readState = (path: string): State => {
  try {
    const { part, offset, seq, until } = JSON.parse(readFileSync(path, 'utf8'));
    const isSound =
      typeof part === 'string' && Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(seq);
    return isSound ? { part, offset, seq, until: Number.isSafeInteger(until) ? until : undefined } : start;
  } catch {
    return start;
  }
};
