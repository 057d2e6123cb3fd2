/**
 * The terminal's second screen, which leaves what was there before as it was, without wrapping lines: a line that a terminal
 * draws wider than we think must not move the others. Restored in every way out.
 */
export class Screen {
  readonly #output: NodeJS.WriteStream;
  #entered = false;
  readonly #leave = (): void => this.leave();

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  enter(): void {
    if (!this.#entered) {
      this.#entered = true;
      this.#output.write('\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[H\x1b[2J');
      process.on('exit', this.#leave);
    }
  }

  leave(): void {
    if (this.#entered) {
      this.#entered = false;
      process.removeListener('exit', this.#leave);
      this.#output.write('\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l');
    }
  }
}
