import type { ContainerRef, ProcessRecord } from '../../record/schema.ts';
import { lifeKey, type ReportData, scopedKey } from '../data.ts';
import { calledName } from '../summary.ts';
import type { Box, Proc } from './boxes.ts';
import { ContainerNamespaces } from './namespaces.ts';
import type { PageRecord } from './unpack.ts';

export interface Model {
  readonly records: readonly PageRecord[];
  readonly procs: readonly Proc[];
  /** Containers in the order in which they began; after them each host. */
  readonly boxes: readonly Box[];
  /** The process of each record. */
  readonly procOf: readonly (Proc | undefined)[];
  readonly boxOf: readonly Box[];
  readonly end: number;
}

export const buildModel = (data: ReportData, records: readonly PageRecord[]): Model =>
  new ModelBuilder(data, records).build();

/** `at` is ns since the beginning. */
type Timed = ProcessRecord & { at: number };

/** The name of a process of which nothing was seen that says it. */
const unknown = '?';

class ModelBuilder {
  readonly #data: ReportData;
  readonly #records: readonly PageRecord[];
  readonly #boxes: Box[];
  readonly #byKey = new Map<string, Box[]>();
  /** One for each recording. */
  readonly #hosts: Box[];
  readonly #hostOf = new Map<string | undefined, Box>();
  readonly #living = new Map<number | string, Proc>();
  readonly #byPid = new Map<number | string, Proc[]>();
  readonly #procs: Proc[] = [];
  readonly #procOf: (Proc | undefined)[] = [];
  readonly #boxOf: Box[] = [];
  readonly #namespaces = new ContainerNamespaces();

