import type { NstraceRecord, ProcessRecord, RecordOf } from '../record/schema.ts';
import { nanosOf, timeOf } from '../record/times.ts';

/** Who a program runs as, where the recording says it. */
export interface Rights {
  readonly uid: number;
  readonly euid?: number | undefined;
  readonly egid?: number | undefined;
  readonly auid?: number | undefined;
}

/** What is known of a living process, for formats whose events say all of it each time. */
export interface TracedProcess {
  readonly pid: number;
  /** CLOCK_BOOTTIME in ns, and the same as RFC 3339; undefined if its birth was not seen. */
  start: string | undefined;
  startTime: string | undefined;
  name: string | undefined;
  exe: string | undefined;
  args: readonly string[] | undefined;
  uid: number | undefined;
  parent: TracedProcess | undefined;
}

/** The living processes of a recording, by pid. What a process was is forgotten after its exit. */
export class Processes {
  readonly #living = new Map<number, TracedProcess>();
  #offset = 0n;
  /** Of the host that the records come from: with pid and start it makes an id that is unique among hosts. */
  bootId = '';

  /** The process that a record is about, as it is after it. */
  take(record: NstraceRecord): TracedProcess | undefined {
    switch (record.type) {
      case 'header':
        this.#begin(record);
        return undefined;
      case 'process':
      case 'exec':
        return this.#program(record);
      case 'fork':
        return this.#born(record, record.mono, record.time);
      case 'exit':
        return this.#exit(record);
      case 'namespace':
      case 'cgroup':
        return this.#living.get(record.pid) ?? this.#born(record, undefined, undefined);
      default:
        return undefined;
    }
  }

  find(pid: number): TracedProcess | undefined {
    return this.#living.get(pid);
  }

  /** Unique among all processes of all hosts, as long as its start is known. */
  idOf({ pid, start }: TracedProcess): string | undefined {
    return start === undefined ? undefined : `${this.bootId}:${pid}:${start}`;
  }

  #begin(header: RecordOf<'header'>): void {
    if (this.bootId !== header.host.boot_id) {
      this.#living.clear();
    }
    this.bootId = header.host.boot_id;
    this.#offset = nanosOf(header.time) - BigInt(header.mono);
  }

  #program(record: RecordOf<'process' | 'exec'>): TracedProcess {
    let known = this.#living.get(record.pid);
    if (known === undefined || record.type === 'process') {
      const started = record.type === 'process' ? record.started : undefined;
      known = this.#born(record, started && String(nanosOf(started) - this.#offset), started);
    }
    if (record.type === 'process' || record.ret === 0) {
      known.name = record.comm;
      known.exe = record.exe;
      known.args = record.args;
      known.uid = record.uid;
    }
    return known;
  }

  #born(record: ProcessRecord, start: string | undefined, startTime: string | undefined): TracedProcess {
    const parent = 'ppid' in record ? this.#living.get(record.ppid) : undefined;
    const name = ('comm' in record ? record.comm : undefined) ?? parent?.name;
    const { exe, args, uid } = parent ?? {};
    // The parent of the parent is not kept, or each process would keep all that were above it.
    const above = parent && { ...parent, parent: undefined };
    const born: TracedProcess = { pid: record.pid, start, startTime, name, exe, args, uid, parent: above };
    this.#living.set(record.pid, born);
    return born;
  }

  #exit(record: RecordOf<'exit'>): TracedProcess {
    const known = this.#living.get(record.pid) ?? this.#born(record, undefined, undefined);
    this.#living.delete(record.pid);
    if (known.start === undefined) {
      known.start = String(BigInt(record.mono) - BigInt(record.duration_ns));
      known.startTime = timeOf(nanosOf(record.time) - BigInt(record.duration_ns));
    }
    known.name = record.comm ?? known.name;
    known.exe = record.exe ?? known.exe;
    return known;
  }
}
