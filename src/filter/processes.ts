import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { KnownContainer } from './containers.ts';

/** The parents of a process, the nearest first, as they were when each was born. */
export interface Lineage {
  readonly pid: number;
  parent: Lineage | undefined;
  depth: number;
}

/** Generations that are kept above a process. */
const maxDepth = 200;

/** What is known of a process as it runs one program: for its records that do not say it themselves. */
export class KnownProcess {
  readonly lineage: Lineage;
  readonly comm: string | undefined;
  readonly exe: string | undefined;
  readonly uid: number | undefined;
  readonly auid: number | undefined;
  readonly tty: string | undefined;
  readonly origin: string | undefined;
  container: KnownContainer | undefined;
  /** Bit N is set for what descends from root N, see `Processes`. */
  roots = 0;
  readonly #args: readonly string[] | undefined;
  #line: string | undefined;

  constructor(lineage: Lineage, fields: ProcessFields) {
    this.lineage = lineage;
    this.comm = fields.comm;
    this.exe = fields.exe;
    this.uid = fields.uid;
    this.auid = fields.auid;
    this.tty = fields.tty;
    this.origin = fields.origin;
    this.#args = fields.args;
  }

  /** Its command line: arguments with blanks between them. */
  get line(): string | undefined {
    if (this.#line === undefined && this.#args !== undefined) {
      this.#line = this.#args.join(' ');
    }
    return this.#line;
  }

  /** A child runs what its parent runs until it executes something else. */
  child(lineage: Lineage, { comm, origin }: { comm: string; origin?: string | undefined }): KnownProcess {
    const { exe, uid, auid, tty } = this;
    return new KnownProcess(lineage, { comm: this.comm ?? comm, exe, uid, auid, tty, origin, args: this.#args });
  }
}

/** The fields of records about processes that are looked at. Those of newer or older versions can be absent. */
interface ProcessFields {
  readonly comm?: string | undefined;
  readonly exe?: string | undefined;
  readonly uid?: number | undefined;
  readonly auid?: number | undefined;
  readonly tty?: string | undefined;
  readonly origin?: string | undefined;
  readonly args?: readonly string[] | undefined;
}

/** A test of pids whose descendants are to be known for as long as they live, however many generations that takes. */
export type Root = (pid: number) => boolean;

/** Living processes out of records, by their host pid; where several hosts' records were merged, by recording and pid. */
export class Processes {
  /** Of the recording that the last record is from. */
  #known = new Map<number, KnownProcess>();
  #recording: string | undefined;
  readonly #recordings = new Map<string | undefined, Map<number, KnownProcess>>([[undefined, this.#known]]);
  readonly #roots: readonly Root[];
  readonly #keepsLineage: boolean;

  /**
   * @param roots at most 31
   * @param keepsLineage whether the last 200 generations above each process are kept, for roots that are not known yet
   */
  constructor(roots: readonly Root[] = [], keepsLineage = false) {
    this.#roots = roots;
    this.#keepsLineage = keepsLineage;
  }

  /** All that have this pid, by recording: of several hosts' there can be several. */
  withPid(pid: number): Map<string | undefined, KnownProcess> {
    const found = new Map<string | undefined, KnownProcess>();
    for (const [recording, known] of this.#recordings) {
      const process = known.get(pid);
      if (process !== undefined) {
        found.set(recording, process);
      }
    }
    return found;
  }

  /** Takes note of a record. Returns what is known of its process, as it was when the record was made. */
  take(record: NstraceRecord): KnownProcess | undefined {
    // A header has the id of its recording, whether others are merged with it or not.
    if (record.type === 'header' || record.type === 'footer') {
      this.#end(record);
      return undefined;
    }
    if (record.recording !== this.#recording) {
      this.#switchTo(record.recording);
    }
    switch (record.type) {
      case 'process':
      case 'exec':
        return this.#runs(record);
      case 'fork':
        return this.#born(record);
      case 'exit':
        return this.#ends(record);
      case 'namespace':
      case 'cgroup':
      case 'container':
        return record.pid === undefined
          ? undefined
          : (this.#known.get(record.pid) ?? this.#unknown(record, record.pid));
      default:
        return undefined;
    }
  }

  #switchTo(recording: string | undefined): void {
    this.#recording = recording;
    const known = this.#recordings.get(recording) ?? new Map<number, KnownProcess>();
    this.#recordings.set(recording, known);
    this.#known = known;
  }

  /** A recording of several that is over has no processes any more. */
  #end(record: RecordOf<'header' | 'footer'>): void {
    if (record.type === 'footer' && record.recording !== undefined && record.reason !== 'rotated') {
      this.#recordings.get(record.recording)?.clear();
    }
  }

  #runs(record: RecordOf<'process' | 'exec'>): KnownProcess {
    const { pid, ppid } = record;
    const before = this.#known.get(pid);
    const parent = before === undefined ? this.#known.get(ppid) : undefined;
    const known = new KnownProcess(before?.lineage ?? this.#lineage(pid, ppid, parent), record);
    known.roots =
      this.#rootsOf(pid) | (before?.roots ?? 0) | (before === undefined ? this.#inherited(ppid, parent) : 0);
    if (record.type === 'process' || record.ret === 0) {
      this.#known.set(pid, known);
    }
    return known;
  }

  #born(record: RecordOf<'fork'>): KnownProcess {
    const { pid, ppid } = record;
    const parent = this.#known.get(ppid);
    const lineage = this.#lineage(pid, ppid, parent);
    const known = parent?.child(lineage, record) ?? new KnownProcess(lineage, record);
    known.roots = this.#rootsOf(pid) | this.#inherited(ppid, parent);
    this.#known.set(pid, known);
    return known;
  }

  #ends(record: RecordOf<'exit'>): KnownProcess {
    const known = this.#known.get(record.pid);
    this.#known.delete(record.pid);
    return known ?? this.#unknown(record, record.pid);
  }

  /** A process of which only this record is known. */
  #unknown(record: NstraceRecord, pid: number): KnownProcess {
    const { comm, exe } = record as ProcessFields;
    const known = new KnownProcess({ pid, parent: undefined, depth: 0 }, { comm, exe });
    known.roots = this.#rootsOf(pid);
    return known;
  }

  #inherited(ppid: number, parent: KnownProcess | undefined): number {
    return parent?.roots ?? this.#rootsOf(ppid);
  }

  #rootsOf(pid: number): number {
    let bits = 0;
    for (let index = 0; index < this.#roots.length; index += 1) {
      bits |= this.#roots[index]!(pid) ? 1 << index : 0;
    }
    return bits;
  }

  #lineage(pid: number, ppid: number, parent: KnownProcess | undefined): Lineage {
    const above = parent?.lineage ?? { pid: ppid, parent: undefined, depth: 0 };
    const lineage = { pid, parent: above, depth: above.depth + 1 };
    if (!this.#keepsLineage) {
      above.parent = undefined;
    } else if (lineage.depth >= 2 * maxDepth) {
      shorten(lineage);
    }
    return lineage;
  }
}

/** Cuts off the older half. */
const shorten = (lineage: Lineage): void => {
  let at: Lineage | undefined = lineage;
  for (let depth = maxDepth; at !== undefined && depth >= 0; depth -= 1) {
    at.depth = depth;
    if (depth === 0) {
      at.parent = undefined;
    }
    at = at.parent;
  }
};
