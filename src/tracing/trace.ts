import { Limit, type LimitValues, timeLeft } from '../console/limit.ts';
import { LossNotice } from '../console/loss.ts';
import { say } from '../console/say.ts';
import { sayWaiting } from '../console/selection.ts';
import { Stop, type StopReason, type StopSignal } from '../console/stop.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import { NameWait } from '../filter/name-wait.ts';
import type { Output, Wants } from '../output/output.ts';
import type { Count } from '../probe/tracer.ts';
import { readProcText } from '../procfs/read.ts';
import { usageMounts } from '../procfs/usage.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { Session } from '../session/session.ts';
import { UsageSource } from '../session/usage.ts';
import { UserNames } from '../view/users.ts';

export interface TraceValues extends LimitValues {
  /** The bpftrace to run, if not the system's. */
  bpftrace?: string;
  /** In ms. */
  duration?: number;
}

/** What judges each record by a baseline. */
export interface Judge {
  take(record: NstraceRecord, isWanted: boolean): void;
}

export interface TraceOptions {
  readonly values: TraceValues;
  /** The options that chose the filter, for the header. */
  readonly filters: Record<string, unknown>;
  readonly filter: FilterOptions;
  /** @param wants whether a record is wanted */
  readonly makeOutput: (stop: Stop, wants: Wants) => Output;
  /** Whether CPU and memory of containers are read. */
  readonly usage?: boolean;
  /** What the filter wants is left out where this does not want it. */
  readonly only?: Wants | undefined;
  /** Called when all probes are attached. */
  readonly onReady?: (stop: Stop, session: Session) => void;
  /** Takes a first signal that is for somebody else. */
  readonly passOn?: (signal: StopSignal) => boolean;
  /** Sees every record, also those that filters leave out. */
  readonly onAny?: (record: NstraceRecord) => void;
  readonly judging?: Judge | undefined;
}

export interface TraceEnd {
  readonly reason: StopReason;
  readonly count: Count;
  readonly failure: Error | undefined;
  /** A person did not want to wait for anything. */
  readonly left: boolean;
}

/** Starts tracing, gives wanted records to the output until something ends it, and waits for the last of them. */
export const trace = async (options: TraceOptions): Promise<TraceEnd> => {
  const { values } = options;
  const stop = new Stop(options.passOn);
  const filter = new RecordFilter(options.filter);
  const wants = both(filter, options.only);
  const output = options.makeOutput(stop, wants);
  const limit = new Limit(values, () => stop.now('max-events'));
  const losses = new LossNotice();
  if (process.stderr.isTTY) {
    say('attaching the probes');
  }
  const usage = options.usage
    ? new UsageSource({ mounts: usageMounts(readProcText('/proc/self/mounts') ?? '') })
    : undefined;
  let started: Session | undefined;
  const give = (record: NstraceRecord, isWanted: boolean): void => {
    output.observe?.(record);
    usage?.take(record);
    if (record.type === 'lost') {
      losses.take(record);
    }
    options.judging?.take(record, isWanted);
    if (isWanted && limit.allows(record)) {
      output.record(record);
    }
  };
  // What a container is called can be learned after its first records.
  const wait = filter.asksForNames ? new NameWait(filter, give) : undefined;
  const onRecord = (record: NstraceRecord): void => {
    options.onAny?.(record);
    if (wait === undefined) {
      give(record, wants(record));
    } else {
      wait.take(record, options.only?.(record) ?? true);
    }
  };
  const users = new UserNames();
  const session = await Session.start({
    bpftrace: values.bpftrace,
    failed: options.filter.failed,
    userName: (uid) => users.find(uid)?.name,
    filters: options.filters,
    args: process.argv.slice(2),
    signal: stop.signal,
    onRecord,
    onBeat: (mono) => {
      if (usage !== undefined && started !== undefined) {
        usage.beat(started.now).forEach(onRecord);
      }
      output.flush(wait === undefined ? mono : String(wait.passed(BigInt(mono))));
    },
    onNotice: say,
    onFailure: (error) => stop.fail(error),
  });
  if (session === undefined) {
    return { reason: await stop.asked, count: { made: 0, delivered: 0, lost: 0 }, failure: stop.failure, left: false };
  }
  started = session;
  stop.finishes = true;
  void session.settled.then(() => sayWaiting(filter.selection));
  options.onReady?.(stop, session);
  const left = timeLeft(values.duration, options.filter.until);
  const timer = left === undefined ? undefined : setTimeout(() => stop.now('duration'), left);
  const reason = await stop.asked;
  clearTimeout(timer);
  await session.stop(stop.leave, sayLeft);
  wait?.end();
  losses.end();
  await output.end(session.now, reason, session.count);
  stop.finishes = false;
  return { reason, count: session.count, failure: stop.failure, left: stop.leave.aborted };
};

/** Both learn from every record. */
const both = (filter: RecordFilter, only: Wants | undefined): Wants =>
  only === undefined
    ? (record) => filter.wants(record)
    : (record) => {
        const isWanted = filter.wants(record);
        return only(record) && isWanted;
      };

const sayLeft = (left: number): void =>
  say(
    left > 0
      ? `at least ${left} lines of the probes are still to be read; Ctrl-C leaves without them`
      : 'bpftrace has not yet said whether lines are still to be read; Ctrl-C leaves without them',
  );
