import { endOfString, readArguments, readText, type Text } from '../kernel/text.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { CgroupEvent, ExecEvent, FailedExecEvent, LineEvent, Stamp } from './event.ts';
import { Fields } from './fields.ts';
import { NamespaceCache } from './namespaces.ts';
import type { Sequence } from './sequence.ts';

/** What one E line holds of the path and of the argv (probes/exec.bt), in words of 8 bytes. */
const pathWords = 8;
const argvWords = 28;
/** The longest path the kernel takes, and more argv than the probes send. */
const maxPathBytes = 4096 + 64;
const maxArgvBytes = 128 * 1024;
/** A failed exec tells its path and 32 arguments (probes/failed.bt), so many bytes of each. */
const maxStrings = 33;
const stringBytes = 184;
/** The kernel's longest cgroup path in a trace event is 1024 bytes. */
const maxCgroupBytes = 1024 + 128;
/** Nanoseconds of 292 years of uptime: a larger time is none. */
const maxTime = 2 ** 63;

export interface Decoded {
  event(event: LineEvent): void;
  /** All probes are attached, and this time has come. */
  heartbeat(time: Nanoseconds): void;
  /** A row of a map that bpftrace printed: lines made by a CPU, or failed execs folded for a pid. */
  total(map: string, key: number, value: number): void;
  /** The last row was given. */
  mapEnd(): void;
  /** Anything else: what bpftrace says for itself. */
  message(line: string): void;
}

/** Which process, as far as the lines X, S and G tell. */
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

type Unfinished =
  | { kind: 'exec'; event: ExecEvent; pathBytes: number; pathEnd: number; argvEnd: number; awaitsPids: boolean }
  | { kind: 'cgroup'; event: CgroupEvent; end: number }
  | { kind: 'failed'; event: FailedExecEvent; strings: Buffer[] }
  | { kind: 'nested'; event: LineEvent & { nspid: number[] } };

