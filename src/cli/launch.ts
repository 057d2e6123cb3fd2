import { constants } from 'node:os';
import { execa } from 'execa';
import { startOf } from '../procfs/process.ts';
import type { NstraceRecord } from '../recording/schema.ts';
import { UserNames } from '../view/users.ts';
import { say } from './say.ts';

export type LaunchUser = 'root' | 'caller';

/** How execa tells the end of a process. */
interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly shortMessage?: string | undefined;
}

/** As a shell tells that a command was not found, or could not be run. */
const notFound = 127;
const notRun = 126;
const watchMs = 1000;

/** Runs the command of `record -- CMD` and knows when it and all that it started have ended. */
export class Launch {
  readonly #words: readonly string[];
  readonly #user: LaunchUser;
  readonly #alive = new Set<number>();
  #pid = 0;
  #status: number | undefined;
  #ended: () => void = () => {};

  constructor(words: readonly string[], user: LaunchUser) {
    this.#words = words;
    this.#user = user;
  }

  get running(): boolean {
    return this.#status === undefined;
  }

  /** The command's exit status, 128 + signal if it was killed. */
  status(): number {
    return this.#status ?? 0;
  }

  /** @param ended called when the command and its descendants are gone */
  start(ended: () => void): void {
    this.#ended = ended;
    const [file, ...args] = this.#words;
    const restore = this.#user === 'caller' ? dropGroups() : () => {};
    try {
      const child = execa(file!, args, {
        stdio: 'inherit',
        reject: false,
        buffer: false,
        cleanup: true,
        ...callerIds(this.#user),
      });
      this.#pid = child.pid ?? 0;
      this.#alive.add(this.#pid);
      void child.then((result) => this.#finish(result));
    } finally {
      restore();
    }
  }

  /** Learns from records who was started by whom. */
  follow(record: NstraceRecord): void {
    if (this.#pid === 0) {
      return;
    }
    if (record.type === 'fork' && (this.#alive.has(record.ppid) || this.#alive.has(record.by ?? 0))) {
      this.#alive.add(record.pid);
    } else if (record.type === 'exit' && this.#alive.delete(record.pid)) {
      this.#check();
    }
  }

  #finish(result: Ended): void {
    if (result.signal !== undefined) {
      this.#status = 128 + (constants.signals[result.signal as NodeJS.Signals] ?? 0);
    } else if (result.exitCode === undefined) {
      say(`cannot run ${this.#words[0]}: ${result.shortMessage ?? result.code}`);
      this.#status = result.code === 'ENOENT' ? notFound : notRun;
      this.#alive.clear();
    } else {
      this.#status = result.exitCode;
    }
    this.#check();
    this.#watch();
  }

  /** An exit that was lost must not be waited for: who is left is looked up as well. */
  #watch(): void {
    let told = false;
    const timer = setInterval(() => {
      for (const pid of this.#alive) {
        if (startOf(pid) === undefined) {
          this.#alive.delete(pid);
        }
      }
      if (this.#alive.size === 0) {
        clearInterval(timer);
        this.#check();
      } else if (!told) {
        told = true;
        say(`the command has ended; waiting for ${this.#alive.size} processes that it left behind; Ctrl-C stops`);
      }
    }, watchMs);
    timer.unref();
  }

  #check(): void {
    if (this.#alive.size === 0 && this.#status !== undefined) {
      this.#ended();
    }
  }
}

/** Under sudo the command runs as who called it, as if sudo were not there. */
const callerIds = (user: LaunchUser): { uid?: number; gid?: number } => {
  const uid = Number(process.env.SUDO_UID ?? Number.NaN);
  const gid = Number(process.env.SUDO_GID ?? Number.NaN);
  return user === 'caller' && Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : {};
};

/** A child takes our supplementary groups with it: it gets the caller's. Returns what puts ours back. */
const dropGroups = (): (() => void) => {
  const { uid, gid } = callerIds('caller');
  const groups = process.getgroups?.();
  if (uid === undefined || gid === undefined || groups === undefined) {
    return () => {};
  }
  const { initgroups, setgroups } = process as unknown as GroupCalls;
  const name = new UserNames().nameOf(uid);
  if (/^\d+$/.test(name)) {
    setgroups([gid]);
  } else {
    initgroups(name, gid);
  }
  return () => setgroups(groups);
};

/** Node has them on every POSIX system; its types do not know the first. */
interface GroupCalls {
  initgroups(user: string, gid: number): void;
  setgroups(groups: number[]): void;
}
