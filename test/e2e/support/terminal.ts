import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { program } from './trace.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a terminal program needs in its environment, and what it must not inherit. */
const plainEnv = { CI: 'false', TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
const unset = ['NO_COLOR', 'FORCE_COLOR', 'COLORTERM', 'LC_CTYPE', 'TMUX'];

/** Synchronized output, as Ink asks terminals for. */
const frame = { begins: '\x1b[?2026h', ends: '\x1b[?2026l' } as const;

const envOf = (more: Readonly<Record<string, string>>): Record<string, string> => {
  const env: Record<string, string | undefined> = { ...process.env, ...plainEnv, ...more };
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || (unset.includes(name) && more[name] === undefined) ? [] : [[name, value]],
    ),
  );
};

/** nstrace in a pseudo terminal, and a terminal emulator that shows what it writes. */
export class Terminal {
  readonly pty: IPty;
  readonly screen: InstanceType<typeof xterm.Terminal>;
  /** All that was written, as it was. */
  raw = '';
  readonly titles: string[] = [];
  readonly exited: Promise<{ exitCode: number; signal?: number | undefined }>;
  /** Status or signal, once it has ended. */
  end: { exitCode: number; signal?: number | undefined } | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(args: readonly string[], { columns = 80, rows = 24, cwd, env = {} }: TerminalOptions = {}) {
    this.screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100 });
    this.screen.onTitleChange((title) => this.titles.push(title));
    this.pty = spawn(program, [...args], {
      ...{ name: env.TERM ?? plainEnv.TERM, cols: columns, rows },
      ...(cwd === undefined ? {} : { cwd }),
      env: envOf(env),
    });
    this.pty.onData((data) => {
      this.raw += data;
      this.#written = new Promise((resolve) => this.screen.write(data, resolve));
    });
    this.exited = new Promise((resolve) => {
      this.pty.onExit((end) => {
        this.end = end;
        // The emulator takes what it is given a moment later.
        void this.#written.then(() => resolve(end));
      });
    });
  }

  /** The lines that are shown now, without blanks at their ends. */
  get lines(): string[] {
    const { active } = this.screen.buffer;
    return Array.from(
      { length: this.screen.rows },
      (_, row) =>
        active
          .getLine(active.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
    );
  }

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }

  /** Whether the second screen is shown, which leaves the first one as it was. */
  get isAlternate(): boolean {
    return this.screen.buffer.active.type === 'alternate';
  }

  /** Whether the last thing that was said of the cursor is that it is to be seen. */
  get isCursorVisible(): boolean {
    return this.raw.lastIndexOf('\x1b[?25h') >= this.raw.lastIndexOf('\x1b[?25l');
  }

  press(...keys: readonly string[]): void {
    for (const key of keys) {
      this.pty.write(key);
    }
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** Whether all frames that began are here to their ends: a terminal is given a large one in pieces. */
  get #isWhole(): boolean {
    return this.raw.lastIndexOf(frame.begins) <= this.raw.lastIndexOf(frame.ends);
  }

  /** Waits until the screen shows it, at most 120 s. */
  async until(wanted: RegExp | ((text: string) => boolean)): Promise<string> {
    for (let tries = 0; tries < 6000; tries += 1) {
      await this.#written;
      const { text } = this;
      if (this.#isWhole && (typeof wanted === 'function' ? wanted(text) : wanted.test(text))) {
        return text;
      }
      await sleep(20);
    }
    throw new Error(`the screen never showed ${String(wanted)}, but:\n${this.text}`);
  }

  /** Presses keys and waits for what they do. */
  async pressUntil(key: string, wanted: RegExp | ((text: string) => boolean)): Promise<string> {
    this.press(key);
    return this.until(wanted);
  }

  async close(): Promise<void> {
    if (this.end === undefined) {
      this.pty.kill('SIGKILL');
      await this.exited;
    }
    this.screen.dispose();
  }
}
