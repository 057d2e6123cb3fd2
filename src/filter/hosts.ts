import type { NstraceRecord } from '../record/schema.ts';
import { type Glob, matchesGlob, parseGlob } from './glob.ts';

/** Names of hosts that are kept, to be listed. */
const maxNames = 20;

/** The hosts that --host asks for, beside those that the headers of recordings name. */
export class WantedHosts {
  readonly #absent: Set<Glob>;
  readonly #names = new Set<string>();

  constructor(globs: readonly string[]) {
    this.#absent = new Set(globs.map(parseGlob));
  }

  learn(record: NstraceRecord): void {
    if (record.type !== 'header') {
      return;
    }
    const { name } = record.host;
    for (const glob of this.#absent) {
      if (matchesGlob(glob, name)) {
        this.#absent.delete(glob);
      }
    }
    if (this.#names.size < maxNames) {
      this.#names.add(name);
    }
  }

  /** What no host was called so far. */
  absent(): string[] {
    return [...this.#absent].map(({ text }) => text);
  }

  /** The hosts that there were: the first 20. */
  get names(): readonly string[] {
    return [...this.#names];
  }
}
