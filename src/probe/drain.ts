import { setTimeout as sleep } from 'node:timers/promises';
import { askForHeartbeat, askMs, stopProbes } from './bpftrace/control.ts';
import type { Sequence } from './order/sequence.ts';

/** What is left to do when the probes were stopped and bpftrace still has lines of theirs. */
export interface Rest {
  readonly sequence: Sequence;
  /** Totals that will not change any more, once they are known. */
  readonly final: ReadonlyMap<number, number> | undefined;
  /** Changes with every heartbeat. */
  readonly beats: number;
  /** bpftrace has ended. */
  readonly gone: boolean;
  /** Lines that were made and are not here, as far as known. */
  readonly left: number;
}

/** After this time without a line and without final totals, bpftrace is given up. */
const silentMs = 5000;
/** Where bpftrace still answers and knows what was made, a line that does not come in this time is lost. */
const answeredMs = 2000;
const progressMs = 1000;
/** At most this counts for one round: the rest is a time in which we stood still. */
const maxStepMs = 200;
const fastRounds = 10;

/**
 * Stops the probes and waits until all that they made is here: as long as lines come, or until it is to leave.
 *
 * @param onProgress takes the lines that are still to come, once a second
 */
export const drain = async (rest: Rest, leave: AbortSignal, onProgress: (left: number) => void): Promise<void> => {
  stopProbes();
  let silent = 0;
  let unreported = 0;
  let last = performance.now();
  let delivered = rest.sequence.delivered;
  let beats = rest.beats;
  for (let round = 0; !isOver(rest) && !leave.aborted; round += 1) {
    await sleep(round < fastRounds ? askMs : askMs * fastRounds, undefined, { signal: leave }).catch(() => undefined);
    const now = performance.now();
    const step = Math.min(now - last, maxStepMs);
    last = now;
    const came = rest.sequence.delivered !== delivered || (rest.final === undefined && rest.beats !== beats);
    delivered = rest.sequence.delivered;
    silent = came ? 0 : silent + step;
    if (silent >= (rest.final !== undefined && rest.beats !== beats ? answeredMs : silentMs)) {
      return;
    }
    beats = rest.beats;
    unreported += step;
    if (unreported >= progressMs) {
      unreported = 0;
      onProgress(rest.left);
    }
    askForHeartbeat();
  }
};

const isOver = ({ gone, final, sequence }: Rest): boolean => gone || (final !== undefined && sequence.has(final));
