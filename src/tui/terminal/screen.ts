/**
 * The terminal's second screen, which leaves what was there before as it was, without wrapping lines: a line that a terminal
 * draws wider than we think must not move the others. Restored in every way out.
 */
export class Screen {
  readonly #output: NodeJS.WriteStream;
  #entered = false;
  /** What was asked for, and what the terminal does. */
  #mouse = false;
  #isOn = false;
  readonly #leave = (): void => this.leave();

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  enter(): void {
    if (!this.#entered) {
      this.#entered = true;
      // 1007: the wheel sends arrows on this screen, and selecting stays the terminal's.
      this.#output.write('\x1b[?1049h\x1b[?1007h\x1b[?7l\x1b[?25l\x1b[H\x1b[2J');
      this.mouse(this.#mouse);
      process.on('exit', this.#leave);
    }
  }

  leave(): void {
    if (this.#entered) {
      this.#entered = false;
      this.#isOn = false;
      process.removeListener('exit', this.#leave);
      this.#output.write(`${this.#mouse ? mouseOff : ''}\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l`);
    }
  }

  /** Whether clicks and the wheel come to us, in the coding that has no limits (SGR). */
  mouse(on: boolean): void {
    if (this.#entered && on !== this.#isOn) {
      this.#output.write(on ? mouseOn : mouseOff);
      this.#isOn = on;
    }
    this.#mouse = on;
  }
}

const mouseOn = '\x1b[?1000h\x1b[?1006h';
const mouseOff = '\x1b[?1006l\x1b[?1000l';
