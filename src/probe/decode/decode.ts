import type { Nanoseconds } from '../../kernel/time.ts';
import type { LineEvent, Stamp } from '../event.ts';
import type { Sequence } from '../order/sequence.ts';
import { letters } from '../wire.ts';
import { beginCgroup } from './begin/cgroup.ts';
import { beginExec, beginFile, readCredentials } from './begin/exec.ts';
import { beginExit } from './begin/exit.ts';
import { beginFailed, readFolded } from './begin/failed.ts';
import { beginFork } from './begin/fork.ts';
import { beginLeave, readEnter } from './begin/namespace.ts';
import { CpuLines } from './cpu-lines.ts';
import { Fields } from './fields.ts';
import { NamespaceCache } from './namespaces.ts';

/** Nanoseconds of 292 years of uptime: a larger time is none. */
const maxTime = 2 ** 63;

/** Lines that one CPU never makes: 10,000 a second for 13 years. A larger place is none. */
const maxSeq = 2 ** 42;
/** The kernel has no larger pid (PID_MAX_LIMIT). */
const maxPid = 2 ** 22;

const isTime = (at: number): boolean => at > 0 && at < maxTime;

/** A number in decimal; NaN for anything else. */
const countIn = (line: string, from: number, to: number): number => {
  let value = from < to ? 0 : Number.NaN;
  for (let at = from; at < to; at += 1) {
    const digit = line.charCodeAt(at) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
};

/** What control.bt prints behind the rows of a heartbeat: not every bpftrace has an empty line there. */
const rowsEnd = '@calm: ';

export interface Decoded {
  event(event: LineEvent): void;
  /** This time has come. All probes began at the moment `begun`. */
  heartbeat(time: Nanoseconds, begun: Nanoseconds): void;
  /** A row of a map that bpftrace printed: lines made by a CPU, or failed execs folded for a pid. */
  total(map: string, key: number, value: number): void;
  /** A child of a vfork has neither called exec nor ended. Repeated as long as that is so. */
  held(pid: number, flags: number): void;
  /** How many failed execs of a process were folded so far. Repeated. */
  folding(pid: number, total: number): void;
  /** The last row was given. */
  mapEnd(): void;
  /** Anything else: what bpftrace says for itself. */
  message(line: string): void;
}

/**
 * Turns lines of the probes (probes/README.md) into events. Capital letters begin an event (begin/), small ones continue it
 * (assembly/) directly behind it on the same CPU. A line that makes no sense is a message, never an error.
 */
export class Decoder {
  readonly #out: Decoded;
  readonly #sequence: Sequence;
  readonly #fields = new Fields();
  readonly #namespaces = new NamespaceCache();
  readonly #cpus: CpuLines[] = [];

  constructor(out: Decoded, sequence: Sequence) {
    this.#out = out;
    this.#sequence = sequence;
  }

  line(line: string): void {
    if (line.charCodeAt(1) === 32) {
      this.#probeLine(line);
    } else if (line.charCodeAt(0) === 64) {
      this.#mapLine(line);
    } else if (line === '') {
      this.#out.mapEnd();
    } else {
      this.#out.message(line);
    }
  }

  /** The time of the oldest event that is unfinished. */
  get oldest(): number {
    return this.#cpus.reduce((oldest, cpu) => Math.min(oldest, cpu?.unfinished?.at ?? oldest), Infinity);
  }

  /** Ends what is unfinished on every CPU, or on those that have made no line for a while. */
  finish(isQuiet: (cpu: number) => boolean = () => true): void {
    for (const [number, cpu] of this.#cpus.entries()) {
      if (cpu?.unfinished !== undefined && isQuiet(number)) {
        cpu.end();
      }
    }
  }

  #probeLine(line: string): void {
    const fields = this.#fields;
    fields.start(line);
    const at = fields.peekDecimal();
    const mono = fields.text();
    if (line[0] === letters.held || line[0] === letters.folding) {
      return this.#stateLine(line, at);
    }
    if (line[0] === letters.heartbeat) {
      const begun = fields.ended ? Number.NaN : fields.peekDecimal();
      if (isTime(at) && isTime(begun)) {
        this.#out.heartbeat({ mono, at }, { mono: fields.text(), at: begun });
      } else {
        this.#out.message(line);
      }
      return;
    }
    fields.hex();
    const number = fields.high >>> 16;
    const seq = (fields.high & 0xffff) * 0x1_0000_0000 + fields.low;
    const stamp: Stamp = { mono, at, cpu: number, seq };
    if (!(isTime(at) && seq > 0 && seq < maxSeq) || fields.ended) {
      this.#out.message(line);
      return;
    }
    const cpu = this.#cpu(number);
    if (this.#sequence.take(stamp)) {
      cpu.lost();
    }
    if (line.charCodeAt(0) < 97) {
      cpu.end();
      this.#begin(line, stamp, cpu);
    } else if (!cpu.continue(line[0]!, fields)) {
      this.#out.message(line);
    }
  }

  /** Not an event: what is so at a heartbeat. It has no place, and is not counted. */
  #stateLine(line: string, pid: number): void {
    const value = this.#fields.ended ? Number.NaN : this.#fields.number();
    if (!(pid > 0 && pid <= maxPid && value > 0)) {
      this.#out.message(line);
    } else if (line[0] === letters.held) {
      this.#out.held(pid, value);
    } else {
      this.#out.folding(pid, value);
    }
  }

  #mapLine(line: string): void {
    if (line.startsWith(rowsEnd)) {
      return this.#out.mapEnd();
    }
    const open = line.indexOf('[');
    const close = line.indexOf(']: ');
    const key = countIn(line, open + 1, close);
    const value = countIn(line, close + 3, line.length);
    if (Number.isSafeInteger(key) && Number.isSafeInteger(value)) {
      this.#out.total(line.slice(1, open), key, value);
    }
    // Else it is another of the probes' maps, which bpftrace prints when it ends.
  }

  #cpu(number: number): CpuLines {
    let cpu = this.#cpus[number];
    if (cpu === undefined) {
      cpu = new CpuLines(this.#out);
      this.#cpus[number] = cpu;
    }
    return cpu;
  }

  #begin(line: string, stamp: Stamp, cpu: CpuLines): void {
    const fields = this.#fields;
    const namespaces = this.#namespaces;
    switch (line[0]) {
      case letters.exec:
        return beginExec(stamp, fields, cpu, namespaces);
      case letters.credentials:
        return readCredentials(fields, cpu);
      case letters.file:
        return beginFile(fields, cpu);
      case letters.exit:
        return beginExit(stamp, fields, cpu);
      case letters.fork:
        return beginFork(stamp, fields, cpu, namespaces);
      case letters.leave:
        return beginLeave(stamp, fields, cpu, namespaces);
      case letters.setns:
        return readEnter(stamp, 'setns', fields, cpu, namespaces);
      case letters.unshare:
        return readEnter(stamp, 'unshare', fields, cpu, namespaces);
      case letters.mkdir:
        return beginCgroup(stamp, 'mkdir', fields, cpu);
      case letters.attach:
        return beginCgroup(stamp, 'attach', fields, cpu);
      case letters.rename:
        return beginCgroup(stamp, 'rename', fields, cpu);
      case letters.rmdir:
        return beginCgroup(stamp, 'rmdir', fields, cpu);
      case letters.failed:
        return beginFailed(stamp, fields, cpu);
      case letters.folded:
        return readFolded(stamp, fields, cpu);
      case letters.oom:
        return cpu.emit({ kind: 'oom', ...stamp, pid: fields.number() });
      default:
        return this.#out.message(line);
    }
  }
}
