import type { StopReason } from '../console/stop.ts';
import type { Count } from '../probe/tracer.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';

/** What takes the records of a trace: lines, NDJSON, a file. */
export interface Output {
  /** Takes note of a record, also of one that is not wanted. It comes just before record(). */
  observe?(record: NstraceRecord): void;
  /** @param line the record as it was read, if it was and is unchanged */
  record(record: NstraceRecord, line?: string): void;
  /** All records up to this kernel time were given. */
  flush(mono: string): void;
  /** Bytes that wait for a reader. */
  readonly pending: number;
  /** Another recording follows. @param end the footer of the one before, if it has one */
  next?(end: RecordOf<'footer'> | undefined): void;
  /** The end without a footer: of a recording that has none. */
  close(): Promise<void>;
  /** The end: nothing comes after it. */
  end(now: { time: string; mono: string }, reason: StopReason, count: Count): Promise<void>;
}

export type Wants = (record: NstraceRecord) => boolean;
