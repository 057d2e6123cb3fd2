import { execa } from 'execa';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly pid: number;
}

/** Runs a program to its end, whatever its status. */
export const run = async (file: string, ...args: string[]): Promise<Ran> => {
  const child = execa(file, args, { reject: false, stdin: 'ignore', timeout: 120_000 });
  const pid = child.pid ?? 0;
  const { stdout, stderr, exitCode } = await child;
  return { stdout: String(stdout), stderr: String(stderr), exitCode, pid };
};

/** Ends the `sleep` of so many seconds that a test began, whoever runs it: so that what waits for it lives as long as it is needed. */
export const wake = (seconds: number): Promise<Ran> => run('pkill', '-x', '-f', `sleep ${seconds}`);
