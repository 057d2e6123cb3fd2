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
  const [state, ...rest] = text.slice(close + 2).split(' ');
  // From field 4 on; of what is behind field 22 nothing is read.
  const fields = rest.slice(0, 19).map(Number);
  if (fields.length < 19 || !fields.every(Number.isSafeInteger)) {
    return undefined;
  }
  return {
    comm: text.slice(open + 1, close),
    state: state!,
    ppid: fields[0]!,
    tty: fields[3]!,
    exiting: (fields[5]! & pfExiting) !== 0,
    startTicks: fields[18]!,
    cpuTicks: fields[10]! + fields[11]!,
    threads: fields[16]!,
  };
};
