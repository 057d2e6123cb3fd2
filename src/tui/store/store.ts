import { Knowledge, type Subject } from '../../filter/subject.ts';
import { clockNs } from '../../record/clock.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import type { Moment } from '../../replay/moment.ts';
import type { Containers } from './containers.ts';
import type { ViewEvent, ViewKind, ViewProcess } from './event.ts';
import { unlisted } from './event-log.ts';
import type { Group } from './group.ts';
import { invocationOf } from './invocations.ts';
import { continuesChange } from './namespace-changes.ts';
import type { About } from './processes.ts';
import { isByHand, note, Repeats } from './repeats.ts';
import { ViewState } from './state.ts';
import type { PendingJoin, Trace } from './traces.ts';

/** Makes what a view shows out of records: what each of them changes. Nothing here knows of terminals. */
export class Store extends ViewState {
  /** For words of filters that are typed later. */
  readonly #knowledge = new Knowledge({ keepsLineage: true });
  readonly #repeats = new Repeats();
  // Of the record that is taken.
  #subject: Subject | undefined;
  #trace: Trace = this.traces.first;
  #at = 0;

  take(record: NstraceRecord): void {
    this.version += 1;
    this.#subject = this.#knowledge.take(record);
    this.#trace = this.traces.find(record) ?? this.#begin(record);
    this.#at = clockNs(record);
    this.now = Math.max(this.now, this.#at);
    if (record.time > this.lastTime) {
      this.lastTime = record.time;
    }
    switch (record.type) {
      case 'header':
        this.#trace.source.header ??= record;
        this.beganAt ||= this.#at;
        return;
      case 'footer':
        this.footer = record;
        return;
      case 'lost':
        this.lost += record.count;
        this.unknownLoss ||= !record.exact;
        this.#trace.lost += record.count;
        this.#trace.unknownLoss ||= !record.exact;
        this.#event('lost', record, this.#trace.host);
        return;
      case 'process':
        return this.#wasThere(record);
      case 'exec':
        return this.#exec(record);
      case 'fork':
        return this.#fork(record);
      case 'exit':
        return this.#exit(record);
      case 'namespace':
      case 'cgroup':
        return this.#changes(record);
      case 'container':
        return this.#container(record);
      case 'usage':
        this.usages += 1;
        return this.#groupOf(record).use(record, this.#at);
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

  /** Containers that have ended leave the list; those that run keep their earlier lives. */
  clearEnded(): void {
    const { over } = this.containers;
    for (const group of this.groups.values()) {
      if (over.has(group.nameKey)) {
        this.forget(group);
      }
    }
    this.version += 1;
  }

  /** The first record of another source. What the same host recorded before is over: its processes are reported anew. */
  #begin(record: NstraceRecord): Trace {
    const { first } = this.traces;
    if (first.source.recording === undefined) {
      this.containers.removeHost(first);
    }
    const trace = this.traces.add(record);
    for (const other of this.traces.all) {
      if (other !== trace && other.source.name !== undefined && other.source.name === trace.source.name) {
        this.processes.clear(other);
        this.traces.remove(other);
      }
    }
    this.containers.addHost(trace);
    return trace;
  }

  #wasThere(record: RecordOf<'process'>): void {
    const group = this.#groupOf(record);
    const before = this.processes.current(this.#trace, record);
    if (before !== undefined && before.program !== undefined) {
      // Repeated at the beginning of a later part.
      return;
    }
    const startAt = this.beganAt + (Date.parse(record.started) - this.wallMs(this.beganAt)) * 1e6;
    const process = this.#born(record, group, Number.isFinite(startAt) ? startAt : 0, true);
    process.program = record;
    process.comm = record.comm;
    process.invocation = invocationOf(process, record.role);
    process.runs = unlisted(record, this.#subject!, group, process);
  }

  #exec(record: RecordOf<'exec'>): void {
    const { misses, joins } = this.#trace;
    const group = this.#groupOf(record);
    let process = this.processes.current(this.#trace, record);
    if (record.ret !== 0) {
      const event = this.#event('failed', record, group, process);
      this.folds += misses.failed(record, event) ? 1 : 0;
      return;
    }
    process ??= this.#born(record, group, this.#at, false);
    process.nspid = record.nspid;
    this.processes.move(process, group);
    const join = joins.get(record.pid);
    joins.delete(record.pid);
    const kind = join === undefined ? 'exec' : join.record.op === 'started' ? 'starts' : 'joins';
    process.changes = undefined;
    process.came = join?.record ?? process.came;
    process.invocation = invocationOf(process, record.role);
    this.processes.runs(process, record, this.#at, kind);
    group.runs(record, this.#at);
    this.rate.add(this.#at / 1e9);
    const event = this.#event('exec', record, group, process);
    process.runs = event;
    this.folds += misses.succeeded(record, event) ? 1 : 0;
    if (join?.record.op === 'joined') {
      this.#enters(process, record, event, join);
    }
  }

  /** The first program of a process that joined. */
  #enters(process: ViewProcess, record: RecordOf<'exec'>, event: ViewEvent, join: PendingJoin): void {
    const byHand = isByHand(record, join.record);
    process.group.entrances.runs(join.record, record, byHand);
    if (byHand) {
      return;
    }
    const entry = { line: record.args.join('\0'), events: [event], exec: event, end: undefined, endTime: '' };
    process.entry = entry;
    if (join.event !== undefined) {
      note(entry, join.event);
    }
    this.folds += this.#repeats.begins(entry, event) ? 1 : 0;
  }

  #fork(record: RecordOf<'fork'>): void {
    const group = this.#groupOf(record);
    const process = this.#born(record, group, this.#at, false);
    process.program = process.parent?.program;
    process.runs = process.parent?.runs;
    process.invocation = process.parent?.invocation;
    if (process.parent?.group === group) {
      process.entry = process.parent.entry;
      process.came = process.parent.came;
    }
    process.comm = record.comm;
    this.#event('fork', record, group, process);
  }

  #exit(record: RecordOf<'exit'>): void {
    const group = this.#groupOf(record);
    const process = this.processes.current(this.#trace, record, this.#at - record.duration_ns);
    const event = this.#event('exit', record, group, process);
    this.#trace.joins.delete(record.pid);
    this.#trace.misses.ended(record.pid);
    if (process === undefined) {
      return;
    }
    process.exit = event;
    this.processes.end(process, this.#at, record.oom ? 'OOM' : (record.signal ?? String(record.code ?? 0)));
    const { entry } = process;
    if (entry?.exec?.process === process) {
      entry.end = process.end;
      entry.endTime = event.record.time;
    }
  }

  #changes(record: RecordOf<'namespace' | 'cgroup'>): void {
    const process = this.processes.current(this.#trace, record);
    if (process !== undefined) {
      process.ns = record.ns;
    }
    if (record.type === 'namespace' && Object.keys(record.created ?? record.joined ?? {}).length === 0) {
      // It asked for nothing that changed.
      return;
    }
    const event = this.#event(record.type, record, this.#groupOf(record), process);
    if (record.type === 'namespace' && process !== undefined) {
      this.folds += continuesChange(process, event, this.#at) ? 1 : 0;
    }
  }

  #container(record: RecordOf<'container'>): void {
    const group = this.containers.ofRecord(record, this.#trace, this.#at);
    const before = group.info === undefined ? undefined : placeOf(group);
    const key = group.nameKey;
    // What is seen again, by a later part or another trace of the same host, begins no life.
    const carried = (record.carried === true || record.op === 'seen') && group.info !== undefined;
    group.take(carried ? { ...record, op: 'named' } : record, this.#at);
    if (key !== group.nameKey || (before !== undefined && before !== placeOf(group))) {
      this.renames += 1;
    }
    const { op, pid } = record;
    const process = pid === undefined ? undefined : this.#trace.processes.get(pid);
    const event =
      op === 'seen' || op === 'named' || carried
        ? undefined
        : this.#event(op === 'joined' ? 'join' : 'container', record, group, process);
    if (event !== undefined && (op === 'created' || op === 'started' || op === 'joined')) {
      const caller = record.by && this.#trace.processes.get(record.by.pid);
      this.folds += (caller?.invocation ?? process?.invocation)?.leadsTo(event) ? 1 : 0;
    }
    if ((op === 'started' || op === 'joined') && pid !== undefined) {
      this.#trace.joins.set(pid, { record, event });
    }
    if (op === 'removed') {
      for (const old of this.containers.tooMany()) {
        this.forget(old);
      }
    }
  }

  #groupOf(record: Parameters<Containers['of']>[0]): Group {
    return this.containers.of(record, this.#trace, this.#at);
  }

  #born(record: About, group: Group, startAt: number, before: boolean): ViewProcess {
    return this.processes.begin(this.#trace, record, { group, startAt, before });
  }

  #event(kind: ViewKind | 'lost', record: NstraceRecord, group: Group, process?: ViewProcess): ViewEvent {
    group.lastAt = this.#at;
    const event = this.log.add(kind, record, this.#subject!, group, process);
    if (process?.entry !== undefined) {
      note(process.entry, event);
    }
    if (process?.invocation !== undefined) {
      this.folds += process.invocation.take(event) ? 1 : 0;
    }
    return event;
  }
}

/** What its events stand together by. */
const placeOf = ({ nameKey, info }: Group): string => [nameKey, info?.image, info?.pod?.id, info?.pod?.name].join(' ');
