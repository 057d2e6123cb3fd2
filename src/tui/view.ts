import type { Effect } from './keys/effect.ts';
import type { Ui } from './keys/ui.ts';
import { buildFrame } from './paint/frame.ts';
import type { Status } from './paint/frame-input.ts';
import type { Theme } from './paint/theme.ts';
import type { Frame } from './rows/layout.ts';
import { Listing } from './rows/listing.ts';
import { Store } from './store/store.ts';

/** A frame is made at most once in this time; keys are shown at once. */
const tickMs = 100;
/** Time goes on though nothing happens. */
const idleMs = 1000;
/** Frames that are slow come less often: they take at most this part of the time. */
const frameShare = 0.12;

/** How long it is from a frame to the next one, in ms, by the CPU time that it took. */
export const pauseAfter = (cpuMs: number): number => Math.min(idleMs, Math.max(tickMs, cpuMs / frameShare));

export interface ViewOptions {
  readonly ui: Ui;
  readonly theme: Theme;
  readonly users: { nameOf(uid: number): string };
  readonly size: () => { columns: number; rows: number };
  readonly status: () => Status;
  readonly onEffect: (effect: Effect) => void;
}

/** Makes frames of records, keys and time. React only shows them. */
export class View {
  store = new Store();
  readonly ui: Ui;
  readonly #options: ViewOptions;
  #listing = new Listing(this.store);
  #frame: Frame | undefined;
  #shown = { version: -1, at: 0 };
  #timer: NodeJS.Timeout | undefined;
  #drawing: NodeJS.Immediate | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(options: ViewOptions) {
    this.#options = options;
    this.ui = options.ui;
  }

  get frame(): Frame {
    this.#frame ??= this.#build();
    return this.#frame;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Frame => this.frame;

  /** Begins anew: a recording was wound back. */
  restart(): void {
    this.store = new Store();
    this.#listing = new Listing(this.store);
    this.ui.restart();
  }

  start(): void {
    this.#timer = setTimeout(() => this.#tick(), tickMs);
  }

  stop(): void {
    clearImmediate(this.#drawing);
    clearTimeout(this.#timer);
  }

  press(key: string): void {
    const effect = this.ui.press(key, this.frame.layout);
    if (effect !== undefined) {
      this.#options.onEffect(effect);
    }
    this.refresh();
  }

  /** A click on a line of the screen, from 0. */
  click(line: number): void {
    const effect = this.ui.click(line, this.frame.layout);
    if (effect !== undefined) {
      this.#options.onEffect(effect);
    }
    this.refresh();
  }

  /** Shows what is so now. */
  refresh(): void {
    this.#frame = this.#build();
    this.#shown = { version: this.store.version, at: performance.now() };
    for (const listener of this.#listeners) {
      listener();
    }
  }

  #build(): Frame {
    const { ui, theme, users, size, status } = this.#options;
    const { columns, rows } = size();
    if (ui.wanted !== undefined) {
      this.#listing.update(ui.wanted);
    }
    // A frame as high as the terminal makes Ink clear it each time.
    const frame = buildFrame({
      store: this.store,
      ui,
      listing: this.#listing,
      theme,
      users,
      columns: Math.max(1, columns),
      rows: Math.max(1, rows - 1),
      status: status(),
    });
    ui.correct(frame.corrections);
    return frame;
  }

  #tick(): void {
    const before = process.cpuUsage();
    const isOld = performance.now() - this.#shown.at >= idleMs;
    if (this.store.version !== this.#shown.version || this.#listing.behind || isOld) {
      this.refresh();
    }
    // Ink draws after this.
    this.#drawing = setImmediate(() => {
      const { user, system } = process.cpuUsage(before);
      this.#timer = setTimeout(() => this.#tick(), pauseAfter((user + system) / 1000));
    });
  }
}
