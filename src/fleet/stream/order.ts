import { setTimeout as sleep } from 'node:timers/promises';
import type { NstraceRecord } from '../../record/schema.ts';
import { Heap } from './heap.ts';
import type { StreamBatch } from './stream.ts';

/** What an agent gathers before it sends, and what that takes: a record of another host that is earlier came by then. */
const settleMs = 1000;
/** How long a host that is behind is waited for. */
const maxWaitMs = 5000;
/** Records that wait; what was stored comes faster than it is read. */
const maxHeld = 65_536;
/** How often it is looked at who has waited long enough. */
const stepMs = 100;

/** Records that came at once, and how many of them went on. */
interface Run {
  readonly records: readonly NstraceRecord[];
  readonly cameMs: number;
  at: number;
}

interface Source {
  readonly runs: Run[];
  /** Of the first record that waits. */
  time: string;
  /** Of the last one that came. */
  lastTime: string;
  lastMs: number;
  /** How old the last one was when its host sent it, by the host's own clock. */
  lagMs: number;
}

/**
 * Holds records of several hosts until those of others that are earlier have come: a second, and longer for hosts that still
 * send what is old. Those of one recording keep their order, and each record gets its number in the merged stream.
 */
export class HostOrder {
  readonly #sources = new Map<string, Source>();
  readonly #heap = new Heap<Source>((one, other) => one.time < other.time);
  #held = 0;
  #seq = 0;

  get isEmpty(): boolean {
    return this.#held === 0;
  }

  take({ records, clock }: Pick<StreamBatch, 'records' | 'clock'>, nowMs: number): void {
    const [first] = records;
    if (first === undefined) {
      return;
    }
    const recording = first.recording ?? '';
    const { time: lastTime } = records.at(-1)!;
    const source = this.#sources.get(recording) ?? { runs: [], time: first.time, lastTime, lastMs: nowMs, lagMs: 0 };
    source.lastTime = lastTime;
    source.lastMs = nowMs;
    source.lagMs = clock === undefined ? 0 : clock.sentMs - Date.parse(lastTime);
    source.runs.push({ records, cameMs: nowMs, at: 0 });
    if (source.runs.length === 1) {
      source.time = first.time;
      this.#heap.push(source);
    }
    this.#sources.set(recording, source);
    this.#held += records.length;
  }

  /** What need not wait any more. */
  due(nowMs: number): NstraceRecord[] {
    const found: NstraceRecord[] = [];
    this.#forget(nowMs);
    const until = this.#reached();
    for (let source = this.#heap.first; source !== undefined; source = this.#heap.first) {
      const waitedMs = nowMs - source.runs[0]!.cameMs;
      const { time } = source;
      const isDue = waitedMs >= settleMs && (waitedMs >= maxWaitMs || time <= until);
      if (!isDue && this.#held <= maxHeld) {
        break;
      }
      found.push(this.#next(source));
    }
    return found;
  }

  /** All that waits. */
  rest(): NstraceRecord[] {
    const found: NstraceRecord[] = [];
    for (let source = this.#heap.first; source !== undefined; source = this.#heap.first) {
      found.push(this.#next(source));
    }
    return found;
  }

  #next(source: Source): NstraceRecord {
    const run = source.runs[0]!;
    const record = run.records[run.at]!;
    run.at += 1;
    if (run.at === run.records.length) {
      source.runs.shift();
    }
    const [first] = source.runs;
    if (first === undefined) {
      this.#heap.pop();
    } else {
      source.time = first.records[first.at]!.time;
      this.#heap.sink();
    }
    this.#held -= 1;
    this.#seq += 1;
    record.seq = this.#seq;
    return record;
  }

  /** How far all have come that are behind, and of which nothing waits. */
  #reached(): string {
    let until = '\uffff';
    for (const { runs, lagMs, lastTime } of this.#sources.values()) {
      if (runs.length === 0 && lagMs > settleMs && lastTime < until) {
        until = lastTime;
      }
    }
    return until;
  }

  /** A host that has sent nothing for this time is not waited for. */
  #forget(nowMs: number): void {
    for (const [recording, { runs, lastMs }] of this.#sources) {
      if (runs.length === 0 && nowMs - lastMs > maxWaitMs) {
        this.#sources.delete(recording);
      }
    }
  }
}

/**
 * The records of a stream that is followed, by wall time, until it ends; then what still waits.
 *
 * @param open the stream, until a signal
 */
export async function* inOrder(
  open: (signal: AbortSignal) => AsyncGenerator<StreamBatch>,
  signal: AbortSignal,
): AsyncGenerator<NstraceRecord[]> {
  const aborter = new AbortController();
  const batches = open(AbortSignal.any([signal, aborter.signal]));
  const order = new HostOrder();
  let coming = batches.next();
  try {
    for (;;) {
      const come = order.isEmpty ? await coming : await soon(coming);
      if (come?.done === true) {
        break;
      }
      if (come !== undefined) {
        order.take(come.value, performance.now());
        coming = batches.next();
      }
      const due = order.due(performance.now());
      if (due.length > 0) {
        yield due;
      }
    }
    yield order.rest();
  } finally {
    aborter.abort();
    coming.catch(() => undefined);
    await batches.return(undefined);
  }
}

/** What comes, or undefined after a moment. */
const soon = async <Value>(coming: Promise<Value>): Promise<Value | undefined> => {
  const aborter = new AbortController();
  const waited = sleep(stepMs, undefined, { signal: aborter.signal }).catch(() => undefined);
  const come = await Promise.race([coming, waited]);
  aborter.abort();
  return come;
};
