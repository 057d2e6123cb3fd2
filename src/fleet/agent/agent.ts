import { hostname } from 'node:os';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import { redactRecord } from '../../view/redact/record.ts';
import { Shipper } from '../sinks/shipper.ts';
import type { Sink } from '../sinks/sink.ts';
import { Cursor } from '../spool/cursor.ts';
import { listParts, type SpoolPart, timeAt } from '../spool/parts.ts';
import { SpoolLimit } from '../spool/spool.ts';
import { RateLimit } from './rate-limit.ts';
import type { AgentState, BpftraceState, SinkState } from './state.ts';

export interface AgentOptions {
  readonly folder: string;
  readonly limitBytes: number;
  readonly sinks: readonly Sink[];
  /** Events a second and container; undefined for all. */
  readonly perSecond: number | undefined;
  readonly redact: boolean;
  /** The name of this host in records, if it is not its own. */
  readonly hostName: string | undefined;
  readonly onNotice: (text: string) => void;
  readonly onFailure: (error: Error) => void;
}

/** What still has to be shipped is waited for at the end. */
const finishMs = 10_000;
const trimMs = 1000;

/** Between a trace and its sinks: limits, counts, ships, and keeps the spool below its limit. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #shippers: readonly Shipper[];
  readonly #spool: SpoolLimit;
  readonly #limit: RateLimit | undefined;
  readonly #events: Record<string, number> = {};
  readonly #lost: Record<string, number> = {};
  readonly #containers = new Set<number | string>();
  #running: Promise<void>[] = [];
  #recovered: RecordOf<'lost'>[];
  /** Parts that may go when that length is written: until then only they say what is lost with them. */
  #forgetting: { readonly names: readonly string[]; readonly bytes: number } | undefined;
  #written = 0;
  // The wall clock can be set while an agent runs, by years.
  #trimmedAt = Number.NEGATIVE_INFINITY;
  #beatAt = performance.now();

  constructor(options: AgentOptions) {
    this.#options = options;
    const { folder, limitBytes, sinks, onNotice, perSecond } = options;
    const outgoing = outgoingLine(options.redact);
    this.#shippers = sinks.map(
      (sink) => new Shipper({ folder, sink, cursor: new Cursor(folder, sink.name), outgoing, onNotice }),
    );
    this.#spool = new SpoolLimit(folder, limitBytes, this.#shippers);
    this.#limit = perSecond === undefined ? undefined : new RateLimit(perSecond);
    this.#recovered = this.#spool.recover();
  }

  /** Begins to ship what is in the spool. */
  start(): void {
    this.#running = this.#shippers.map((shipper) =>
      shipper.run().catch((error: unknown) => this.#options.onFailure(error as Error)),
    );
  }

  /** What is recorded of a record of the trace: itself, nothing, or what is missing before it. */
  take(record: NstraceRecord): readonly NstraceRecord[] {
    if (record.type === 'header') {
      const host = { ...record.host, name: this.#options.hostName ?? record.host.name };
      const lost = this.#recovered.map((gap) => ({ ...gap, time: record.time, mono: record.mono }));
      this.#recovered = [];
      return this.#count([{ ...record, host }, ...lost]);
    }
    return this.#limit === undefined || this.#limit.allows(record) ? this.#count([record]) : [];
  }

  /** A heartbeat: what is to be recorded because of it. */
  beat(): readonly NstraceRecord[] {
    const now = performance.now();
    this.#beatAt = now;
    const lost: NstraceRecord[] = [...(this.#limit?.due(now) ?? [])];
    if (now - this.#trimmedAt >= trimMs) {
      this.#trimmedAt = now;
      lost.push(...this.#spool.trim());
    }
    return this.#count(lost);
  }

  /** All that beat() gave was put into the spool, whose files have that length when all of it is written. */
  put(bytes: number): void {
    // One after the other: what is set aside meanwhile waits for its own turn.
    if (this.#forgetting === undefined && this.#recovered.length === 0) {
      const names = this.#spool.doomed();
      this.#forgetting = names.length === 0 ? undefined : { names, bytes };
    }
  }

  /** The length of the files of the spool, in bytes, that is written. */
  written(bytes: number): void {
    if (this.#forgetting !== undefined && bytes >= this.#forgetting.bytes) {
      this.#spool.forget(this.#forgetting.names);
      this.#forgetting = undefined;
    }
    if (bytes > this.#written) {
      this.#written = bytes;
      for (const shipper of this.#shippers) {
        shipper.notify();
      }
    }
  }

  /** What is left to be recorded when the trace has ended. */
  rest(): readonly NstraceRecord[] {
    return this.#count(this.#limit?.due(performance.now(), true) ?? []);
  }

  /** Ships the rest, for a while. */
  async finish(): Promise<void> {
    await Promise.all(this.#shippers.map((shipper, index) => shipper.finish(this.#running[index]!, finishMs)));
    this.#spool.trim();
  }

  /** @param bpftrace what is known of the child process */
  state(bpftrace: BpftraceState): AgentState {
    const parts = listParts(this.#options.folder);
    const sinks = this.#shippers.map((shipper) => sinkState(shipper, parts, Date.now()));
    return {
      events: this.#events,
      lost: this.#lost,
      containers: this.#containers.size,
      spoolBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      spoolLimitBytes: this.#options.limitBytes,
      spoolAgeSeconds: Math.max(0, ...sinks.map(({ lagSeconds }) => lagSeconds)),
      silentMs: performance.now() - this.#beatAt,
      bpftrace,
      sinks,
    };
  }

  #count(records: readonly NstraceRecord[]): readonly NstraceRecord[] {
    for (const record of records) {
      this.#events[record.type] = (this.#events[record.type] ?? 0) + 1;
      if (record.type === 'lost') {
        this.#lost[record.stage] = (this.#lost[record.stage] ?? 0) + record.count;
      } else if (record.type === 'container') {
        this.#follow(record);
      }
    }
    return records;
  }

  #follow({ op, container }: RecordOf<'container'>): void {
    const key = container.instance ?? `${container.runtime}/${container.id}`;
    if (op === 'stopped' || op === 'removed') {
      this.#containers.delete(key);
    } else if (op === 'seen' || op === 'started') {
      this.#containers.add(key);
    }
  }
}

/** How far a sink is behind the spool. */
const sinkState = (shipper: Shipper, parts: readonly SpoolPart[], nowMs: number): SinkState => {
  const { part, offset } = shipper.position;
  let lagBytes = 0;
  let oldest: number | undefined;
  for (const each of parts) {
    const from = each.name === part ? offset : 0;
    if (each.name >= part && each.bytes > from) {
      lagBytes += each.bytes - from;
      oldest ??= timeAt(each, from);
    }
  }
  return {
    ...{ name: shipper.name, target: shipper.target, lagBytes },
    lagSeconds: oldest === undefined ? 0 : Math.max(0, (nowMs - oldest) / 1000),
    ...shipper.shipped,
  };
};

/** The host that an agent ships for. */
export const ownHost = (chosen: string | undefined): string => chosen ?? hostname();

/** Kinds of records that hold command lines. */
const withArguments = /^\{"type":"(?:header|process|exec|container)"/;

/** A line as it leaves the host: masked, unless that is switched off; undefined for what is no record. */
export const outgoingLine =
  (redact: boolean) =>
  (line: string): string | undefined => {
    if (!redact || !withArguments.test(line)) {
      return line;
    }
    try {
      const record = JSON.parse(line) as NstraceRecord;
      const masked = redactRecord(record);
      return masked === record ? line : JSON.stringify(masked);
    } catch {
      // A line that was cut off is no record, and could hold anything.
      return undefined;
    }
  };