  constructor(data: ReportData, records: readonly PageRecord[]) {
    this.#data = data;
    this.#records = records;
    this.#boxes = data.lives.map((life, index) => {
      const to = life.stopped ?? life.removed ?? data.end;
      const name = `${this.#placeOf(life.recording)}${life.container.name}`;
      const from = life.seen ? 0 : life.begin;
      return newBox({ index, life, recording: life.recording, name, from, to: Math.max(to, life.begin) });
    });
    this.#hosts = data.sources.map(({ recording }, index) => {
      const own = data.sources.length > 1 ? recording : undefined;
      const box = { index: this.#boxes.length + index, life: undefined, recording: own, from: 0, to: data.end };
      return newBox({ ...box, name: `${this.#placeOf(own)}host` });
    });
    for (const box of this.#hosts) {
      this.#hostOf.set(box.recording, box);
    }
    for (const box of this.#boxes) {
      const { key } = box.life!;
      this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), box]);
    }
  }

  /** In front of the names of what is on one of several hosts. */
  #placeOf(recording: string | undefined): string {
    const source =
      recording === undefined ? undefined : this.#data.sources.find((each) => each.recording === recording);
    return source === undefined ? '' : `${source.host}: `;
  }

  #host(recording: string | undefined): Box {
    return this.#hostOf.get(recording) ?? this.#hosts[0]!;
  }

  build(): Model {
    for (const [index, record] of this.#records.entries()) {
      this.#take(record, index);
    }
    for (const box of this.#boxes) {
      this.#addHelpers(box);
    }
    const boxes = [...this.#boxes, ...this.#hosts];
    for (const proc of this.#procs) {
      proc.box.procs.push(proc);
    }
    for (const { marks, procs } of boxes) {
      marks.execs = sorted(procs.flatMap(({ execs }) => execs));
      marks.failures = sorted(procs.flatMap(({ failures }) => failures));
      marks.joins = sorted(procs.flatMap(({ joined, execs, from }) => (joined ? [execs[0] ?? from] : [])));
    }
    this.#namespaces.share(this.#boxes, this.#data);
    return {
      records: this.#records,
      procs: this.#procs,
      boxes,
      procOf: this.#procOf,
      boxOf: this.#boxOf,
      end: this.#data.end,
    };
  }

  #take(record: PageRecord, index: number): void {
    let box = this.#host(record.recording);
    let proc: Proc | undefined;
    switch (record.type) {
      case 'process':
      case 'exec':
      case 'fork':
      case 'exit':
      case 'namespace':
      case 'cgroup':
        proc = this.#process(record, index);
        box = record.container === null ? box : this.#boxAt(record);
        break;
      case 'container':
        box = this.#boxAt(record);
        break;
      default:
    }
    this.#procOf.push(proc);
    this.#boxOf.push(box);
    box.events.push(index);
  }

  #process(record: Timed, index: number): Proc {
    const key = scopedKey(record.pid, record.recording);
    let proc = this.#living.get(key);
    if (proc === undefined || record.type === 'fork' || record.type === 'process') {
      proc = this.#born(record);
    }
    proc.events.push(index);
    // Who makes or removes the cgroup of a container is a runtime outside of it.
    const isInside = record.type !== 'cgroup' || record.op === 'attach';
    if (record.container !== null && isInside) {
      proc.box = this.#boxAt(record);
      this.#namespaces.inside(proc, record);
    }
    if (record.type === 'namespace' && record.container === null) {
      this.#namespaces.enter(record, proc.name);
    }
    proc.inner = record.nspid.length > 1 ? record.nspid.at(-1) : proc.inner;
    if ('origin' in record && record.origin === 'joined') {
      proc.joined = true;
    }
    if (record.type === 'process' || (record.type === 'exec' && record.ret === 0)) {
      proc.program = record;
      proc.name = calledName(record);
      if (record.type === 'exec') {
        proc.execs.push(record.at);
      }
    } else if (record.type === 'exec') {
      proc.failures.push(record.at);
    } else if (record.type === 'exit') {
      proc.exit = record;
      proc.name = proc.name === unknown ? (record.comm ?? unknown) : proc.name;
      proc.to = record.at;
      if (!proc.before) {
        proc.from = Math.min(proc.from, Math.max(0, record.at - record.duration_ns));
      }
      this.#living.delete(key);
    }
    return proc;
  }

  #born(record: Timed): Proc {
    const { recording } = record;
    const key = scopedKey(record.pid, recording);
    const ppid = 'ppid' in record ? record.ppid : undefined;
    const proc: Proc = {
      index: this.#procs.length,
      pid: record.pid,
      inner: undefined,
      ppid,
      parent: ppid === undefined ? undefined : this.#living.get(scopedKey(ppid, recording)),
      from: record.type === 'process' ? 0 : record.at,
      to: undefined,
      before: record.type === 'process',
      box: this.#host(recording),
      name: ('comm' in record ? record.comm : undefined) ?? unknown,
      program: undefined,
      exit: undefined,
      joined: false,
      worksFor: undefined,
      events: [],
      execs: [],
      failures: [],
    };
    this.#procs.push(proc);
    this.#living.set(key, proc);
    const same = this.#byPid.get(key);
    if (same === undefined) {
      this.#byPid.set(key, [proc]);
    } else {
      same.push(proc);
    }
    return proc;
  }

  /** The life of a container at a time: one id can have several. */
  #boxAt({ container, recording, at }: PageRecord & { container: ContainerRef | null }): Box {
    const boxes = container === null ? undefined : this.#byKey.get(lifeKey(container, recording));
    return boxes?.findLast(({ life }) => life!.begin <= at) ?? boxes?.[0] ?? this.#host(recording);
  }

  #addHelpers(box: Box): void {
    for (const [pid, at] of box.life!.helpers) {
      const proc = this.#byPid.get(scopedKey(pid, box.recording))?.findLast(({ from }) => from <= at);
      if (proc !== undefined && proc.box !== box) {
        box.helpers.add(proc);
        proc.worksFor ??= box;
      }
    }
  }
}

const newBox = (about: Pick<Box, 'index' | 'life' | 'recording' | 'name' | 'from' | 'to'>): Box => ({
  ...about,
  procs: [],
  helpers: new Set(),
  events: [],
  namespaces: [],
  marks: { execs: sorted([]), failures: sorted([]), joins: sorted([]) },
});

const sorted = (times: readonly number[]): Float64Array => Float64Array.from(times).sort();
