import type { ContainerInfo, ContainerRef, NstraceRecord, RecordOf } from '../record/schema.ts';
import { Rate } from './rate.ts';
import { Ring } from './ring.ts';

/** Events that are kept for scrolling back; about 60 MB, and what their arguments take. */
export const maxEvents = 50_000;
const maxArgumentBytes = 200_000_000;
/** What an argument takes beside its text. */
const argumentBytes = 40;
/** Processes that have ended and are still drawn as lanes. */
export const maxEndedProcesses = 2000;
/** Containers that have ended and are still listed. */
export const maxEndedGroups = 1000;
/** Seconds of the sparkline. */
const historySeconds = 61;

export const kinds = ['exec', 'failed', 'exit', 'join', 'namespace', 'container', 'fork', 'cgroup'] as const;
export type Kind = (typeof kinds)[number];

export interface ViewEvent {
  readonly id: number;
  readonly kind: Kind | 'lost';
  readonly record: NstraceRecord;
  readonly group: Group;
}

/** A container, or the host. */
export interface Group {
  readonly key: string;
  ref: ContainerRef | null;
  info: ContainerInfo | undefined;
  alive: number;
  execs: number;
  readonly rate: Rate;
  /** Kernel time in ns of its first and last sign of life. */
  firstAt: number;
  lastAt: number;
  ended: boolean;
  lastExit: string | undefined;
  /** Ids of its events, those that are still kept and some older ones. */
  readonly ids: number[];
}

export interface ViewProcess {
  readonly pid: number;
  ppid: number;
  nspid: readonly number[];
  group: Group;
  program: RecordOf<'exec'> | RecordOf<'process'> | undefined;
  comm: string;
  startAt: number;
  endAt: number | undefined;
  end: string | undefined;
  readonly marks: { at: number; kind: 'exec' | 'starts' | 'joins' }[];
}

const bytesOfArguments = ({ record }: ViewEvent): number =>
  record.type === 'exec' ? record.args_bytes + record.args.length * argumentBytes : 0;

/** Marks of one process that are drawn. */
const maxMarks = 20;

/** All that a live view shows, made of records. Nothing here knows of terminals. */
export class Store {
  readonly events = new Ring<ViewEvent>({ capacity: maxEvents, maxWeight: maxArgumentBytes, weigh: bytesOfArguments });
  readonly groups = new Map<string, Group>();
  readonly host: Group;
  readonly processes = new Map<number, ViewProcess>();
  readonly endedProcesses: ViewProcess[] = [];
  readonly rate = new Rate(historySeconds);
  header: RecordOf<'header'> | undefined;
  footer: RecordOf<'footer'> | undefined;
  lost = 0;
  /** Losses of which it is not known how many they are. */
  unknownLoss = false;
  records = 0;
  /** Kernel time in ns of the last record or heartbeat. */
  now = 0;
  /** Wall time of the last record. */
  lastTime = '';
  beganAt = 0;
  /** Changes with every record that was taken. */
  version = 0;
  readonly #starting = new Map<number, 'starts' | 'joins'>();

  constructor() {
    this.host = makeGroup('', null, 0);
    this.groups.set('', this.host);
  }

  get containersAlive(): number {
    let alive = 0;
    for (const group of this.groups.values()) {
      alive += group.ref !== null && !group.ended ? 1 : 0;
    }
    return alive;
  }

  get ended(): number {
    return [...this.groups.values()].filter(({ ended }) => ended).length;
  }

  /** Time went on, though nothing may have happened. */
  passed(mono: string): void {
    this.now = Math.max(this.now, Number(mono));
  }

  take(record: NstraceRecord): void {
    this.version += 1;
    this.records += 1;
    const at = Number(record.mono);
    this.now = Math.max(this.now, at);
    if (record.time > this.lastTime) {
      this.lastTime = record.time;
    }
    switch (record.type) {
      case 'header':
        this.header = record;
        this.beganAt = at;
        return;
      case 'footer':
        this.footer = record;
        return;
      case 'lost':
        this.lost += record.count;
        this.unknownLoss ||= !record.exact;
        this.#event('lost', record, this.host, at);
        return;
      case 'process':
        return this.#wasThere(record, at);
      case 'exec':
        return this.#exec(record, at);
      case 'fork':
        return this.#fork(record, at);
      case 'exit':
        return this.#exit(record, at);
      case 'namespace':
        if (Object.keys(record.created ?? record.joined ?? {}).length === 0) {
          // It asked for nothing that changed.
          return;
        }
        return void this.#event('namespace', record, this.#groupOf(record.container, at), at);
      case 'cgroup':
        return void this.#event('cgroup', record, this.#groupOf(record.container, at), at);
      case 'container':
        return this.#container(record, at);
    }
  }

  /** Containers that have ended leave the list. */
  clearEnded(): void {
    for (const [key, group] of this.groups) {
      if (group.ended) {
        this.groups.delete(key);
      }
    }
    this.version += 1;
  }

  /** A container that is known from before, though nothing of it came yet. */
  expect({ key, ref }: Group): Group {
    const group = ref === null ? this.host : makeGroup(key, ref, 0);
    this.groups.set(key, group);
    return group;
  }

