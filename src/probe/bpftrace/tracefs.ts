import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { noTracefs } from '../../errors.ts';
import { readProcText } from '../../procfs/read.ts';
import { cleanEnvironment } from './environment.ts';

const place = '/sys/kernel/tracing';
const insideDebugfs = '/sys/kernel/debug/tracing';

export const hasTracefs = (): boolean =>
  existsSync(`${place}/events/sched`) || existsSync(`${insideDebugfs}/events/sched`);

/** Whether it is mounted, which others than root can see only in the list of mounts. */
export const isTracefsMounted = (): boolean => / tracefs /.test(readProcText('/proc/self/mounts') ?? '');

/**
 * Mounts tracefs where it is missing, as systemd does at boot. It stays mounted.
 *
 * @returns whether it had to be mounted
 * @throws NstraceError (3) if that fails
 */
export const mountTracefs = async (): Promise<boolean> => {
  if (hasTracefs()) {
    return false;
  }
  const { failed, stderr } = await execa('mount', ['-t', 'tracefs', 'tracefs', place], {
    env: cleanEnvironment(),
    extendEnv: false,
    cwd: '/',
    stdin: 'ignore',
    reject: false,
  });
  if (failed || !hasTracefs()) {
    // What follows the first line is advice of mount(8).
    throw noTracefs(String(stderr).trim().split('\n')[0] || 'the kernel has none');
  }
  return true;
};
