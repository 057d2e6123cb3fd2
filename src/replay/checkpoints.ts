/** What is needed to go on from a place in a recording without reading what is before it. */
export interface Checkpoint<Place, State> {
  /** Kernel time in ns that had come when it was taken. */
  readonly at: bigint;
  /** Records before it. */
  readonly count: number;
  readonly place: Place;
  readonly state: State;
}

/** Records between two checkpoints, at first. */
export const firstSpacing = 10_000;
/** With more of them every second one goes, and the spaces are twice as long. */
export const maxCheckpoints = 128;

/** Checkpoints of a recording that is played, spread over what was read of it. */
export class Checkpoints<Place, State> {
  #taken: Checkpoint<Place, State>[] = [];
  #spacing = firstSpacing;

  /** Whether one should be taken after that many records. */
  isDue(count: number): boolean {
    return count >= (this.#taken.at(-1)?.count ?? 0) + this.#spacing;
  }

  add(checkpoint: Checkpoint<Place, State>): void {
    this.#taken.push(checkpoint);
    if (this.#taken.length > maxCheckpoints) {
      this.#taken = this.#taken.filter((_, index) => index % 2 === 1);
      this.#spacing *= 2;
    }
  }

  /**
   * The last one before a time that has at least that many records between it and the last one before that time: what is
   * read again from there on is what can be scrolled back to.
   */
  before(at: bigint, records: number): Checkpoint<Place, State> | undefined {
    const earlier = this.#taken.filter((checkpoint) => checkpoint.at < at);
    const most = (earlier.at(-1)?.count ?? 0) - records;
    return earlier.findLast(({ count }) => count <= most);
  }
}
