import type { StopReason } from '../console/stop.ts';
import type { Count } from '../probe/tracer.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { Living } from '../recording/write/living.ts';
import { type RotateOptions, RotatingWriter } from '../recording/write/rotate.ts';
import type { Session } from '../session/session.ts';
import type { Output, Wants } from './output.ts';

interface PartsOptions extends Pick<RotateOptions, 'path' | 'maxBytes' | 'maxMs' | 'keep' | 'open' | 'onNotice'> {
  /** What becomes of a record before it is written. */
  readonly change: ((record: NstraceRecord) => NstraceRecord) | undefined;
  readonly wants: Wants;
}

/** A recording in parts, each of which begins with what lives. */
export class PartsOutput implements Output {
  readonly writer: RotatingWriter;
  readonly #living = new Living();
  readonly #change: (record: NstraceRecord) => NstraceRecord;
  /** What traces, when it has begun. */
  session: Session | undefined;
  #given: bigint | undefined;

  constructor({ change = (record) => record, wants, ...options }: PartsOptions) {
    this.#change = change;
    this.writer = new RotatingWriter({
      ...options,
      carried: (now) => this.#living.records(now).filter(wants).map(change),
      status: () => this.#status(),
    });
  }

  /** Takes note of a record, also of one that is not wanted: it can be the end of what lives. */
  observe(record: NstraceRecord): void {
    this.#living.take(record);
  }

  record(record: NstraceRecord): void {
    this.writer.write(this.#change(record));
    if (record.type === 'header') {
      this.writer.flush();
    }
  }

  /** @param mono up to when all records were given; without it all that there are */
  flush(mono?: string): void {
    this.#given = mono === undefined ? undefined : BigInt(mono);
    this.writer.flush();
  }

  /** A part does not end while records wait for the name of their container: they are of this part. */
  #status(): ReturnType<RotateOptions['status']> {
    const { session } = this;
    return session === undefined || (this.#given !== undefined && BigInt(session.now.mono) > this.#given)
      ? undefined
      : { now: session.now, count: session.count };
  }

  get pending(): number {
    return this.writer.pending;
  }

  /** Of all parts that were ever made. */
  get size(): number {
    return this.writer.size;
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  end(now: { time: string; mono: string }, reason: StopReason, count: Count): Promise<void> {
    return this.writer.end(now, reason, count);
  }
}
