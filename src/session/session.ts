import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname, machine, release } from 'node:os';
import { noBtf, noNamespaces, notInHostPidns, notInHostTimens, notInHostUserns, notRoot } from '../errors.ts';
import { type Nanoseconds, ticksOf } from '../kernel/time.ts';
import { WallClock } from '../model/clock.ts';
import { Model } from '../model/model.ts';
import { askFeatures } from '../probe/ask.ts';
import { Btf } from '../probe/btf.ts';
import type { KernelEvent } from '../probe/event.ts';
import type { Features } from '../probe/features.ts';
import { findBpftrace } from '../probe/find.ts';
import { askForHeartbeat, askMs } from '../probe/switch.ts';
import { mountTracefs } from '../probe/tracefs.ts';
import { type Count, Tracer } from '../probe/tracer.ts';
import type { Version } from '../probe/version.ts';
import { readBaseline } from '../procfs/baseline.ts';
import { parseHierarchies, readHierarchies } from '../procfs/cgroup.ts';
import { bootTime, readWallOffset, WallClockWatch } from '../procfs/clock.ts';
import { inHostPidns, inHostTimens, inHostUserns, maySeeNamespaces, readHostNamespaces } from '../procfs/host.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { readProcText } from '../procfs/read.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { describeContainer, listContainers, readCgroup, readRuntimeCommand } from '../runtimes/index.ts';
import { version as ownVersion } from '../version.ts';
import { Completion } from './complete.ts';

/** Events kept while running processes are read, a second on a large host; more are counted as lost. */
const maxWaiting = 500_000;

export interface SessionOptions {
  /** The path of bpftrace, if it is not one of the usual ones. */
  readonly bpftrace: string | undefined;
  readonly failed: boolean;
  /** Names of the host's users. */
  readonly userName: (uid: number) => string | undefined;
  /** For the header: what was asked for. */
  readonly filters: Record<string, unknown>;
  readonly args: readonly string[];
  readonly onRecord: (record: NstraceRecord) => void;
  /** Ten times a second, when all records up to then were given. */
  readonly onBeat: (mono: string) => void;
  readonly onNotice: (text: string) => void;
  readonly onFailure: (error: Error) => void;
  /** Aborts the start. A session that has begun is stopped with stop(). */
  readonly signal: AbortSignal;
}

/** Tracing as it happens: bpftrace's events and what /proc knows become records. */
export class Session {
  readonly #options: SessionOptions;
  readonly #watch = new WallClockWatch();
  readonly #clock = new WallClock(readWallOffset());
  readonly #tracer: Tracer;
  readonly #model: Model;
  readonly #bpftrace: Version;
  readonly #completion: Completion;
  readonly #host = readHostNamespaces();
  #waiting: KernelEvent[] | undefined = [];
  #overflow = 0;
  #reading: Promise<void> = Promise.resolve();
  /** Waits for a heartbeat not older than this. */
  #awaited: { at: number; resolve: () => void } | undefined;
  #last: Nanoseconds = { mono: '0', at: 0 };

