import { cannotWrite } from '../errors.ts';
import { groupOf } from '../filter/group.ts';
import type { EventKind } from '../filter/kinds.ts';
import { Knowledge, type Subject } from '../filter/subject.ts';
import type { Count } from '../probe/tracer.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { type Sink, StreamSink } from '../recording/sink.ts';
import { RecordWriter } from '../recording/writer.ts';
import { chooseColumns, type LineOptions, LineView } from '../view/lines.ts';
import { UserNames } from '../view/users.ts';
import { type LineValues, requireJsonOrTable } from './options.ts';
import { say } from './say.ts';
import type { Stop, StopReason } from './stop.ts';
import type { Output } from './trace.ts';

/** Lines that wait for a reader; beyond it they are dropped and counted. */
const maxPendingBytes = 64 * 1024 * 1024;

/** Standard output; a reader that goes away is a quiet end. */
export const standardOutput = (stop: Stop): Sink =>
  new StreamSink(process.stdout, (error) => {
    if (error.code === 'EIO') {
      stop.now('hangup');
    } else if (error.code === 'EPIPE') {
      stop.now('reader-gone');
    } else {
      stop.fail(cannotWrite('standard output', error.message));
    }
  });

/** What -o and the options for lines ask for. */
export const outputFor = (values: LineValues, events: ReadonlySet<EventKind>, stop: Stop): Output =>
  requireJsonOrTable(values) === 'json'
    ? new JsonOutput(standardOutput(stop))
    : new LineOutput(values, events, standardOutput(stop));

/** NDJSON, as a recording has it. */
export class JsonOutput implements Output {
  readonly writer: RecordWriter;
  readonly #sink: Sink;
  readonly #change: ((record: NstraceRecord) => NstraceRecord) | undefined;

  /** @param change what becomes of a record before it is written */
  constructor(sink: Sink, stage: 'pipe' | 'disk' = 'pipe', change?: (record: NstraceRecord) => NstraceRecord) {
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

/** Calls that changed no namespace are in recordings only. */
const isOfNoInterest = (record: NstraceRecord): boolean => record.type === 'namespace' && record.repeated !== undefined;

/** What a recording begins with; `source_seq` if it is one of several. */
type Begin = Pick<RecordOf<'header'>, 'mono' | 'recording'> & { source_seq?: number | undefined };

/** One line an event, under a header. */
class LineOutput implements Output {
  readonly #sink: Sink;
  readonly #values: LineValues;
  readonly #events: ReadonlySet<string>;
  /** What is known of the records' containers and processes, if lines say their group. */
  readonly #knowledge: Knowledge | undefined;
  #subject: Subject | undefined;
  /** One for each recording: their clocks differ. */
  readonly #views = new Map<string, LineView>();
  #dropped = 0;

  constructor(values: LineValues, events: ReadonlySet<EventKind>, sink: Sink) {
    this.#sink = sink;
    this.#values = values;
    this.#events = events;
    this.#knowledge = values.groupBy === undefined ? undefined : new Knowledge();
  }

  observe(record: NstraceRecord): void {
    this.#subject = this.#knowledge?.take(record);
  }

  record(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#begin(record);
      return;
    }
    const view = this.#viewOf(record);
    if (view !== undefined && this.#events.has(record.type) && !isOfNoInterest(record)) {
      if (this.#sink.pending > maxPendingBytes) {
        this.#dropped += 1;
      } else {
        this.#sayDropped();
        this.#sink.put(view.line(record, this.#group()));
      }
    }
  }

  flush(): void {
    this.#sink.flush();
  }

  get pending(): number {
    return this.#sink.pending;
  }

  end(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.#sayDropped();
    await this.#sink.end();
    sayUnread(this.#sink);
  }

  #begin({ mono: startedMono, recording, source_seq }: Begin): void {
    const merged = source_seq !== undefined;
    const { header, columns, time = false, timestamp = false, printUid = false } = this.#values;
    const options: LineOptions = {
      columns: chooseColumns(columns, { time, timestamp, uid: printUid, host: merged }),
      style: { quote: this.#values.quote ?? false, maxArgs: this.#values.maxArgs ?? Number.POSITIVE_INFINITY },
      kinds: this.#events.size > 1 || !this.#events.has('exec'),
      startedMono,
      users: new UserNames(),
      color: wantsColor(this.#values.color),
      grouped: this.#values.groupBy !== undefined,
    };
    const view = new LineView(options);
    const isFirst = this.#views.size === 0;
    this.#views.set(merged ? recording : '', view);
    if (header && (isFirst || !merged)) {
      this.#sink.put(view.header());
      this.#sink.flush();
    }
  }

  /** Of one of several recordings also where its header did not come. */
  #viewOf({ recording = '', mono }: NstraceRecord): LineView | undefined {
    if (recording !== '' && !this.#views.has(recording)) {
      this.#begin({ mono, recording, source_seq: 0 });
    }
    return this.#views.get(recording);
  }

  #group(): string {
    const { groupBy } = this.#values;
    return groupBy === undefined || this.#subject === undefined ? '' : groupOf(groupBy, this.#subject);
  }

  #sayDropped(): void {
    if (this.#dropped > 0) {
      say(`${this.#dropped} lines were dropped: the reader of standard output is too slow`);
      this.#dropped = 0;
    }
  }
}

const sayUnread = ({ pending }: Sink): void => {
  if (pending > 0) {
    say(`${pending} bytes were not written: the reader of standard output takes nothing`);
  }
};

/** NO_COLOR and FORCE_COLOR count where --color does not say otherwise. */
export const wantsColor = (when: LineValues['color']): boolean => {
  if (when !== 'auto') {
    return when === 'always';
  }
  if (process.env.NO_COLOR) {
    return false;
  }
  return process.env.FORCE_COLOR
    ? process.env.FORCE_COLOR !== '0'
    : process.stdout.isTTY && process.env.TERM !== 'dumb';
};
