import { closeSync } from 'node:fs';
import { execa } from 'execa';
import { toLines, toWholeLines } from '../decode/lines.ts';
import { largeBuffer } from './buffer.ts';
import { cleanEnvironment } from './environment.ts';
import type { Features } from './features.ts';
import { handOver } from './handover.ts';
import { dieWithParent } from './parent-death.ts';
import { schedule } from './scheduling.ts';

/** Its own words that are kept for an error message. */
const maxMessages = 50;
/** After SIGINT it detaches its probes and prints its maps: half a second, on a busy machine more. */
const stopMs = 10_000;

export interface Child {
  readonly pid: number;
  /** Resolves when it has ended and all of its lines were given. */
  readonly ended: Promise<{ status: string }>;
  /** Its stderr, newest last. */
  readonly stderr: string[];
  /** SIGINT, and SIGKILL if it does not end. */
  stop(): void;
  /** SIGSTOP: events wait in the kernel's buffers until it goes on. Only where a stopped one ends with us too. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL. */
  kill(): void;
  /** SIGKILL, and nobody waits for it or reads it any more: the kernel takes a second to detach its probes. */
  abandon(): void;
}

/**
 * Starts bpftrace with a program and gives its lines.
 *
 * It runs with `-B full`: whole blocks are written, and what is left at each heartbeat, when its print() flushes.
 *
 * @param command the path of bpftrace, or a command that ends with it
 */
export const startBpftrace = (
  command: readonly string[],
  script: string,
  features: Features,
  onLine: (line: string) => void,
): Child => {
  const tie = dieWithParent();
  const child = spawn([...tie, ...command], script, features);
  if (child.pid !== undefined) {
    void schedule(child.pid);
  }
  const stderr: string[] = [];
  const keep = (line: string): void => {
    if (stderr.push(line) > maxMessages) {
      stderr.shift();
    }
  };
  child.stderr.pipe(toLines(keep));
  const lines = child.stdout.pipe(toWholeLines(onLine));

  let killer: NodeJS.Timeout | undefined;
  const ended = (async () => {
    const drained = new Promise<void>((resolve) => {
      lines.once('end', resolve);
    });
    const result = await child;
    clearTimeout(killer);
    await drained;
    return { status: statusOf(result) };
  })();

  return {
    pid: child.pid ?? 0,
    ended,
    stderr,
    stop: () => {
      if (killer === undefined) {
        child.kill('SIGINT');
        killer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      }
    },
    pause: () => void (tie.length > 0 && child.kill('SIGSTOP')),
    resume: () => void child.kill('SIGCONT'),
    kill: () => void child.kill('SIGKILL'),
    abandon: () => {
      child.kill('SIGKILL');
      clearTimeout(killer);
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    },
  };
};

/** The program and the structures are handed over as open files. */
const spawn = (command: readonly string[], script: string, features: Features) => {
  const program = handOver(script);
  const structures = features.structures && handOver(features.structures);
  const [file, ...words] = command;
  const child = execa(file!, [...words, '-B', 'full', '/proc/self/fd/0', ...features.parameters], {
    stdio: [program, 'pipe', 'pipe', ...(structures === undefined ? [] : [structures])] as unknown as [
      'ignore',
      'pipe',
      'pipe',
    ],
    env: cleanEnvironment({
      ...features.environment,
      ...(structures === undefined ? {} : { BPFTRACE_BTF: '/proc/self/fd/3' }),
      ...largeBuffer(),
    }),
    extendEnv: false,
    cwd: '/',
    buffer: false,
    reject: false,
    // Ctrl-C in the terminal must reach only us: bpftrace throws away what it has not read when it gets SIGINT.
    detached: true,
    cleanup: true,
  });
  closeSync(program);
  if (structures !== undefined) {
    closeSync(structures);
  }
  return child;
};

const statusOf = (result: {
  exitCode?: number | undefined;
  signal?: string | undefined;
  shortMessage?: string | undefined;
}): string => {
  if (result.signal !== undefined) {
    return `killed by ${result.signal}`;
  }
  return result.exitCode === undefined ? (result.shortMessage ?? 'not started') : `exit status ${result.exitCode}`;
};