  private constructor(options: SessionOptions, command: readonly string[], bpftrace: Version, features: Features) {
    this.#options = options;
    this.#bpftrace = bpftrace;
    this.#completion = new Completion(features.tailKey);
    const hierarchies = parseHierarchies(readProcText('/proc/self/cgroup') ?? '');
    this.#model = new Model({
      host: this.#host,
      hierarchies,
      cgroupPaths: readHierarchies(readProcText('/proc/self/mounts') ?? '', hierarchies),
      clock: this.#clock,
      readCommand: readRuntimeCommand,
      runtimes: { readCgroup, describe: describeContainer },
      userName: options.userName,
      emit: options.onRecord,
    });
    this.#tracer = new Tracer({
      command,
      features,
      failed: options.failed,
      onEvent: (event) => this.#event(event),
      onBeat: (time) => this.#beat(time),
      onNotice: options.onNotice,
      onResume: (time) => {
        // From now on events wait; what runs is read when it was read before, if that still goes on.
        this.#waiting ??= [];
        this.#reading = this.#reading.then(() => this.#resume(time));
      },
      onFailure: options.onFailure,
    });
  }

  /**
   * Starts tracing. Resolves as soon as the header was given, at the moment from which every event is reported; what was
   * there before follows (`settled`), then the events.
   *
   * @returns undefined if it was aborted before
   * @throws NstraceError (3) that says what the system lacks
   */
  static async start(options: SessionOptions): Promise<Session | undefined> {
    requireRoot();
    requireHostPidns();
    requireHostTimens();
    requireNamespaces();
    requireHostUserns();
    const command = [findBpftrace(options.bpftrace)];
    if (!existsSync(Btf.path)) {
      throw noBtf();
    }
    await mountTracefs();
    const { version, features } = await askFeatures(command);
    const session = new Session(options, command, version, features);
    return (await session.#begin()) ? session : undefined;
  }

  /** Lines made by the probes, delivered and lost. Final after stop(). */
  get count(): Count {
    return this.#tracer.count;
  }

  /** The kernel's time up to which all records were given. */
  get now(): { time: string; mono: string } {
    return { time: this.#clock.time(this.#last.mono), mono: this.#last.mono };
  }

  /** The pid of bpftrace; 0 before it runs. */
  get child(): number {
    return this.#tracer.pid;
  }

  /** How often bpftrace ended by itself and was started again. */
  get restarts(): number {
    return this.#tracer.restarts;
  }

  /** Resolves when all that was there before was given. */
  get settled(): Promise<void> {
    return this.#reading;
  }

  /**
   * Stops tracing and gives the rest of the records.
   *
   * @param leave aborts the wait for what is still in the kernel's buffers: it is reported as lost
   * @param onProgress takes the number of lines that are still to come, once a second
   */
  async stop(leave: AbortSignal, onProgress: (left: number) => void): Promise<void> {
    await this.#tracer.stop(leave, onProgress);
    this.#resolveAwaited();
    await this.#reading;
    this.#model.finish(this.#last);
  }

  /** Returns false if the start was aborted. */
  async #begin(): Promise<boolean> {
    const ready = await this.#tracer.start(this.#options.signal);
    if (ready === undefined) {
      return false;
    }
    this.#last = ready;
    this.#options.onRecord(this.#header(ready));
    this.#reading = this.#readRunning(ready, (running, waiting) =>
      this.#model.baseline(running, listContainers(running), ready, toldBy(waiting)),
    );
    return true;
  }

  /** After a gap, what runs is read again; events wait meanwhile. */
  async #resume(time: Nanoseconds): Promise<void> {
    this.#waiting ??= [];
    await this.#readRunning(time, (running, waiting) => this.#model.resume(running, time, toldBy(waiting)));
  }

  /** Reads what runs while events wait, takes note of it, and then of them. */
  async #readRunning(
    { mono: from }: Nanoseconds,
    take: (running: readonly ProcProcess[], waiting: readonly KernelEvent[]) => void,
  ): Promise<void> {
    const found = await readBaseline(new Set([process.pid, this.#tracer.pid]));
    await this.#everythingUpTo(bootTime().at);
    const waiting = this.#waiting ?? [];
    const ended = exitsIn(waiting);
    // What was about to end while it was read either has its exit here, or ended before tracing began.
    take(
      found.filter((process) => !process.ending || ended(process)),
      waiting,
    );
    this.#waiting = undefined;
    for (const event of waiting) {
      this.#model.event(this.#completion.complete(event));
    }
    if (this.#overflow > 0) {
      const { mono, at } = this.#last;
      this.#model.lost(
        { kind: 'lost', count: this.#overflow, exact: true, from, to: mono, mono, at, cpu: -1, seq: 0 },
        'queue',
      );
      this.#overflow = 0;
    }
  }

  /** Waits until every event up to a time is here. */
  async #everythingUpTo(at: number): Promise<void> {
    if (this.#last.at < at && !this.#tracer.ended) {
      const asking = setInterval(askForHeartbeat, askMs);
      await new Promise<void>((resolve) => {
        this.#awaited = { at, resolve };
      });
      clearInterval(asking);
    }
  }

  #resolveAwaited(): void {
    this.#awaited?.resolve();
    this.#awaited = undefined;
  }

  #event(event: KernelEvent): void {
    if (event.kind === 'lost' && event.at > this.#last.at) {
      // What bpftrace could not say any more is lost up to this time.
      this.#last = event;
    }
    if (this.#waiting === undefined) {
      this.#model.event(this.#completion.complete(event));
    } else if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(event);
    } else {
      this.#overflow += 1;
    }
  }

  #beat(time: Nanoseconds): void {
    this.#last = time;
    this.#completion.next();
    if (this.#watch.changed()) {
      this.#clock.setOffset(readWallOffset());
    }
    if (this.#awaited !== undefined && time.at >= this.#awaited.at) {
      this.#resolveAwaited();
    }
    if (this.#waiting === undefined) {
      this.#model.beat(time);
      this.#options.onBeat(time.mono);
    }
  }

  #header(ready: Nanoseconds): RecordOf<'header'> {
    const time = this.#clock.time(ready.mono);
    return {
      type: 'header',
      seq: 0,
      time,
      mono: ready.mono,
      schema: 'nstrace/1',
      recording: randomUUID(),
      started: time,
      host: {
        name: hostname(),
        boot_id: (readProcText('/proc/sys/kernel/random/boot_id') ?? '').trim(),
        kernel: release(),
        arch: machine(),
      },
      tool: { nstrace: ownVersion, bpftrace: this.#bpftrace.text, node: process.versions.node },
      host_ns: { ...this.#host },
      filters: this.#options.filters,
      args: [...this.#options.args],
    };
  }
}

/** @throws NstraceError (3) if tracing is not allowed to us */
export const requireRoot = (): void => {
  if (process.geteuid?.() !== 0) {
    throw notRoot();
  }
};

/** @throws NstraceError (3) if the kernel's pids are not those that we see: in a container without the host's pid namespace */
export const requireHostPidns = (): void => {
  if (!inHostPidns()) {
    throw notInHostPidns();
  }
};

/** @throws NstraceError (3) if namespaces of other users' processes cannot be read: in a unit or a container without the right */
const requireNamespaces = (): void => {
  if (!maySeeNamespaces()) {
    throw noNamespaces();
  }
};

/** @throws NstraceError (3) if /proc shows us other times than the kernel's: in a time namespace that is not the host's */
export const requireHostTimens = (): void => {
  if (!inHostTimens()) {
    throw notInHostTimens();
  }
};

/** @throws NstraceError (3) if our root is not the kernel's: in a user namespace that is not the host's */
export const requireHostUserns = (): void => {
  if (!inHostUserns()) {
    throw notInHostUserns();
  }
};

/** Which processes have their exit in the stream. */
const exitsIn = (events: readonly KernelEvent[]): ((process: ProcProcess) => boolean) => {
  const exits = events.filter((event) => event.kind === 'exit');
  const ended = new Set(exits.map(({ pid, start }) => `${pid} ${ticksOf(start)}`));
  return ({ pid, startTicks }) => ended.has(`${pid} ${startTicks}`);
};

/** Which processes the stream reports by itself, so that they are not reported twice. */
const toldBy = (events: readonly KernelEvent[]) => {
  const reported = new Map<string, 'born' | 'ran'>();
  for (const event of events) {
    if (event.kind === 'fork' || (event.kind === 'exec' && event.vfork !== 0)) {
      reported.set(`${event.pid} ${ticksOf(event.start)}`, 'born');
    } else if (event.kind === 'exec') {
      const key = `${event.pid} ${ticksOf(event.start)}`;
      reported.set(key, reported.get(key) ?? 'ran');
    }
  }
  return (pid: number, startTicks: number): 'born' | 'ran' | undefined => reported.get(`${pid} ${startTicks}`);
};