  /** The ids of a group's events that are still kept. */
  idsOf(group: Group): readonly number[] {
    const { first } = this.events;
    if ((group.ids[0] ?? first) < first) {
      let gone = 0;
      while (gone < group.ids.length && group.ids[gone]! < first) {
        gone += 1;
      }
      group.ids.splice(0, gone);
    }
    return group.ids;
  }

  #wasThere(record: RecordOf<'process'>, at: number): void {
    const group = this.#groupOf(record.container, at);
    const process = this.#process(record, group, 0);
    process.program = record;
    process.comm = record.comm;
  }

  #exec(record: RecordOf<'exec'>, at: number): void {
    const group = this.#groupOf(record.container, at);
    if (record.ret !== 0) {
      this.#event('failed', record, group, at);
      return;
    }
    const process = this.processes.get(record.pid) ?? this.#process(record, group, at);
    this.#move(process, group);
    process.program = record;
    process.comm = record.comm;
    process.ppid = record.ppid;
    process.nspid = record.nspid;
    const kind = this.#starting.get(record.pid) ?? 'exec';
    this.#starting.delete(record.pid);
    if (process.marks.length < maxMarks) {
      process.marks.push({ at, kind });
    }
    group.execs += 1;
    group.rate.add(at / 1e9);
    this.rate.add(at / 1e9);
    this.#event('exec', record, group, at);
  }

  #fork(record: RecordOf<'fork'>, at: number): void {
    const group = this.#groupOf(record.container, at);
    const process = this.#process(record, group, at);
    const parent = this.processes.get(record.ppid);
    process.program = parent?.program;
    process.comm = record.comm;
    this.#event('fork', record, group, at);
  }

  #exit(record: RecordOf<'exit'>, at: number): void {
    const group = this.#groupOf(record.container, at);
    const process = this.processes.get(record.pid);
    if (process !== undefined) {
      process.endAt = at;
      process.end = record.signal ?? String(record.code ?? 0);
      process.group.alive -= 1;
      this.processes.delete(record.pid);
      this.endedProcesses.push(process);
      if (this.endedProcesses.length > 2 * maxEndedProcesses) {
        this.endedProcesses.splice(0, maxEndedProcesses);
      }
    }
    this.#starting.delete(record.pid);
    if (group.info?.init === record.pid) {
      group.lastExit = record.signal ?? `code ${record.code ?? 0}`;
    }
    this.#event('exit', record, group, at);
  }

  #container(record: RecordOf<'container'>, at: number): void {
    const group = this.#groupOf(record.container, at);
    group.info = record.container;
    group.ref = { id: record.container.id, name: record.container.name, runtime: record.container.runtime };
    switch (record.op) {
      case 'created':
        group.ended = false;
        break;
      case 'started':
      case 'joined':
        if (record.pid !== undefined) {
          this.#starting.set(record.pid, record.op === 'started' ? 'starts' : 'joins');
        }
        break;
      case 'stopped':
        group.lastExit = record.signal ?? (record.code === undefined ? group.lastExit : `code ${record.code}`);
        break;
      case 'removed':
        group.ended = true;
        this.#forgetOldGroups();
        break;
      default:
    }
    if (record.op !== 'seen' && record.op !== 'named') {
      this.#event(record.op === 'joined' ? 'join' : 'container', record, group, at);
    }
  }

  #groupOf(container: ContainerRef | null, at: number): Group {
    if (container === null) {
      return this.host;
    }
    // A name, and a runtime, may be learned late.
    let group = this.groups.get(container.id);
    if (group === undefined) {
      group = makeGroup(container.id, container, at);
      this.groups.set(container.id, group);
    } else if (group.ref?.name !== container.name) {
      group.ref = container;
    }
    return group;
  }

  #process(
    { pid, ppid, nspid }: { pid: number; ppid: number; nspid: number[] },
    group: Group,
    startAt: number,
  ): ViewProcess {
    const before = this.processes.get(pid);
    if (before !== undefined) {
      before.group.alive -= 1;
    }
    const process: ViewProcess = {
      ...{ pid, ppid, nspid, group, startAt },
      ...{ program: undefined, comm: '', endAt: undefined, end: undefined, marks: [] },
    };
    group.alive += 1;
    this.processes.set(pid, process);
    return process;
  }

  #move(process: ViewProcess, group: Group): void {
    if (process.group !== group) {
      process.group.alive -= 1;
      group.alive += 1;
      process.group = group;
    }
  }

  #event(kind: ViewEvent['kind'], record: NstraceRecord, group: Group, at: number): void {
    group.lastAt = at;
    const id = this.events.next;
    this.events.push({ id, kind, record, group });
    group.ids.push(id);
    if (group.ids.length > 1000 && group.ids[500]! < this.events.first) {
      group.ids.splice(0, 500);
    }
  }

  #forgetOldGroups(): void {
    let ended = this.ended;
    for (const [key, group] of this.groups) {
      if (ended <= maxEndedGroups) {
        return;
      }
      if (group.ended) {
        this.groups.delete(key);
        ended -= 1;
      }
    }
  }
}

const makeGroup = (key: string, ref: ContainerRef | null, at: number): Group => ({
  ...{ key, ref, info: undefined, alive: 0, execs: 0, rate: new Rate(10) },
  ...{ firstAt: at, lastAt: at, ended: false, lastExit: undefined, ids: [] },
});
