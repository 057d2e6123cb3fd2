import { Knowledge, type Subject } from '../filter/subject.ts';
import { containerKey } from '../record/key.ts';
import type { ContainerRef, NamespaceSet, NstraceRecord, RecordOf } from '../record/schema.ts';
import type { Moment } from '../replay/moment.ts';
import { Activity, type Kind, type ViewEvent, type ViewProcess } from './event.ts';
import { FairLog, Share } from './fair.ts';
import { Group } from './group.ts';
import { Misses } from './misses.ts';
import { Rate } from './rate.ts';
import { isByHand, note, Repeats } from './repeats.ts';

/** Events that are kept for scrolling back. */
export const maxEvents = 50_000;
/** What they may take together, in bytes. */
const maxEventBytes = 260_000_000;
/** What an event takes beside the text of its arguments, and an argument beside its text. */
const eventBytes = 1200;
const argumentBytes = 40;
/** Processes that have ended and are still drawn as lanes. */
export const maxEndedProcesses = 4000;
/** Containers that have ended and are still listed. */
export const maxEndedGroups = 1000;
/** Seconds of the sparkline. */
const historySeconds = 61;
/** Marks of one process that are drawn. */
const maxMarks = 20;

const bytesOf = ({ record }: ViewEvent): number =>
  eventBytes + (record.type === 'exec' ? record.args_bytes + record.args.length * argumentBytes : 0);

type ContainerRecord = RecordOf<'container'>;

/** All that a live view shows, made of records. Nothing here knows of terminals. */
export class Store {
  readonly events = new FairLog<ViewEvent>({ capacity: maxEvents, maxWeight: maxEventBytes, weigh: bytesOf });
  /** By the key of records; the host by ''. */
  readonly groups = new Map<number | string, Group>();
  readonly host: Group;
  readonly processes = new Map<number, ViewProcess>();
  readonly endedProcesses = new FairLog<ViewProcess>({
    ...{ capacity: maxEndedProcesses, maxWeight: maxEndedProcesses },
    weigh: () => 1,
    // Chains of parents that are gone would grow for ever.
    onDrop: (process) => {
      process.parent = undefined;
    },
  });
  readonly rate = new Rate(historySeconds);
  header: RecordOf<'header'> | undefined;
  footer: RecordOf<'footer'> | undefined;
  lost = 0;
  /** Losses of which it is not known how many they are. */
  unknownLoss = false;
  /** Kernel time in ns of the last record or heartbeat. */
  now = 0;
  /** Wall time of the last record. */
  lastTime = '';
  beganAt = 0;
  /** The id that the next event gets. */
  nextId = 0;
  /** Grows with every record that was taken. */
  version = 0;
  /** Grows where events were folded into others. */
  folds = 0;
  /** Grows where a container came or went. */
  groupings = 0;
  /** Grows where a container got another name, image or pod: its events stand elsewhere then. */
  renames = 0;
  /** For words of filters that are typed later. */
  readonly #knowledge = new Knowledge({ keepsLineage: true });
  #subject: Subject | undefined;
  readonly #joins = new Map<number, { record: ContainerRecord; event: ViewEvent | undefined }>();
  readonly #shares = new Map<Group, Share<ViewEvent>>();
  readonly #endedShares = new Map<Group, Share<ViewProcess>>();
  readonly #misses = new Misses();
  readonly #repeats = new Repeats();

  constructor() {
    this.host = new Group('', null, 0);
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
    let ended = 0;
    for (const group of this.groups.values()) {
      ended += group.ended ? 1 : 0;
    }
    return ended;
  }

  /** Wall time in ms of a kernel time. */
  wallMs(at: number): number {
    return (
      (this.header === undefined ? Date.parse(this.lastTime) : Date.parse(this.header.time)) + (at - this.beganAt) / 1e6
    );
  }

  /** Time went on, though nothing may have happened. */
  passed(mono: string): void {
    this.now = Math.max(this.now, Number(mono));
  }

  take(record: NstraceRecord): void {
    this.version += 1;
    this.#subject = this.#knowledge.take(record);
    const at = Number(record.mono);
    this.now = Math.max(this.now, at);
    if (record.time > this.lastTime) {
      this.lastTime = record.time;
    }
    switch (record.type) {
      case 'header':
        this.header ??= record;
        this.beganAt ||= at;
        return;
      case 'footer':
        this.footer = record;
        return;
      case 'lost':
        this.lost += record.count;
        this.unknownLoss ||= !record.exact;
        this.#event('lost', record, this.host, at, undefined);
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
      case 'cgroup':
        return this.#changes(record, at);
      case 'container':
        return this.#container(record, at);
      case 'usage':
        return this.#groupOf(record, at).use(record, at);
      default:
        // A type that this version does not know.
        return;
    }
  }

