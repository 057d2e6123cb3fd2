import type { Output } from './output.ts';
import type { TimelinePrinter } from './timelines.ts';

/** The timelines of a trace. The printer takes its records before they are filtered: nothing is written for each. */
export class TimelineTrace implements Output {
  readonly #printer: TimelinePrinter;

  constructor(printer: TimelinePrinter) {
    this.#printer = printer;
  }

  record(): void {}

  flush(mono: string): void {
    this.#printer.passed(mono);
  }

  get pending(): number {
    return this.#printer.pending;
  }

  async close(): Promise<void> {
    await this.#printer.end();
  }

  async end(): Promise<void> {
    await this.#printer.end();
  }
}
