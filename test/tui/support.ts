import { stripVTControlCharacters } from 'node:util';
import { loadPatterns } from '../../src/filter/pattern.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import type { Effect } from '../../src/tui/keys/effect.ts';
import { Ui } from '../../src/tui/keys/ui.ts';
import { buildFrame } from '../../src/tui/paint/frame.ts';
import type { Status } from '../../src/tui/paint/frame-input.ts';
import { makeTheme } from '../../src/tui/paint/theme.ts';
import type { Frame } from '../../src/tui/rows/layout.ts';
import { Listing } from '../../src/tui/rows/listing.ts';
import type { Mode } from '../../src/tui/rows/rows.ts';
import type { ViewEvent } from '../../src/tui/store/event.ts';
import { Store } from '../../src/tui/store/store.ts';
import {
  container,
  containerNs,
  exec,
  exit,
  failedExec,
  header,
  hostNs,
  process as running,
} from '../fixtures/records.ts';
import { at, castOf, enterOf, inTime, startOf } from '../fixtures/story.ts';

// Clocks on the screen are local ones: the same on every machine.
process.env.TZ = 'UTC';

const compile = await loadPatterns();

export const users = {
  nameOf: (uid: number): string => (uid === 0 ? 'root' : String(uid)),
  idOf: (name: string): number | undefined => (name === 'root' ? 0 : undefined),
  all: (): string[] => ['root'],
};

export const tracing: Status = {
  state: 'tracing',
  seconds: 65,
  cpuPercent: 1.5,
  memoryBytes: 85 * 1024 * 1024,
  recording: undefined,
  message: undefined,
  replay: undefined,
};

export interface DeskOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly isReplay?: boolean;
  readonly color?: boolean;
  readonly unicode?: boolean;
  readonly status?: Partial<Status>;
  /** The mode it begins in. */
  readonly mode?: Mode;
}

/** A store, what the user did, and the screen that comes of both; no terminal, no time. */
export class Desk {
  readonly store = new Store();
  readonly listing = new Listing(this.store);
  readonly ui: Ui;
  columns: number;
  rows: number;
  status: Status;
  readonly #options: DeskOptions;

  constructor(options: DeskOptions = {}) {
    this.#options = options;
    this.ui = new Ui({ isReplay: options.isReplay ?? false, users });
    this.ui.patternsLoaded(compile);
    this.ui.mode = options.mode ?? this.ui.mode;
    this.columns = options.columns ?? 80;
    this.rows = options.rows ?? 24;
    this.status = { ...tracing, ...options.status };
  }

  take(...records: readonly NstraceRecord[]): this {
    for (const record of records) {
      this.store.take(record);
    }
    return this;
  }

  get frame(): Frame {
    const { store, listing, ui, columns, rows, status } = this;
    const { color = false, unicode = true } = this.#options;
    const theme = makeTheme({ colors: color ? 'dark' : 'none', unicode });
    if (ui.wanted !== undefined) {
      listing.update(ui.wanted);
    }
    const frame = buildFrame({ store, listing, ui, columns, rows, status, users, theme });
    ui.correct(frame.corrections);
    return frame;
  }

  /** Presses keys, each on the screen that the one before it made; returns what the last one asked for. */
  press(...keys: readonly string[]): Effect | undefined {
    let effect: Effect | undefined;
    for (const key of keys) {
      effect = this.ui.press(key, this.frame.layout);
    }
    return effect;
  }

  /** The letters of a text, one key each. */
  type(text: string): this {
    this.press(...text);
    return this;
  }

  /** The lines without styles. */
  get lines(): string[] {
    return this.frame.lines.map(stripVTControlCharacters);
  }

  get text(): string {
    return this.lines.map((line) => line.trimEnd()).join('\n');
  }

  /** Lines between the two at the top and the one at the bottom, without the empty ones. */
  get body(): string[] {
    return this.lines
      .slice(2, -1)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  }

  get foot(): string {
    return this.lines.at(-1)!.trimEnd();
  }

  get head(): string {
    return this.lines[0]!.trimEnd();
  }

  get second(): string {
    return this.lines[1]!.trimEnd();
  }