  /** Begins in the middle of a recording, with what led there and what all records before it added up to. */
  begin({ records, execs, lost, exact }: Moment): void {
    for (const record of records) {
      this.take(record);
    }
    for (const [key, count] of execs) {
      const group = this.groups.get(key);
      if (group !== undefined) {
        group.execs = count;
      }
    }
    this.lost = lost;
    this.unknownLoss = !exact;
  }

  /** Containers that have ended leave the list. */
  clearEnded(): void {
    for (const group of this.groups.values()) {
      if (group.ended) {
        this.#forget(group);
      }
    }
    this.version += 1;
  }

  /** The name of a container of which only the id is known. */
  nameOf(id: string): string | undefined {
    for (const { ref } of this.groups.values()) {
      if (ref?.id === id) {
        return ref.name;
      }
    }
    return undefined;
  }

  #wasThere(record: RecordOf<'process'>, at: number): void {
    const group = this.#groupOf(record, at);
    const before = this.processes.get(record.pid);
    if (before !== undefined && before.program !== undefined) {
      // Repeated at the beginning of a later part.
      return;
    }
    const startAt = this.beganAt + (Date.parse(record.started) - this.wallMs(this.beganAt)) * 1e6;
    const process = this.#process(record, group, Number.isFinite(startAt) ? startAt : 0, true);
    process.program = record;
    process.comm = record.comm;
    process.runs = makeEvent(-1, 'exec', record, this.#subject!, group, process);
  }

