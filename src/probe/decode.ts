import { endOfString, readText, type Text } from '../kernel/text.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { Assembly } from './assembly/assembly.ts';
import { BegunExecAssembly } from './assembly/begun.ts';
import { CgroupAssembly } from './assembly/cgroup.ts';
import { ExecAssembly } from './assembly/exec.ts';
import { FailedExecAssembly } from './assembly/failed.ts';
import { NestedAssembly } from './assembly/nested.ts';
import type { CgroupEvent, Credentials, ExecEvent, FailedExecEvent, LineEvent, Stamp } from './event.ts';
import { Fields } from './fields.ts';
import { NamespaceCache } from './namespaces.ts';
import type { Sequence } from './sequence.ts';
import { begunFlag, commWords, letters, oomFlag, wordBytes } from './wire.ts';

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

/** Which process, as far as the lines X, S and G say. */
interface Head {
  /** Levels of pid namespaces below the host's. Beyond 1, an n line has the pids in between. */
  level: number;
  pid: number;
  tid: number;
  ppid: number;
  start: Nanoseconds;
  nspid: number[];
  pidns: number;
}

/** The work of one CPU: an event whose other lines are still coming. */
interface Desk {
  unfinished: Assembly | undefined;
  /** Of the exec whose line comes next. */
  credentials: Credentials | undefined;
  readonly exec: ExecAssembly;
}

/**
 * Turns lines of the probes (probes/README.md) into events. Lines that continue another one follow it directly on the
 * same CPU: an event ends when it is whole, or with the next line of that CPU, or with finish(). A line that makes no
 * sense is a message, never an error.
 */
