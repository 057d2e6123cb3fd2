/** How many living processes are in each namespace of a type, the host's left out: that is 0 here. */
export class ProcessCounts {
  readonly #counts = new Map<number, number>();

  enter(inode: number): void {
    if (inode !== 0) {
      this.#counts.set(inode, (this.#counts.get(inode) ?? 0) + 1);
    }
  }

  /** @returns whether that was the last one */
  leave(inode: number): boolean {
    if (inode === 0) {
      return false;
    }
    const left = (this.#counts.get(inode) ?? 0) - 1;
    if (left > 0) {
      this.#counts.set(inode, left);
      return false;
    }
    this.#counts.delete(inode);
    return true;
  }
}
