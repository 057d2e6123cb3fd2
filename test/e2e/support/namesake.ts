import { run } from './run.ts';

/**
 * In a pid namespace of its own a process with this pid, which calls setpriority(2) for itself, as nstrace does when its probes
 * shall stop. Returns the pid that it had inside.
 */
export const callAsNamesake = async (pid: number): Promise<number> => {
  const inside = `echo $(( ${pid} - 1 )) > /proc/sys/kernel/ns_last_pid; sh -c 'echo $$; exec renice -n 0 -p $$'`;
  const { stdout } = await run('unshare', '-pf', '--mount-proc', 'sh', '-c', inside);
  return Number(stdout.split('\n')[0]);
};
