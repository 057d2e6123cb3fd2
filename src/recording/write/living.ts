import { containerKey } from '../../record/key.ts';
import type { ContainerRef, NstraceRecord, RecordOf } from '../../record/schema.ts';

type Program = RecordOf<'process'> | RecordOf<'exec'>;
type AboutProcess = RecordOf<'process' | 'exec' | 'fork' | 'namespace' | 'cgroup'>;

interface LivingProcess {
  /** When it started, as far as records say. */
  readonly started: string;
  /** What it executed last, or its parent before it. */
  program: Program | undefined;
  /** Its birth, as long as it has executed nothing. */
  fork: RecordOf<'fork'> | undefined;
  /** The record that says last where it stands: its namespaces and its container. */
  at: AboutProcess;
}

interface Moment {
  readonly time: string;
  readonly mono: string;
}

/** Which containers and processes live, out of all records: what a recording needs that begins in the middle of a trace. */
export class Living {
  /** By pid; of a merged stream by recording and pid. */
  readonly #processes = new Map<number | string, LivingProcess>();
  readonly #containers = new Map<number | string, RecordOf<'container'>>();

  take(record: NstraceRecord): void {
    switch (record.type) {
      case 'process':
      case 'exec':
        return this.#runs(record);
      case 'fork': {
        const program = this.#processes.get(processKey(record.ppid, record))?.program;
        this.#processes.set(processKey(record.pid, record), {
          started: record.time,
          program,
          fork: record,
          at: record,
        });
        return;
      }
      case 'exit':
        this.#processes.delete(processKey(record.pid, record));
        return;
      case 'namespace':
      case 'cgroup':
        return this.#stands(record);
      case 'container':
        return this.#container(record);
      default:
    }
  }

  /** Those that live, as a recording has them that begins now: containers, then processes, the oldest first. */
  records(now: Moment): (RecordOf<'container'> | RecordOf<'process'>)[] {
    return [
      ...[...this.#containers.values()].map((record) => seenRecord(record, now)),
      ...[...this.#processes.values()].flatMap((process) => this.#processRecord(process, now)),
    ];
  }

  #runs(record: Program): void {
    if (record.type === 'exec' && record.ret !== 0) {
      return;
    }
    const key = processKey(record.pid, record);
    const before = this.#processes.get(key);
    if (before === undefined) {
      const started = record.type === 'process' ? record.started : record.time;
      this.#processes.set(key, { started, program: record, fork: undefined, at: record });
    } else {
      before.program = record;
      before.fork = undefined;
      before.at = record;
    }
  }

  /** A process can change its namespaces and be moved; a thread of it, and who makes a cgroup, say nothing of that. */
  #stands(record: RecordOf<'namespace' | 'cgroup'>): void {
    const process = this.#processes.get(processKey(record.pid, record));
    const moves = record.type === 'namespace' ? record.tid === undefined : record.op === 'attach';
    if (process !== undefined && moves) {
      process.at = record;
    }
  }

  #container(record: RecordOf<'container'>): void {
    const key = containerKey(record.container, record as object);
    if (record.op === 'removed') {
      this.#containers.delete(key);
    } else {
      this.#containers.set(key, record);
    }
  }

  #processRecord({ started, program, fork, at }: LivingProcess, now: Moment): RecordOf<'process'>[] {
    if (program === undefined) {
      return [];
    }
    const { seq: _, ret: __, errno: ___, folded: ____, old_tid: _____, ...fields } = program as RecordOf<'exec'>;
    const { pid, nspid, nspid_truncated, ns, role, for: forContainer } = at;
    const birth = fork === undefined ? {} : { ppid: fork.ppid, comm: fork.comm, origin: fork.origin };
    return [
      withoutUndefined({
        // As in every record: what it is and its number come first.
        ...{ type: 'process' as const, seq: 0 },
        ...fields,
        ...birth,
        ...{ type: 'process' as const, ...now, pid, nspid, nspid_truncated, ns, role, for: forContainer },
        container: at.container === null ? null : this.#refNow(at.container, at),
        started,
      }),
    ];
  }

  /** With the name that it has now. */
  #refNow(ref: ContainerRef, source: object): ContainerRef {
    const info = this.#containers.get(containerKey(ref, source))?.container;
    return info === undefined ? ref : { ...ref, name: info.name, runtime: info.runtime };
  }
}

const seenRecord = (
  { container, host, recording, source_seq }: RecordOf<'container'>,
  now: Moment,
): RecordOf<'container'> => ({
  ...{ type: 'container', seq: 0, ...now, op: 'seen', container },
  ...(source_seq !== undefined && withoutUndefined({ host, recording, source_seq })),
});

const processKey = (pid: number, { recording }: { recording?: string | undefined }): number | string =>
  recording === undefined ? pid : `${recording}\0${pid}`;

const withoutUndefined = <Kind extends object>(record: Kind): Kind =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Kind;