  /** The line under the cursor, without its styles; undefined if none is shown. */
  get underCursor(): string | undefined {
    const found = this.frame.lines.find((line) => line.includes('\x1b[7m'));
    return found === undefined ? undefined : stripVTControlCharacters(found).trim();
  }
}

/** N execs on the host, a ms each: `run 0`, `run 1`, ... */
export const execs = (count: number, from = 0): NstraceRecord[] =>
  Array.from({ length: count }, (_, index) => {
    // Thousands are wanted: their wall clock stands still after the first ones.
    const when = index < 1000 ? at(from + index) : { mono: String(5_000_000_000 + (from + index) * 1_000_000) };
    return exec({ ...when, pid: 1000 + ((from + index) % 30_000), args: ['run', String(from + index)] });
  });

export const web = { id: 'web0123456789abc', name: 'web', runtime: 'docker' } as const;
export const webNs = { ...containerNs, pid: 4026532700 };
export const inWeb = { ns: webNs, container: { ...web } };

/** A host, the article's container with `top` in it, and a web server of Docker that was there before. */
export const aBusyMachine = (): NstraceRecord[] => {
  const { ref, pids, inside } = castOf();
  return [
    header({ ...at(-1000), host_ns: hostNs }),
    running({ ...at(-1000), pid: 1, nspid: [1], ppid: 0, comm: 'init', exe: '/sbin/init', args: ['/sbin/init'] }),
    running({ ...at(-1000), pid: 400, nspid: [400], ppid: 1, comm: 'bash', exe: '/bin/bash', args: ['-bash'] }),
    container({
      ...at(-1000),
      op: 'seen',
      container: { ...web, pidns: webNs.pid, init: 2000, image: 'nginx:1', cgroups: ['/docker/web'] },
    }),
    running({
      ...at(-1000),
      ...inWeb,
      ...{ pid: 2000, nspid: [2000, 1], ppid: 1, uid: 101, gid: 101, origin: 'init' },
      ...{ comm: 'nginx', exe: '/usr/sbin/nginx', args: ['nginx', '-g', 'daemon off;'] },
    }),
    ...inTime(
      ...startOf(),
      ...enterOf().slice(0, -2),
      failedExec({ ...at(300), pid: 900, nspid: [900], args: ['nowhere', '--now'], exe: '/usr/bin/nowhere' }),
      exec({
        ...at(400),
        ...inWeb,
        ...{ pid: 2010, nspid: [2010, 8], ppid: 2000, uid: 101, origin: 'born' },
        ...{ comm: 'curl', exe: '/usr/bin/curl', args: ['curl', '-s', 'http://localhost/health'] },
      }),
      exit({ ...at(450), ...inWeb, pid: 2010, nspid: [2010, 8], ppid: 2000, comm: 'curl', code: 7 }),
      exec({ ...at(500), ...inside(10140, 10), container: { ...ref }, ppid: pids.init, args: ['sleep', '1'] }),
    ),
  ];
};

export const eventOf = (desk: Desk, wanted: (event: ViewEvent) => boolean): ViewEvent => {
  const found = desk.store.events.all.find(wanted);
  if (found !== undefined) {
    return found;
  }
  throw new Error('there is no such event');
};

/** Text that programs choose to fool who watches: escape sequences, marks that turn text round, wide and combining ones. */
export const hostile = {
  title: '\x1b]0;owned\x07',
  color: '\x1b[31mred\x1b[0m',
  c1: '\x9b31m\x90q\x9c',
  lines: 'two\nlines\r\ttab',
  rtl: '\u202eevil\u2066\u200f',
  hebrew: 'שלום',
  wide: '日本語の長い名前',
  emoji: '😀👍🏽🇩🇪',
  combining: 'e\u0301'.repeat(5),
  zalgo: `a${'\u0300'.repeat(40)}`,
  zeroWidth: 'a\u200bb\ufeffc',
  clear: '\x1b[2J\x1b[H',
} as const;
export const hostileText = Object.values(hostile).join(' ');

/** No control character of a frame but the styles of its lines. */
export const withoutStyles = (line: string): string => line.replaceAll(/\x1b\[[\d;]*m/g, '');
export const unsafe = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
