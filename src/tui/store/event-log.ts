import type { Subject } from '../../filter/subject.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import type { ViewEvent, ViewKind, ViewProcess } from './event.ts';
import { FairLog, Shares } from './fair-log.ts';
import type { Group } from './group.ts';

/** Events that are kept for scrolling back. */
export const maxLogEvents = 50_000;
/** What they may take together, in bytes. */
const maxEventBytes = 260_000_000;
/** What an event takes beside the text of its arguments, and an argument beside its text. */
const eventBytes = 1200;
const argumentBytes = 40;

const bytesOf = ({ record }: ViewEvent): number =>
  eventBytes + (record.type === 'exec' ? record.args_bytes + record.args.length * argumentBytes : 0);

/** The last events; every container has its share of them. */
export class EventLog {
  readonly log = new FairLog<ViewEvent>({ capacity: maxLogEvents, maxWeight: maxEventBytes, weigh: bytesOf });
  readonly #shares = new Shares<Group, ViewEvent>(this.log);
  /** The id that the next event gets. */
  nextId = 0;

  add(
    kind: ViewEvent['kind'],
    record: NstraceRecord,
    subject: Subject,
    group: Group,
    process: ViewProcess | undefined,
  ): ViewEvent {
    const event = makeEvent(this.nextId, kind, record, subject, group, process);
    this.nextId += 1;
    this.#shares.push(group, event);
    return event;
  }

  /** The container is forgotten. */
  abandon(group: Group): void {
    this.#shares.abandon(group);
  }
}

/** An event that is not listed: what a process ran before tracing began. */
export const unlisted = (record: NstraceRecord, subject: Subject, group: Group, process: ViewProcess): ViewEvent =>
  makeEvent(-1, 'exec', record, subject, group, process);

const makeEvent = (
  id: number,
  kind: ViewKind | 'lost',
  record: NstraceRecord,
  subject: Subject,
  group: Group,
  process: ViewProcess | undefined,
): ViewEvent => ({
  id,
  kind,
  record,
  subject,
  group,
  process,
  foldedInto: undefined,
  misses: undefined,
  runs: undefined,
  work: undefined,
  dropped: false,
});