export class Decoder {
  readonly #out: Decoded;
  readonly #sequence: Sequence;
  readonly #fields = new Fields();
  readonly #namespaces = new NamespaceCache();
  readonly #desks: Desk[] = [];
  readonly #name = Buffer.alloc(commWords * wordBytes);

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
    return this.#desks.reduce((oldest, desk) => Math.min(oldest, desk?.unfinished?.event.at ?? oldest), Infinity);
  }

  /** Ends what is unfinished on every CPU, or on those that have made no line for a while. */
  finish(isQuiet: (cpu: number) => boolean = () => true): void {
    for (const [cpu, desk] of this.#desks.entries()) {
      if (desk?.unfinished !== undefined && isQuiet(cpu)) {
        this.#end(desk);
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
    const cpu = fields.high >>> 16;
    const seq = (fields.high & 0xffff) * 0x1_0000_0000 + fields.low;
    const stamp: Stamp = { mono, at, cpu, seq };
    if (!(isTime(at) && seq > 0 && seq < maxSeq) || fields.ended) {
      this.#out.message(line);
      return;
    }
    const desk = this.#desk(cpu);
    if (this.#sequence.take(stamp)) {
      // Lines before it were lost: they could have continued what is unfinished.
      this.#end(desk);
    }
    if (line.charCodeAt(0) >= 97) {
      this.#continue(line, desk);
    } else {
      this.#end(desk);
      this.#begin(line, stamp, desk);
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
    const open = line.indexOf('[');
    const close = line.indexOf(']: ');
    const key = open > 0 && close > open ? countIn(line, open + 1, close) : Number.NaN;
    const value = countIn(line, close + 3, line.length);
    if (Number.isSafeInteger(key) && Number.isSafeInteger(value)) {
      this.#out.total(line.slice(1, open), key, value);
    }
    // Else it is another of the probes' maps, which bpftrace prints when it ends.
  }

  #desk(cpu: number): Desk {
    let desk = this.#desks[cpu];
    if (desk === undefined) {
      desk = { unfinished: undefined, credentials: undefined, exec: new ExecAssembly() };
      this.#desks[cpu] = desk;
    }
    return desk;
  }

  #begin(line: string, stamp: Stamp, desk: Desk): void {
    switch (line[0]) {
      case letters.exec:
        return this.#exec(stamp, desk);
      case letters.credentials:
        return this.#credentials(desk);
      case letters.exit:
        return this.#exit(stamp, desk);
      case letters.fork:
        return this.#fork(stamp, desk);
      case letters.leave:
        return this.#leave(stamp, desk);
      case letters.setns:
        return this.#enter(stamp, 'setns');
      case letters.unshare:
        return this.#enter(stamp, 'unshare');
      case letters.mkdir:
        return this.#cgroup(stamp, 'mkdir', desk);
      case letters.attach:
        return this.#cgroup(stamp, 'attach', desk);
      case letters.rename:
        return this.#cgroup(stamp, 'rename', desk);
      case letters.rmdir:
        return this.#cgroup(stamp, 'rmdir', desk);
      case letters.failed:
        return this.#failed(stamp, desk);
      case letters.folded:
        return this.#folded(stamp);
      case letters.oom:
        return this.#out.event({ kind: 'oom', ...stamp, pid: this.#fields.number() });
      default:
        return this.#out.message(line);
    }
  }

  #exec(stamp: Stamp, desk: Desk): void {
    const fields = this.#fields;
    fields.hex();
    const pid = fields.high;
    const oldTid = fields.low;
    fields.hex();
    const ppid = fields.high;
    const level = fields.low >>> 24;
    const innermost = fields.low & 0xff_ffff;
    const start = this.#nanoseconds();
    fields.hex();
    const uid = fields.high;
    const gid = fields.low;
    const ns = this.#namespaces.read(fields);
    const cgroupId = fields.number();
    fields.hex();
    const vfork = fields.high;
    const pathBytes = fields.low;
    fields.hex();
    const terminal = fields.high;
    const argsBytes = fields.low;
    fields.hex();
    const auid = fields.high;
    const session = fields.low;
    fields.hex();
    const cwdDevice = fields.high;
    const cwdRoot = fields.low;
    const cwdInode = fields.number();
    const { credentials } = desk;
    desk.credentials = undefined;
    const event: ExecEvent = {
      kind: 'exec',
      mono: stamp.mono,
      at: stamp.at,
      cpu: stamp.cpu,
      seq: stamp.seq,
      pid,
      start,
      vfork,
      oldTid,
      ppid,
      uid,
      gid,
      nspid: level === 0 ? [pid] : [pid, innermost],
      ns,
      cgroupId,
      credentials,
      auid,
      session,
      terminal,
      cwdDevice,
      cwdInode,
      cwdRoot,
      cwd: undefined,
      exe: '',
      exeWhole: true,
      comm: '',
      args: [],
      argsBytes,
      argsSent: 0,
      tail: undefined,
    };
    desk.exec.begin(event, pathBytes, level, fields);
    this.#await(desk, desk.exec);
  }

  /** The next line of this CPU is the exec that it belongs to. */
  #credentials(desk: Desk): void {
    const fields = this.#fields;
    fields.hex();
    const euid = fields.high;
    const egid = fields.low;
    fields.hex();
    desk.credentials = { euid, egid, gained: (BigInt(fields.high) << 32n) | BigInt(fields.low) };
  }

  #exit(stamp: Stamp, desk: Desk): void {
    const { mono, at, cpu, seq } = stamp;
    const { level, pid, tid, start, ppid, nspid, pidns } = this.#head();
    const wait = this.#fields.number();
    const vfork = this.#fields.number();
    const comm = this.#comm();
    const oom = (wait & oomFlag) !== 0;
    const status = wait & 0xffff;
    this.#nested(desk, level, {
      kind: 'exit',
      mono,
      at,
      cpu,
      seq,
      pid,
      tid,
      start,
      ppid,
      nspid,
      pidns,
      status,
      vfork,
      comm,
      oom,
    });
  }

  #fork(stamp: Stamp, desk: Desk): void {
    const fields = this.#fields;
    fields.hex();
    const pid = fields.high;
    const whole = fields.low === pid;
    fields.hex();
    const by = fields.high;
    const ppid = whole ? fields.low : by;
    fields.hex();
    const level = whole ? fields.high : 0;
    const innermost = fields.low;
    const flags = fields.number();
    const start = this.#nanoseconds();
    fields.hex();
    const uid = fields.high;
    const gid = fields.low;
    const ns = this.#namespaces.read(fields);
    const sent = fields.number();
    // Of another child, if this one was not found.
    const cgroupId = whole ? sent : 0;
    const comm = this.#comm();
    const nspid = level === 0 ? [pid] : [pid, innermost];
    const { mono, at, cpu, seq } = stamp;
    this.#nested(desk, level, {
      kind: 'fork',
      mono,
      at,
      cpu,
      seq,
      pid,
      start: whole ? start : { mono, at },
      ppid,
      by,
      flags,
      whole,
      uid,
      gid,
      nspid,
      ns,
      cgroupId,
      comm,
    });
  }

  /** Waits for the pids of the namespaces in between, if there are any. */
  #nested(desk: Desk, level: number, event: LineEvent & { nspid: number[] }): void {
    if (level < 2) {
      this.#out.event(event);
    } else {
      desk.unfinished = new NestedAssembly(event);
    }
  }

  #leave(stamp: Stamp, desk: Desk): void {
    const { level, ...who } = this.#head();
    const vfork = this.#fields.number();
    const before = this.#namespaces.read(this.#fields);
    this.#nested(desk, level, { kind: 'leave', ...stamp, ...who, vfork, before });
  }

  #enter(stamp: Stamp, op: 'setns' | 'unshare'): void {
    const fields = this.#fields;
    fields.hex();
    const tid = fields.low;
    this.#out.event({ kind: 'enter', ...stamp, op, tid, after: this.#namespaces.read(fields) });
  }

  #cgroup(stamp: Stamp, op: CgroupEvent['op'], desk: Desk): void {
    const fields = this.#fields;
    fields.hex();
    const by = fields.high;
    const root = fields.number();
    const id = fields.number();
    const pid = fields.number();
    const event: CgroupEvent = { kind: 'cgroup', ...stamp, op, by, pid, root, id, path: '' };
    this.#await(desk, new CgroupAssembly(event, fields));
  }

  #failed(stamp: Stamp, desk: Desk): void {
    const fields = this.#fields;
    const { level, ...who } = this.#head();
    fields.hex();
    const uid = fields.high;
    const gid = fields.low;
    const ret = -fields.number();
    const vfork = fields.number();
    fields.hex();
    const argc = fields.high === begunFlag ? fields.low : undefined;
    const event: FailedExecEvent = {
      kind: 'failed',
      ...stamp,
      ...who,
      vfork,
      uid,
      gid,
      ret,
      comm: undefined,
      exe: '',
      exeWhole: true,
      args: [],
      truncated: false,
    };
    desk.unfinished = argc === undefined ? new FailedExecAssembly(event) : new BegunExecAssembly(event, argc);
  }

  #folded(stamp: Stamp): void {
    this.#fields.hex();
    const pid = this.#fields.high;
    this.#out.event({ kind: 'folded', ...stamp, pid, total: this.#fields.number(), last: true });
  }

  /** pid and tid, parent and place in the innermost namespace, start, pid namespace. */
  #head(): Head {
    const fields = this.#fields;
    fields.hex();
    const pid = fields.high;
    const tid = fields.low;
    fields.hex();
    const ppid = fields.high;
    const level = fields.low >>> 24;
    const innermost = fields.low & 0xff_ffff;
    const start = this.#nanoseconds();
    return { level, pid, tid, ppid, start, nspid: level === 0 ? [pid] : [pid, innermost], pidns: fields.number() };
  }

  /** A comm in two words. */
  #comm(): Text {
    const end = this.#fields.words(commWords, commWords * wordBytes, this.#name);
    return readText(this.#name, 0, endOfString(this.#name, 0, end));
  }

  #nanoseconds(): Nanoseconds {
    const fields = this.#fields;
    const at = fields.number();
    const exact = at <= Number.MAX_SAFE_INTEGER;
    const mono = exact ? String(at) : String((BigInt(fields.high) << 32n) | BigInt(fields.low));
    return { mono, at };
  }

  /** Nothing waits longer than it must: the next line of a CPU may be long in coming. */
  #await(desk: Desk, assembly: Assembly): void {
    if (assembly.whole) {
      this.#out.event(assembly.finish());
    } else {
      desk.unfinished = assembly;
    }
  }

  #continue(line: string, desk: Desk): void {
    const { unfinished } = desk;
    if (unfinished === undefined) {
      // What it continues was lost, and that was said.
      return;
    }
    if (!unfinished.add(line[0]!, this.#fields)) {
      this.#out.message(line);
    }
    if (unfinished.whole) {
      this.#end(desk);
    }
  }

  #end(desk: Desk): void {
    const { unfinished } = desk;
    if (unfinished !== undefined) {
      desk.unfinished = undefined;
      this.#out.event(unfinished.finish());
    }
  }
}
