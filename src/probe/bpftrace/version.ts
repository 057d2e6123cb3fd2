import { execa } from 'execa';
import { bpftraceFailed } from '../../errors.ts';
import { cleanEnvironment } from './environment.ts';

/** `0.17.0` as numbers. */
export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** The oldest that nstrace is tested with. */
export const oldestTested = '0.17';

/** Whether it is older than all that nstrace is tested with. */
export const isUntested = ({ major, minor }: Version): boolean => major === 0 && minor < Number(oldestTested.slice(2));

export const parseVersion = (output: string): Version | undefined => {
  const match = /v?(\d+)\.(\d+)[\w.-]*/.exec(output);
  return match ? { text: match[0].replace(/^v/, ''), major: Number(match[1]), minor: Number(match[2]) } : undefined;
};

/** Asks a bpftrace for its version; it answers without rights and in milliseconds. */
export const versionOf = async (command: readonly string[]): Promise<Version> => {
  const { stdout, failed, message } = await execa(command[0]!, [...command.slice(1), '--version'], {
    env: cleanEnvironment(),
    extendEnv: false,
    cwd: '/',
    stdin: 'ignore',
    reject: false,
    timeout: 10_000,
  });
  const version = parseVersion(String(stdout));
  if (version === undefined) {
    throw bpftraceFailed(
      failed ? (message ?? 'it does not run') : `it does not print its version: ${String(stdout).slice(0, 80)}`,
      'install your distribution’s bpftrace package again, or name another one with --bpftrace PATH',
    );
  }
  return version;
};
