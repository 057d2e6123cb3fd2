import { ticksOf } from '../kernel/time.ts';
import type { KernelEvent } from '../probe/event.ts';
import type { ProcProcess } from '../procfs/process.ts';

/** Which processes have their exit in the stream. */
export const exitsIn = (events: readonly KernelEvent[]): ((process: ProcProcess) => boolean) => {
  const exits = events.filter((event) => event.kind === 'exit');
  const ended = new Set(exits.map(({ pid, start }) => `${pid} ${ticksOf(start)}`));
  return ({ pid, startTicks }) => ended.has(`${pid} ${startTicks}`);
};

/** Which processes the stream reports by itself, so that they are not reported twice. */
export const reportedBy = (events: readonly KernelEvent[]) => {
  const reported = new Map<string, 'born' | 'ran'>();
  for (const event of events) {
    if (event.kind === 'fork' || (event.kind === 'exec' && event.vfork !== 0)) {
      reported.set(`${event.pid} ${ticksOf(event.start)}`, 'born');
    } else if (event.kind === 'exec') {
      const key = `${event.pid} ${ticksOf(event.start)}`;
      reported.set(key, reported.get(key) ?? 'ran');
    }
  }
  return (pid: number, startTicks: number): 'born' | 'ran' | undefined => reported.get(`${pid} ${startTicks}`);
};
