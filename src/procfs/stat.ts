/** What /proc/PID/stat says (proc_pid_stat(5)), as far as nstrace uses it. */
export interface Stat {
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  /** The device of its terminal as stat(2) has it, 0 without one. */
  readonly tty: number;
  /** Whether this thread is on its way out or a zombie (PF_EXITING, include/linux/sched.h). */
  readonly exiting: boolean;
  /** Clock ticks since boot, field 22: with the pid the identity of a process. */
  readonly startTicks: number;
  /** Of all its threads, in user and in kernel mode. */
  readonly cpuTicks: number;
  readonly threads: number;
}

const pfExiting = 0x4;

/** The comm can hold blanks and brackets: the fields begin behind the last one. */
export const parseStat = (text: string): Stat | undefined => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) {
    return undefined;
  }
  const fields = text.slice(close + 2).split(' ');
  const startTicks = Number(fields[19]);
  if (!Number.isInteger(startTicks)) {
    return undefined;
  }
  return {
    comm: text.slice(open + 1, close),
    state: fields[0]!,
    ppid: Number(fields[1]),
    tty: Number(fields[4]),
    exiting: (Number(fields[6]) & pfExiting) !== 0,
    startTicks,
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    threads: Number(fields[17]),
  };
};
