import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import type { Count } from '../probe/tracer.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { Session } from '../session/session.ts';
import { describeFilters, type FilterValues } from './filter-options.ts';
import { maxTimerMs, type TracerValues } from './options.ts';
import { say } from './say.ts';
import { tellWaiting } from './selection.ts';
import { Stop, type StopReason, type StopSignal } from './stop.ts';

/** What takes the records of a trace: lines, NDJSON, a file. */
export interface Output {
  /** @param line the record as it was read, if it was and is unchanged */
  record(record: NstraceRecord, line?: string): void;
  /** All records up to this kernel time were given. */
  flush(mono: string): void;
  /** Bytes that wait for a reader. */
  readonly pending: number;
  /** The end without a footer: of a recording that has none. */
  close(): Promise<void>;
  /** The end: nothing comes after it. */
  end(now: { time: string; mono: string }, reason: StopReason, count: Count): Promise<void>;
}

export interface TraceOptions {
  readonly values: FilterValues & TracerValues;
  readonly filter: FilterOptions;
  readonly makeOutput: (stop: Stop) => Output;
  /** Called when all probes are attached. */
  readonly onReady?: (stop: Stop, session: Session) => void;
  /** Takes a first signal that is for somebody else. */
  readonly passOn?: (signal: StopSignal) => boolean;
  /** Sees every record, also those that filters leave out. */
  readonly onAny?: (record: NstraceRecord) => void;
}

export interface TraceEnd {
  readonly reason: StopReason;
  readonly count: Count;
  readonly failure: Error | undefined;
}

/** Starts tracing, gives wanted records to the output until something ends it, and waits for the last of them. */
export const trace = async (options: TraceOptions): Promise<TraceEnd> => {
  const { values } = options;
  let session: Session | undefined;
  let failure: Error | undefined;
  let began = false;
  let stopped = false;
  const stop = new Stop(() => session?.kill(), options.passOn);
  const output = options.makeOutput(stop);
  const filter = new RecordFilter(options.filter);
  const limit = new Limit(values, () => stop.now('max-events'));
  if (process.stderr.isTTY) {
    say('attaching the probes');
  }
  const starting = Session.start({
    bpftrace: values.bpftrace,
    failed: options.filter.failed,
    filters: describeFilters(values),
    args: process.argv.slice(2),
    onRecord: (record) => {
      began = true;
      options.onAny?.(record);
      if (record.type === 'lost') {
        warnOfLoss(record);
      }
      if (filter.wants(record) && limit.allows(record)) {
        output.record(record);
      }
    },
    onBeat: (mono) => output.flush(mono),
    onNotice: say,
    onFailure: (error) => {
      failure = error;
      stop.now('failure');
    },
    onStarted: (started) => {
      session = started;
      if (stopped) {
        started.kill();
      }
    },
  });
  void stop.asked.then(() => {
    stopped = true;
  });
  const early = await Promise.race([starting.then(() => undefined), stop.asked]);
  if (early !== undefined && !began) {
    session?.kill();
    await starting.catch(() => undefined);
    return { reason: early, count: { made: 0, delivered: 0, lost: 0 }, failure: failure ?? stop.failure };
  }
  const first = await starting;
  if (!stopped) {
    void first.settled.then(() => tellWaiting(filter.selection));
    options.onReady?.(stop, first);
  }
  const left = timeLeft(values.duration, options.filter.until);
  const timer = left === undefined ? undefined : setTimeout(() => stop.now('duration'), left);
  const reason = await stop.asked;
  clearTimeout(timer);
  await first.stop();
  await output.end(first.now, reason, first.count);
  return { reason, count: first.count, failure: failure ?? stop.failure };
};

/** What --duration and --until leave, in ms; a timer waits 24 days at most. */
const timeLeft = (duration: number | undefined, until: string | undefined): number | undefined => {
  const left = Math.min(duration ?? Infinity, until === undefined ? Infinity : Date.parse(until) - Date.now());
  return left === Infinity ? undefined : Math.min(Math.max(0, left), maxTimerMs);
};

/** --max-events counts events, not what frames them; containers only where -e asks for them. */
export class Limit {
  readonly #reached: () => void;
  readonly #uncounted: ReadonlySet<NstraceRecord['type']>;
  #left: number;

  constructor({ maxEvents, events = [] }: FilterValues, reached: () => void) {
    this.#left = maxEvents ?? Number.POSITIVE_INFINITY;
    this.#reached = reached;
    const frame = ['header', 'process', 'lost', 'footer'] as const;
    this.#uncounted = new Set([...frame, ...(events.includes('container') ? [] : (['container'] as const))]);
  }

  allows(record: NstraceRecord): boolean {
    if (this.#uncounted.has(record.type)) {
      return true;
    }
    this.#left -= 1;
    if (this.#left === 0) {
      this.#reached();
    }
    return this.#left >= 0;
  }
}

const warnOfLoss = (record: NstraceRecord & { type: 'lost' }): void => {
  const many = record.exact ? String(record.count) : `at least ${record.count}`;
  const where = record.cpu === undefined ? '' : ` on CPU ${record.cpu}`;
  say(`${many} events lost${where} between ${record.from} and ${record.to} (${record.stage})`, true);
};
