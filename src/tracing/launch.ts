import { constants } from 'node:os';
import { execa } from 'execa';
import { say } from '../console/say.ts';
import { callersZone } from '../console/zone.ts';
import { usageError } from '../errors.ts';
import { startOf } from '../procfs/process.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { escapeText } from '../view/escape.ts';
import { UserNames } from '../view/users.ts';

export type LaunchUser = 'root' | 'caller';

/** How execa reports the end of a process. */
interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly shortMessage?: string | undefined;
}

/** The statuses of a shell for a command that was not found, or could not be run. */
const notFound = 127;
const notRun = 126;
const watchMs = 1000;

/** Runs the command of `record -- CMD` and knows when it and all that it started have ended. */
export class Launch {
  readonly #words: readonly string[];
  readonly #run: { readonly words: readonly string[]; readonly env: Record<string, string> };
  readonly #alive = new Set<number>();
  #child: ReturnType<typeof begin> | undefined;
  #finished: Promise<void> | undefined;
  #pid = 0;
  #status: number | undefined;
  #isAsked = false;
  #ended: () => void = () => {};

  /** @throws NstraceError (2) if the command is to run as who called sudo, and that is not known */
  constructor(words: readonly string[], user: LaunchUser) {
    this.#words = words;
    this.#run = user === 'caller' ? asCaller(words) : { words, env: {} };
  }

  /** Whether the command itself was started, and has not ended. */
  get running(): boolean {
    return this.#pid !== 0 && this.#status === undefined;
  }

  /** The pid of the command, which its launcher has first. */
  get pid(): number {
    return this.#pid;
  }

  /** How many programs run in that pid before the command. */
  get launchers(): number {
    return this.#run.words === this.#words ? 0 : 1;
  }

  /** The command's exit status, 128 + signal if it was killed; undefined if it was never started or runs still. */
  get status(): number | undefined {
    return this.#status;
  }

  /** @param ended called when the command and its descendants are gone */
  start(ended: () => void): void {
    this.#ended = ended;
    const child = begin(this.#run.words, this.#run.env);
    this.#child = child;
    this.#pid = child.pid ?? 0;
    this.#alive.add(this.#pid);
    this.#finished = child.then((result) => this.#finish(result));
  }

  /** Passes a signal on to the command. When that has ended, nothing that it left behind is waited for. */
  signal(name: NodeJS.Signals): void {
    this.#isAsked = true;
    // A terminal has sent it to all in the foreground.
    if (name !== 'SIGINT' || !process.stdin.isTTY) {
      this.#child?.kill(name);
    }
  }

  /** Resolves when the command itself has ended. */
  async finished(): Promise<void> {
    await this.#finished;
  }

  /** Learns from records who was started by whom. */
  follow(record: NstraceRecord): void {
    if (this.#pid === 0) {
      return;
    }
    if (record.type === 'fork' && (this.#alive.has(record.ppid) || this.#alive.has(record.by_pid ?? record.by ?? 0))) {
      this.#alive.add(record.pid);
    } else if (record.type === 'exit' && this.#alive.delete(record.pid)) {
      this.#check();
    }
  }

  #finish(result: Ended): void {
    if (result.signal !== undefined) {
      this.#status = 128 + (constants.signals[result.signal as NodeJS.Signals] ?? 0);
    } else if (result.exitCode === undefined) {
      const why = result.code === 'ENOENT' ? 'there is no such program' : (result.shortMessage ?? result.code ?? '');
      say(escapeText(`cannot run ${this.#words[0]}: ${why}`));
      this.#status = result.code === 'ENOENT' ? notFound : notRun;
      this.#alive.clear();
    } else {
      this.#status = result.exitCode;
    }
    if (this.#isAsked) {
      this.#alive.clear();
    }
    this.#check();
    this.#watch();
  }

  /** An exit that was lost must not be waited for: who is left is looked up as well. */
  #watch(): void {
    let said = false;
    const timer = setInterval(() => {
      for (const pid of this.#alive) {
        if (startOf(pid) === undefined) {
          this.#alive.delete(pid);
        }
      }
      if (this.#alive.size === 0) {
        clearInterval(timer);
        this.#check();
      } else if (!said) {
        said = true;
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

const begin = ([file, ...args]: readonly string[], env: Record<string, string>) =>
  execa(file!, args, {
    env: { ...callersZone(), ...env },
    stdio: 'inherit',
    reject: false,
    buffer: false,
    cleanup: true,
  });

/** util-linux's; Node itself cannot start a program with the groups of a user. */
const setpriv = '/usr/bin/setpriv';

/** Under sudo the command runs as who called it, as if sudo were not there. */
const asCaller = (words: readonly string[]): { words: readonly string[]; env: Record<string, string> } => {
  const { SUDO_UID, SUDO_GID } = process.env;
  if (SUDO_UID === undefined && SUDO_GID === undefined) {
    return { words, env: {} };
  }
  const uid = idOf('SUDO_UID', SUDO_UID);
  const gid = idOf('SUDO_GID', SUDO_GID);
  const user = new UserNames().find(uid);
  const groups = user === undefined ? '--clear-groups' : '--init-groups';
  return {
    words: [setpriv, `--reuid=${uid}`, `--regid=${gid}`, groups, '--', ...words],
    env: user === undefined ? {} : { HOME: user.home, USER: user.name, LOGNAME: user.name },
  };
};

/** The largest is (uid_t)-1, which asks for no change: the command would run as root. */
const maxId = 0xffff_fffe;

const idOf = (name: string, value = ''): number => {
  const id = Number(value);
  if (!/^\d+$/.test(value) || id > maxId) {
    throw usageError(
      `it is not known who called sudo: ${name} is ${value === '' ? 'empty' : JSON.stringify(value)}`,
      'add --as root to run the command as root, or call nstrace with sudo again',
    );
  }
  return id;
};
