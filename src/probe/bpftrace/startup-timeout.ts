import { procRoot, readProcText } from '../../procfs/read.ts';
import { parseStat } from '../../procfs/stat.ts';

/** A bpftrace that does not trace yet and has not used the CPU for this time hangs. */
const idleMs = 60_000;
/** The slowest start seen is 4 s, on an emulated CPU beside others two minutes: after this it is given up even if it works. */
const maxMs = 600_000;
const lookMs = 5000;
/** CPU time that says that it is at work, in a look. */
const minTicks = 1;

/**
 * Waits for a bpftrace that starts, as long as it is at work: how long that takes is a matter of the machine.
 *
 * @param onHang is called once, when it hangs
 * @returns ends the wait
 */
export const awaitStart = (pid: () => number, onHang: () => void, root = procRoot): (() => void) => {
  let idle = 0;
  let waited = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    const used = parseStat(readProcText(`${root}/${pid()}/stat`) ?? '')?.cpuTicks ?? ticks;
    idle = used - ticks >= minTicks ? 0 : idle + lookMs;
    waited += lookMs;
    ticks = used;
    if (idle >= idleMs || waited >= maxMs) {
      clearInterval(timer);
      onHang();
    }
  }, lookMs);
  return () => clearInterval(timer);
};
