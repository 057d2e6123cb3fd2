import { type ColorChoice, wantsColor } from '../console/color.ts';
import { say } from '../console/say.ts';
import { type GroupKind, groupOf } from '../filter/group.ts';
import type { EventKind } from '../filter/kinds.ts';
import { Knowledge, type Subject } from '../filter/subject.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { LineSink } from '../recording/write/sink.ts';
import { chooseColumns, type LineOptions, LineView } from '../view/lines.ts';
import { UserNames } from '../view/users.ts';
import type { Output } from './output.ts';
import { sayUnread } from './unread.ts';

/** How lines look. */
export interface LineSettings {
  groupBy?: GroupKind;
  time?: boolean;
  timestamp?: boolean;
  printUid?: boolean;
  quote?: boolean;
  maxArgs?: number;
  columns?: string[];
  header: boolean;
  color: ColorChoice;
}

/** Lines that wait for a reader; beyond it they are dropped and counted. */
const maxPendingBytes = 64 * 1024 * 1024;

/** Calls that changed no namespace are in recordings only. */
const isOfNoInterest = (record: NstraceRecord): boolean => record.type === 'namespace' && record.repeated !== undefined;

/** What a recording begins with; `source_seq` if it is one of several. */
type Begin = Pick<RecordOf<'header'>, 'mono' | 'recording'> & { source_seq?: number | undefined };

/** One line an event, under a header. */
export class LineOutput implements Output {
  readonly #sink: LineSink;
  readonly #values: LineSettings;
  readonly #events: ReadonlySet<string>;
  /** What is known of the records' containers and processes, if lines say their group. */
  readonly #knowledge: Knowledge | undefined;
  #subject: Subject | undefined;
  /** One for each recording: their clocks differ. */
  readonly #views = new Map<string, LineView>();
  #dropped = 0;

  constructor(values: LineSettings, events: ReadonlySet<EventKind>, sink: LineSink) {
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
