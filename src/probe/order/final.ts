/**
 * The totals of the probes after they were stopped. A probe that was under way then can still count a line: two heartbeats
 * must agree.
 */
export class FinalTotals {
  #isStopped = false;
  #before: ReadonlyMap<number, number> | undefined;
  /** Lines made, by CPU; undefined until they are certain. */
  totals: ReadonlyMap<number, number> | undefined;

  /** The probes were stopped. */
  stop(): void {
    this.#isStopped = true;
  }

  /** A heartbeat, with the totals that it says. */
  beat(totals: ReadonlyMap<number, number>): void {
    if (!this.#isStopped || this.totals !== undefined) {
      return;
    }
    const before = this.#before;
    this.#before = totals;
    if (before !== undefined && [...totals].every(([cpu, total]) => before.get(cpu) === total)) {
      this.totals = totals;
    }
  }
}
