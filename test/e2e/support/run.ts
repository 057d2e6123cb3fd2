import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly pid: number;
}

/** Runs a program to its end, whatever its status. */
export const run = async (file: string, ...args: string[]): Promise<Ran> => {
  const child = execa(file, args, { reject: false, stdin: 'ignore', timeout: 300_000 });
  const pid = child.pid ?? 0;
  const { stdout, stderr, exitCode } = await child;
  return { stdout: String(stdout), stderr: String(stderr), exitCode, pid };
};

/**
 * Ends the `sleep` of so many seconds that a test began, whoever runs it: so that what waits for it lives as long as it is needed.
 * A shell that was seen may not have come to its `sleep` yet: waits for that, at most 120 s.
 */
export const wake = async (seconds: number): Promise<void> => {
  for (let tries = 0; tries < 2400; tries += 1) {
    if ((await run('pkill', '-x', '-f', `sleep ${seconds}`)).exitCode === 0) {
      return;
    }
    await sleep(50);
  }
  throw new Error(`there was no sleep ${seconds} to end`);
};
