import type { RecordOf } from '../../record/schema.ts';
import { Containers } from './containers.ts';
import type { ViewEvent, ViewProcess } from './event.ts';
import { EventLog } from './event-log.ts';
import type { FairLog } from './fair-log.ts';
import type { Group } from './group.ts';
import { Processes } from './processes.ts';
import { Rate } from './rate.ts';
import { Traces } from './traces.ts';

/** Seconds of the sparkline. */
const historySeconds = 61;

/** All that a live view shows. */
export class ViewState {
  readonly traces = new Traces();
  readonly containers = new Containers();
  readonly processes = new Processes(this.traces);
  readonly rate = new Rate(historySeconds);
  footer: RecordOf<'footer'> | undefined;
  /** Readings of CPU and memory. */
  usages = 0;
  lost = 0;
  /** Losses of which it is not known how many they are. */
  unknownLoss = false;
  /** Time in ns of the last record or heartbeat, on the clock of the stream. */
  now = 0;
  /** Wall time of the last record. */
  lastTime = '';
  beganAt = 0;
  /** Grows with every record that was taken. */
  version = 0;
  /** Grows where events were folded into others. */
  folds = 0;
  /** Grows where a container got another name, image or pod: its events stand elsewhere then. */
  renames = 0;
  protected readonly log = new EventLog();

  constructor() {
    this.containers.addHost(this.traces.first);
  }

  get events(): FairLog<ViewEvent> {
    return this.log.log;
  }

  /** The id that the next event gets. */
  get nextId(): number {
    return this.log.nextId;
  }

  /** By the key of records; hosts among them. */
  get groups(): ReadonlyMap<number | string, Group> {
    return this.containers.byKey;
  }

  get groupings(): number {
    return this.containers.version + this.renames;
  }

  /** The only host, or the first of several. */
  get host(): Group {
    return this.traces.first.host;
  }

  get header(): RecordOf<'header'> | undefined {
    return this.traces.first.source.header;
  }

  get endedProcesses(): FairLog<ViewProcess> {
    return this.processes.ended;
  }

  get containersAlive(): number {
    return this.containers.alive;
  }

  /** Containers of which no life goes on. */
  get ended(): number {
    return this.containers.over.size;
  }

  /** Wall time in ms of a time of the stream. */
  wallMs(at: number): number {
    return (
      (this.header === undefined ? Date.parse(this.lastTime) : Date.parse(this.header.time)) + (at - this.beganAt) / 1e6
    );
  }

  /** Time went on, though nothing may have happened. */
  passed(ns: string): void {
    this.now = Math.max(this.now, Number(ns));
  }

  /** The name of a container of which only the id is known. */
  nameOf(id: string): string | undefined {
    return this.containers.nameOf(id);
  }

  protected forget(group: Group): void {
    this.containers.forget(group);
    this.log.abandon(group);
    this.processes.abandon(group);
  }
}