  #exec(record: RecordOf<'exec'>, at: number): void {
    const group = this.#groupOf(record, at);
    let process = this.processes.get(record.pid);
    if (record.ret !== 0) {
      const event = this.#event('failed', record, group, at, process);
      this.folds += this.#misses.failed(record, event) ? 1 : 0;
      return;
    }
    process ??= this.#process(record, group, at, false);
    this.#move(process, group);
    process.program = record;
    process.comm = record.comm;
    process.ns = record.ns;
    process.nspid = record.nspid;
    if (process.ppid !== record.ppid || process.parent === undefined) {
      process.ppid = record.ppid;
      process.parent = this.processes.get(record.ppid);
    }
    process.parent?.spawned.add(at);
    const join = this.#joins.get(record.pid);
    this.#joins.delete(record.pid);
    if (process.marks.length < maxMarks) {
      process.marks.push({ at, kind: join === undefined ? 'exec' : join.record.op === 'started' ? 'starts' : 'joins' });
    }
    group.execs += 1;
    group.lastExec = record;
    const seconds = at / 1e9;
    group.rate.add(seconds);
    this.rate.add(seconds);
    const event = this.#event('exec', record, group, at, process);
    process.runs = event;
    this.folds += this.#misses.succeeded(record, event) ? 1 : 0;
    if (join?.record.op === 'joined') {
      this.#enters(process, record, event, join);
    }
  }

  /** The first program of a process that joined. */
  #enters(
    process: ViewProcess,
    record: RecordOf<'exec'>,
    event: ViewEvent,
    join: { record: ContainerRecord; event: ViewEvent | undefined },
  ): void {
    if (isByHand(record, join.record)) {
      return;
    }
    const entry = { line: record.args.join('\0'), events: [event], exec: event, end: undefined, endTime: '' };
    process.entry = entry;
    if (join.event !== undefined) {
      note(entry, join.event);
    }
    this.folds += this.#repeats.begins(entry, event) ? 1 : 0;
  }

  #fork(record: RecordOf<'fork'>, at: number): void {
    const group = this.#groupOf(record, at);
    const process = this.#process(record, group, at, false);
    process.program = process.parent?.program;
    process.runs = process.parent?.runs;
    process.entry = process.parent?.group === group ? process.parent.entry : undefined;
    process.comm = record.comm;
    this.#event('fork', record, group, at, process);
  }

  #exit(record: RecordOf<'exit'>, at: number): void {
    const group = this.#groupOf(record, at);
    const process = this.processes.get(record.pid);
    const event = this.#event('exit', record, group, at, process);
    this.#joins.delete(record.pid);
    this.#misses.ended(record.pid);
    if (process === undefined) {
      return;
    }
    process.endAt = at;
    process.exit = event;
    process.end = record.oom ? 'OOM' : (record.signal ?? String(record.code ?? 0));
    process.group.alive -= 1;
    this.processes.delete(record.pid);
    const { entry } = process;
    if (entry?.exec?.process === process) {
      entry.end = process.end;
      entry.endTime = event.record.time;
    }
    this.endedProcesses.push(shareOf(this.#endedShares, process.group), process);
  }

  #changes(record: RecordOf<'namespace' | 'cgroup'>, at: number): void {
    const process = this.processes.get(record.pid);
    const group = this.#groupOf(record, at);
    if (process !== undefined) {
      process.ns = record.ns;
    }
    if (record.type === 'namespace' && Object.keys(record.created ?? record.joined ?? {}).length === 0) {
      // It asked for nothing that changed.
      return;
    }
    this.#event(record.type, record, group, at, process);
  }

  #container(record: ContainerRecord, at: number): void {
    const group = this.#containerGroup(record, at);
    const before = group.info === undefined ? undefined : placeOf(group);
    const key = group.nameKey;
    const carried = record.carried === true && group.info !== undefined;
    group.take(carried ? { ...record, op: 'named' } : record, at);
    if (key !== group.nameKey || (before !== undefined && before !== placeOf(group))) {
      this.renames += 1;
      this.groupings += 1;
    }
    const { op, pid } = record;
    const event =
      op === 'seen' || op === 'named' || carried
        ? undefined
        : this.#event(op === 'joined' ? 'join' : 'container', record, group, at, this.processes.get(pid ?? -1));
    if ((op === 'started' || op === 'joined') && pid !== undefined) {
      this.#joins.set(pid, { record, event });
    }
    if (op === 'removed') {
      this.#forgetOldGroups();
    }
  }

  #groupOf(record: { container: ContainerRef | null; recording?: string | undefined }, at: number): Group {
    const { container } = record;
    if (container === null) {
      return this.host;
    }
    const key = containerKey(container, record);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = new Group(key, container, at);
      this.groups.set(key, group);
      this.groupings += 1;
    }
    return group;
  }

  /** In recordings of 0.1 a runtime that was guessed can be corrected: it is the same container. */
  #containerGroup(record: ContainerRecord, at: number): Group {
    const { id, instance } = record.container;
    const key = containerKey(record.container, record);
    if (instance === undefined && !this.groups.has(key)) {
      for (const group of this.groups.values()) {
        if (group.ref?.id === id && record.op === 'named') {
          this.groups.set(key, group);
          return group;
        }
      }
    }
    return this.#groupOf(record, at);
  }

  #process(
    { pid, ppid, nspid, ns }: { pid: number; ppid: number; nspid: number[]; ns: NamespaceSet },
    group: Group,
    startAt: number,
    before: boolean,
  ): ViewProcess {
    const last = this.processes.get(pid);
    if (last !== undefined) {
      last.group.alive -= 1;
    }
    const process: ViewProcess = {
      ...{ pid, ppid, nspid, ns, group, startAt, before, parent: this.processes.get(ppid), spawned: new Activity() },
      ...{ program: undefined, comm: '', runs: undefined, endAt: undefined, end: undefined, exit: undefined },
      ...{ marks: [], entry: undefined, dropped: false },
    };
    group.alive += 1;
    group.ns ??= ns;
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

  #event(
    kind: Kind | 'lost',
    record: NstraceRecord,
    group: Group,
    at: number,
    process: ViewProcess | undefined,
  ): ViewEvent {
    group.lastAt = at;
    const event = makeEvent(this.nextId, kind, record, this.#subject!, group, process);
    this.nextId += 1;
    this.events.push(shareOf(this.#shares, group), event);
    if (process?.entry !== undefined) {
      note(process.entry, event);
    }
    return event;
  }

  #forgetOldGroups(): void {
    let ended = this.ended;
    for (const group of this.groups.values()) {
      if (ended <= maxEndedGroups) {
        return;
      }
      if (group.ended) {
        this.#forget(group);
        ended -= 1;
      }
    }
  }

  #forget(group: Group): void {
    for (const [key, candidate] of this.groups) {
      if (candidate === group) {
        this.groups.delete(key);
      }
    }
    abandon(this.events, this.#shares, group);
    abandon(this.endedProcesses, this.#endedShares, group);
    this.groupings += 1;
  }
}

const makeEvent = (
  id: number,
  kind: Kind | 'lost',
  record: NstraceRecord,
  subject: Subject,
  group: Group,
  process: ViewProcess | undefined,
): ViewEvent => ({
  ...{ id, kind, record, subject, group, process },
  ...{ foldedInto: undefined, misses: undefined, runs: undefined, dropped: false },
});

/** What its events stand together by. */
const placeOf = ({ nameKey, info }: Group): string => [nameKey, info?.image, info?.pod?.id, info?.pod?.name].join(' ');

const shareOf = <Item extends { dropped: boolean }>(shares: Map<Group, Share<Item>>, group: Group): Share<Item> => {
  let share = shares.get(group);
  if (share === undefined) {
    share = new Share();
    shares.set(group, share);
  }
  return share;
};

const abandon = <Item extends { dropped: boolean }>(
  log: FairLog<Item>,
  shares: Map<Group, Share<Item>>,
  group: Group,
): void => {
  const share = shares.get(group);
  if (share !== undefined) {
    shares.delete(group);
    log.abandon(share);
  }
};
