import { existsSync } from 'node:fs';
import { noBtf } from '../errors.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import { Model } from '../model/model.ts';
import { WallClock } from '../model/wall-clock.ts';
import { askFeatures } from '../probe/bpftrace/ask-features.ts';
import { Btf } from '../probe/bpftrace/btf.ts';
import { askForHeartbeat, askMs } from '../probe/bpftrace/control.ts';
import type { Features } from '../probe/bpftrace/features.ts';
import { findBpftrace } from '../probe/bpftrace/find.ts';
import { mountTracefs } from '../probe/bpftrace/tracefs.ts';
import type { Version } from '../probe/bpftrace/version.ts';
import type { KernelEvent } from '../probe/event.ts';
import { type Count, Tracer } from '../probe/tracer.ts';
import { parseHierarchies, readHierarchies } from '../procfs/cgroup.ts';
import { bootTime, readWallOffset, WallClockWatch } from '../procfs/clock.ts';
import { readHostNamespaces } from '../procfs/host.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { readProcText } from '../procfs/read.ts';
import { scanProcesses } from '../procfs/scan.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { describeContainer, listContainers, readCgroup, readRuntimeCommand } from '../runtimes/index.ts';
import { exitsIn, reportedBy } from './already-reported.ts';
import { FillIn } from './fill-in.ts';
import { headerOf } from './header.ts';
import { requireRights } from './rights.ts';

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
  readonly #fillIn: FillIn;
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
    this.#fillIn = new FillIn(features.tailKey);
    const hierarchies = parseHierarchies(readProcText('/proc/self/cgroup') ?? '');
    this.#model = new Model({
      host: this.#host,
      hierarchies,
      cgroupPaths: readHierarchies(readProcText('/proc/self/mounts') ?? '', hierarchies),
      clock: this.#clock,
      readCommand: readRuntimeCommand,
      runtimes: { readCgroup, describe: describeContainer },
      tracer: { pid: process.pid, comm: (readProcText('/proc/self/comm') ?? '').trimEnd() },
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
    requireRights();
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
    const { filters, args } = this.#options;
    const begun = { time: this.#clock.time(ready.mono), mono: ready.mono, bpftrace: this.#bpftrace.text };
    this.#options.onRecord(headerOf({ ...begun, host: this.#host, filters, args }));
    this.#reading = this.#readRunning(ready, (running, waiting) =>
      this.#model.existing(running, listContainers(running), ready, reportedBy(waiting)),
    );
    return true;
  }

  /** After a gap, what runs is read again; events wait meanwhile. */
  async #resume(time: Nanoseconds): Promise<void> {
    this.#waiting ??= [];
    await this.#readRunning(time, (running, waiting) => this.#model.resume(running, time, reportedBy(waiting)));
  }

  /** Reads what runs while events wait, takes note of it, and then of them. */
  async #readRunning(
    { mono: from }: Nanoseconds,
    take: (running: readonly ProcProcess[], waiting: readonly KernelEvent[]) => void,
  ): Promise<void> {
    const found = await scanProcesses(new Set([process.pid, this.#tracer.pid]));
    await this.#everythingUpTo(bootTime().at);
    const waiting = this.#waiting ?? [];
    const ended = exitsIn(waiting);
    // What was about to end while it was read either has its exit here, or ended before tracing began.
    take(
      found.filter((process) => !process.ending || ended(process)),
      waiting,
    );
    this.#waiting = undefined;
    this.#fillIn.next();
    for (const event of waiting) {
      this.#model.event(this.#fillIn.complete(event));
    }
    // Those up to the next heartbeat come later than these.
    this.#fillIn.next();
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
      this.#model.event(this.#fillIn.complete(event));
    } else if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(event);
    } else {
      this.#overflow += 1;
    }
  }

  #beat(time: Nanoseconds): void {
    this.#last = time;
    this.#fillIn.next();
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
}