/** The work space of one CPU: an event whose other lines are still coming, and the bytes they bring. */
interface Desk {
  unfinished: Unfinished | undefined;
  path: Buffer;
  argv: Buffer;
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
    if (line.charCodeAt(0) === 72) {
      if (at > 0 && at < maxTime) {
        this.#out.heartbeat({ mono, at });
      }
      return;
    }
    fields.hex();
    const cpu = fields.high >>> 16;
    const seq = (fields.high & 0xffff) * 0x1_0000_0000 + fields.low;
    const stamp: Stamp = { mono, at, cpu, seq };
    if (!(at > 0 && at < maxTime && seq > 0) || fields.ended) {
      this.#out.message(line);
      return;
    }
    const desk = this.#desk(cpu);
    const lost = this.#sequence.take(stamp);
    if (lost !== undefined) {
      this.#end(desk);
      this.#out.event(lost);
    }
    if (line.charCodeAt(0) >= 97) {
      this.#continue(line, desk);
    } else {
      this.#end(desk);
      this.#begin(line, stamp, desk);
    }
  }

  #mapLine(line: string): void {
    const open = line.indexOf('[');
    const close = line.indexOf(']: ');
    if (open > 0 && close > open) {
      this.#out.total(line.slice(1, open), Number(line.slice(open + 1, close)), Number(line.slice(close + 3)));
    }
  }

  #desk(cpu: number): Desk {
    let desk = this.#desks[cpu];
    if (desk === undefined) {
      desk = { unfinished: undefined, path: Buffer.alloc(maxPathBytes), argv: Buffer.alloc(maxArgvBytes) };
      this.#desks[cpu] = desk;
    }
    return desk;
  }

  #begin(line: string, stamp: Stamp, desk: Desk): void {
    switch (line[0]) {
      case 'E':
        return this.#exec(stamp, desk);
      case 'X':
        return this.#exit(stamp, desk);
      case 'F':
        return this.#fork(stamp, desk);
      case 'S':
        return this.#leave(stamp, desk);
      case 'J':
        return this.#enter(stamp, 'setns');
      case 'U':
        return this.#enter(stamp, 'unshare');
      case 'M':
        return this.#cgroup(stamp, 'mkdir', desk);
      case 'A':
        return this.#cgroup(stamp, 'attach', desk);
      case 'R':
        return this.#cgroup(stamp, 'rmdir', desk);
      case 'G':
        return this.#failed(stamp, desk);
      case 'Y':
        return this.#folded(stamp);
      case 'O':
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
    const vfork = fields.number();
    const pathBytes = fields.number();
    const argsBytes = fields.number();
    const pathEnd = fields.words(pathWords, pathBytes, desk.path);
    const argvEnd = fields.words(argvWords, argsBytes, desk.argv);
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
      exe: '',
      exeWhole: true,
      comm: '',
      args: [],
      argsBytes,
      argsSent: 0,
    };
    const unfinished = { kind: 'exec', event, pathBytes, pathEnd, argvEnd, awaitsPids: level > 1 } as const;
    if (isWholeExec(unfinished, desk)) {
      this.#endExec(unfinished, desk);
    } else {
      desk.unfinished = unfinished;
    }
  }

  #exit(stamp: Stamp, desk: Desk): void {
    const { mono, at, cpu, seq } = stamp;
    const { level, pid, start, ppid, nspid, pidns } = this.#head();
    const status = this.#fields.number();
    const vfork = this.#fields.number();
    this.#nested(desk, level, { kind: 'exit', mono, at, cpu, seq, pid, start, ppid, nspid, pidns, status, vfork });
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
    const cgroupId = fields.number();
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
    });
  }

  /** Waits for the pids of the namespaces in between, if there are any. */
  #nested(desk: Desk, level: number, event: LineEvent & { nspid: number[] }): void {
    if (level < 2) {
      this.#out.event(event);
    } else {
      desk.unfinished = { kind: 'nested', event };
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
    desk.unfinished = { kind: 'cgroup', event, end: fields.bytes(desk.path, 0) };
    this.#endIfWhole(desk);
  }

  #failed(stamp: Stamp, desk: Desk): void {
    const fields = this.#fields;
    const { pid, start, tid, ppid } = this.#head();
    fields.hex();
    const uid = fields.high;
    const gid = fields.low;
    const ret = fields.signed();
    const event: FailedExecEvent = {
      kind: 'failed',
      ...stamp,
      pid,
      start,
      tid,
      ppid,
      uid,
      gid,
      ret,
      exe: '',
      args: [],
      truncated: false,
    };
    desk.unfinished = { kind: 'failed', event, strings: [] };
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

  #nanoseconds(): Nanoseconds {
    const fields = this.#fields;
    const at = fields.number();
    const exact = at <= Number.MAX_SAFE_INTEGER;
    const mono = exact ? String(at) : String((BigInt(fields.high) << 32n) | BigInt(fields.low));
    return { mono, at };
  }

  #continue(line: string, desk: Desk): void {
    const fields = this.#fields;
    const { unfinished } = desk;
    if (unfinished === undefined) {
      // What it continues was lost, and that was said.
      return;
    }
    const letter = line[0];
    if (letter === 'n' && 'nspid' in unfinished.event) {
      this.#readChain(unfinished.event.nspid);
      if (unfinished.kind === 'exec') {
        unfinished.awaitsPids = false;
      }
    } else if (letter === 'p' && unfinished.kind === 'exec') {
      unfinished.pathEnd = this.#append(desk.path, unfinished.pathEnd);
    } else if (letter === 'a' && unfinished.kind === 'exec') {
      unfinished.argvEnd = this.#append(desk.argv, unfinished.argvEnd);
    } else if (letter === 'm' && unfinished.kind === 'exec') {
      const comm = Buffer.alloc(16);
      const end = fields.bytes(comm, 0);
      unfinished.event.comm = readText(comm, 0, endOfString(comm, 0, end));
    } else if (letter === 'q' && unfinished.kind === 'cgroup') {
      unfinished.end = this.#append(desk.path.subarray(0, maxCgroupBytes), unfinished.end);
    } else if (letter === 'g' && unfinished.kind === 'failed') {
      this.#readString(unfinished);
    } else {
      this.#out.message(line);
    }
    this.#endIfWhole(desk, letter === 'n');
  }

  /** Nothing waits longer than it must: the next line of a CPU may be long in coming. */
  #endIfWhole(desk: Desk, hasPids = false): void {
    const { unfinished } = desk;
    if (
      (unfinished?.kind === 'exec' && isWholeExec(unfinished, desk)) ||
      (unfinished?.kind === 'cgroup' && endOfString(desk.path, 0, unfinished.end) < unfinished.end) ||
      (unfinished?.kind === 'nested' && hasPids)
    ) {
      this.#end(desk);
    }
  }

  /** More bytes, if none are missing before them. */
  #append(into: Buffer, end: number): number {
    const offset = this.#fields.number();
    return offset <= end ? Math.max(end, this.#fields.bytes(into, offset)) : end;
  }

  #readChain(nspid: number[]): void {
    const fields = this.#fields;
    const level = fields.number();
    const innermost = nspid.at(-1)!;
    nspid.length = 1;
    for (let depth = 1; depth <= level && !fields.ended; depth += 2) {
      fields.hex();
      nspid.push(fields.high);
      if (depth < level) {
        nspid.push(fields.low);
      }
    }
    // Nested deeper than the line has room for: those in between are missing, which a reader sees by the length.
    if (nspid.length <= level) {
      nspid.push(innermost);
    }
  }

  #readString(unfinished: Unfinished & { kind: 'failed' }): void {
    const fields = this.#fields;
    const { event, strings } = unfinished;
    const index = fields.number();
    const skip = fields.number();
    const bytes = Buffer.alloc(stringBytes);
    const end = fields.bytes(bytes, 0);
    const before = strings[index];
    const piece = before === undefined ? bytes.subarray(Math.min(skip, end), end) : Buffer.concat([before, bytes]);
    if (before?.includes(0)) {
      return;
    }
    strings[index] = piece;
    event.truncated ||= index >= maxStrings - 1;
  }

  #end(desk: Desk): void {
    const { unfinished } = desk;
    desk.unfinished = undefined;
    switch (unfinished?.kind) {
      case 'exec':
        return this.#endExec(unfinished, desk);
      case 'cgroup': {
        const { event, end } = unfinished;
        event.path = readText(desk.path, 0, endOfString(desk.path, 0, end));
        return this.#out.event(event);
      }
      case 'failed':
        return this.#endFailed(unfinished);
      case 'nested':
        return this.#out.event(unfinished.event);
      default:
    }
  }

  #endExec(unfinished: Unfinished & { kind: 'exec' }, desk: Desk): void {
    const { event, pathBytes, pathEnd, argvEnd } = unfinished;
    event.exe = readText(desk.path, 0, pathEnd);
    event.exeWhole = pathEnd === pathBytes;
    event.args = readArguments(desk.argv, 0, argvEnd);
    event.argsSent = argvEnd;
    event.comm ||= commOf(desk.path, pathEnd);
    this.#out.event(event);
  }

  #endFailed({ event, strings }: Unfinished & { kind: 'failed' }): void {
    const texts: Text[] = [];
    for (const string of strings) {
      const end = string === undefined ? 0 : endOfString(string, 0, string.length);
      event.truncated ||= string === undefined || end === string.length;
      texts.push(string === undefined ? '' : readText(string, 0, end));
    }
    event.exe = texts.shift() ?? '';
    event.args = texts;
    this.#out.event(event);
  }
}

/** Whether nothing can follow: its pids, path, arguments, and where the path does not tell it, comm are here. */
const isWholeExec = (
  { event, pathBytes, pathEnd, argvEnd, awaitsPids }: Unfinished & { kind: 'exec' },
  { path }: Desk,
): boolean =>
  pathEnd === pathBytes &&
  argvEnd === event.argsBytes &&
  !awaitsPids &&
  (event.comm !== '' || !isDescriptor(path, pathEnd));

/** "/dev/fd/": a program that was run by its file descriptor. */
const isDescriptor = (path: Buffer, end: number): boolean =>
  end > 8 && path[1] === 100 && path[5] === 102 && path.latin1Slice(0, 8) === '/dev/fd/';

/** The kernel names a process after the last part of the path it executes, in 15 bytes (fs/exec.c, begin_new_exec). */
const commOf = (path: Buffer, end: number): Text => {
  const from = path.lastIndexOf(47, Math.max(end - 1, 0)) + 1;
  return readText(path, from, Math.min(end, from + 15));
};
