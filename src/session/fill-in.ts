import { readArguments, type Text } from '../kernel/text.ts';
import { monoOfTicks, ticksOf } from '../kernel/time.ts';
import type { CgroupEvent, ExecEvent, ForkEvent, KernelEvent } from '../probe/event.ts';
import { readArgumentArea, readLeader, readProcess } from '../procfs/process.ts';
import { Terminals } from '../procfs/tty.ts';
import { tailSum } from './args-sum.ts';
import { Directories } from './directories.ts';

/** Fills in from /proc what a probe could not send, where it is certain. */
export class FillIn {
  readonly #directories = new Directories();
  readonly #terminals = new Terminals();
  readonly #tailKey: bigint;

  /** @param tailKey what the sums of long argvs begin with */
  constructor(tailKey: bigint) {
    this.#tailKey = tailKey;
  }

  /** The next events come together. */
  next(): void {
    this.#directories.next();
  }

  complete(event: KernelEvent): KernelEvent {
    if (event.kind === 'exec') {
      event.cwd = this.#directories.nameOf(event);
      event.tty = this.#terminals.nameOf(event.terminal ?? 0);
      if (event.tail !== undefined) {
        this.#completeArguments(event, event.tail);
      }
    } else if (event.kind === 'fork' && !event.whole) {
      completeFork(event);
    } else if (event.kind === 'cgroup' && event.op === 'attach') {
      completeAttach(event);
    }
    return event;
  }

  /** An argv too long for the probe: what it sent stays, and the rest is taken if its sum shows that nobody has written over it. */
  #completeArguments(event: ExecEvent, { end, sum }: NonNullable<ExecEvent['tail']>): void {
    const area = readArgumentArea(event.pid, ticksOf(event.start))?.subarray(0, end);
    if (area === undefined || area.length < end || tailSum(area, this.#tailKey) !== sum) {
      return;
    }
    const args = readArguments(area, 0, end);
    const sent = event.args;
    const last = sent.length - 1;
    if (sent.every((arg, index) => isSame(arg, args[index], index === last))) {
      event.args = args;
      event.argsSent = end;
    }
  }
}

/** @param cut whether only the beginning of the argument was sent */
const isSame = (sent: Text, found: Text | undefined, cut: boolean): boolean => {
  if (found === undefined) {
    return false;
  }
  const [one, other] = [bytesOf(sent), bytesOf(found)];
  return one.equals(cut ? other.subarray(0, one.length) : other);
};

const bytesOf = (text: Text): Buffer => Buffer.from(typeof text === 'string' ? text : text.bytes);

/** A child that the probe did not find in its parent's list. */
const completeFork = (event: ForkEvent): void => {
  const found = readProcess(event.pid);
  // Who began later has that pid by now, and is another one.
  if (found?.ns === undefined || Number(monoOfTicks(found.startTicks)) > event.at) {
    return;
  }
  event.nspid = [...found.nspid];
  event.ns = found.ns;
  event.uid = found.uid;
  event.gid = found.gid;
  event.whole = true;
  const mono = monoOfTicks(found.startTicks);
  event.start = { mono, at: Number(mono) };
};

/** The kernel says which thread was moved; only /proc knows whether it is one of several. */
const completeAttach = (event: CgroupEvent): void => {
  const leader = readLeader(event.pid);
  if (leader !== undefined && leader !== event.pid) {
    event.tid = event.pid;
    event.pid = leader;
  }
};
