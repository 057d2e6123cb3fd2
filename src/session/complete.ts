import { readArguments } from '../kernel/text.ts';
import { ticksOf } from '../kernel/time.ts';
import type { ExecEvent, ForkEvent, KernelEvent } from '../probe/event.ts';
import { readArgumentArea, readProcess } from '../procfs/process.ts';

/** Fills in from /proc what a probe could not send, if the process still lives and is the same. */
export const complete = (event: KernelEvent): KernelEvent => {
  if (event.kind === 'exec' && event.argsSent < event.argsBytes) {
    completeArguments(event);
  } else if (event.kind === 'fork' && !event.whole) {
    completeFork(event);
  }
  return event;
};

/** An argv too long for the probe. What was sent must be its beginning: else the process has written over it since. */
const completeArguments = (event: ExecEvent): void => {
  const area = readArgumentArea(event.pid, ticksOf(event.start));
  if (area === undefined || area.length < event.argsBytes) {
    return;
  }
  const args = readArguments(area, 0, event.argsBytes);
  const whole = event.args.slice(0, -1);
  if (whole.every((arg, index) => sameText(arg, args[index]))) {
    event.args = args;
    event.argsSent = event.argsBytes;
  }
};

const sameText = (a: ExecEvent['args'][number], b: ExecEvent['args'][number] | undefined): boolean =>
  typeof a === 'string'
    ? a === b
    : typeof b === 'object' && Buffer.compare(Buffer.from(a.bytes), Buffer.from(b.bytes)) === 0;

/** A child that the probe did not find in its parent's list. */
const completeFork = (event: ForkEvent): void => {
  const found = readProcess(event.pid);
  if (found?.ns === undefined) {
    return;
  }
  event.nspid = [...found.nspid];
  event.ns = found.ns;
  event.uid = found.uid;
  event.gid = found.gid;
  event.whole = true;
  const mono = String(BigInt(found.startTicks) * 10_000_000n);
  event.start = { mono, at: Number(mono) };
};
