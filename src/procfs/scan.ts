import { readdirSync } from 'node:fs';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { type ProcProcess, readProcess } from './process.ts';
import { procRoot } from './read.ts';

/** After N processes events are looked at again: about every 10 ms. */
const atOnce = 100;

/** Every running process but those left out, in the order in which they started: parents before children. */
export const scanProcesses = async (leaveOut: ReadonlySet<number>, root = procRoot): Promise<ProcProcess[]> => {
  const pids = readdirSync(root)
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0 && !leaveOut.has(pid));
  const processes: ProcProcess[] = [];
  for (let index = 0; index < pids.length; index += 1) {
    const found = readProcess(pids[index]!, root);
    if (found !== undefined) {
      processes.push(found);
    }
    if (index % atOnce === atOnce - 1) {
      await yieldToEvents();
    }
  }
  return processes.sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
};
