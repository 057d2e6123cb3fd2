import { writeSync } from 'node:fs';
import type { Progress } from '../recording/read/reader.ts';

/** Work that is done by then needs no progress. */
const afterMs = 1000;
const everyMs = 200;

/** How far reading is, in one line of the terminal that is gone when something else is said. */
export class ProgressLine {
  readonly #name: string;
  readonly #began = performance.now();
  #shownAt = 0;
  #shown = false;

  constructor(name: string) {
    this.#name = name;
  }

  readonly show = ({ bytes, total }: Progress): void => {
    const now = performance.now();
    if (now - this.#began < afterMs || now - this.#shownAt < everyMs) {
      return;
    }
    this.#shownAt = now;
    this.#shown = true;
    const how =
      total > 0
        ? `${Math.min(99, Math.floor((100 * bytes) / total))} %`
        : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
    put(`\r\x1b[Knstrace: reading ${this.#name}: ${how}`);
  };

  readonly clear = (): void => {
    if (this.#shown) {
      this.#shown = false;
      put('\r\x1b[K');
    }
  };
}

const put = (text: string): void => {
  try {
    writeSync(2, text);
  } catch {
    // The terminal is gone.
  }
};
