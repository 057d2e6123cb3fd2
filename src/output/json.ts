import type { StopReason } from '../console/stop.ts';
import type { Count } from '../probe/tracer.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { LineSink } from '../recording/write/sink.ts';
import { RecordWriter } from '../recording/write/writer.ts';
import type { Output } from './output.ts';
import { sayUnread } from './unread.ts';

/** NDJSON, as a recording has it. */
export class JsonOutput implements Output {
  readonly writer: RecordWriter;
  readonly #sink: LineSink;
  readonly #change: ((record: NstraceRecord) => NstraceRecord) | undefined;

  /** @param change what becomes of a record before it is written */
  constructor(sink: LineSink, stage: 'pipe' | 'disk' = 'pipe', change?: (record: NstraceRecord) => NstraceRecord) {
    this.#sink = sink;
    this.#change = change;
    this.writer = new RecordWriter(sink, stage);
  }

  record(record: NstraceRecord, line?: string): void {
    const change = this.#change;
    this.writer.write(change === undefined ? record : change(record), change === undefined ? line : undefined);
    if (record.type === 'header') {
      // It says that all probes are attached, which readers wait for.
      this.writer.flush();
    }
  }

  next(end: RecordOf<'footer'> | undefined): void {
    this.writer.next(end);
  }

  flush(): void {
    this.writer.flush();
  }

  get pending(): number {
    return this.#sink.pending;
  }

  async close(): Promise<void> {
    await this.writer.close();
    sayUnread(this.#sink);
  }

  async end(now: { time: string; mono: string }, reason: StopReason, count: Count): Promise<void> {
    await this.writer.end(now, reason, count);
    sayUnread(this.#sink);
  }
}
