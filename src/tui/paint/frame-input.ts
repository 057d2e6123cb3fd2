import type { Ui } from '../keys/ui.ts';
import type { Listing } from '../rows/listing.ts';
import type { Store } from '../store/store.ts';
import type { CpuOf } from './cpu-meter.ts';
import type { Theme } from './theme.ts';

/** Everything that a frame is made of. */
export interface FrameInput {
  readonly store: Store;
  readonly ui: Ui;
  /** Up to date for `ui.wanted`. */
  readonly listing: Listing;
  readonly theme: Theme;
  readonly columns: number;
  readonly rows: number;
  readonly users: { nameOf(uid: number): string };
  readonly status: Status;
}

/** The state of what is around the view: the trace or the replay. */
export interface Status {
  readonly state: 'tracing' | 'waiting' | 'ended' | 'playing' | 'held' | 'starting';
  /** Seconds since it began. */
  readonly seconds: number;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly recording: string | undefined;
  /** How far the clock of a host is off, where that is measured: `2.3 s ahead (± 4 ms)`. */
  readonly clockOf?: (host: string) => string | undefined;
  /** Where CPU of processes is measured: on this machine, now. */
  readonly cpuOf?: CpuOf;
  /** What it waits for, or what went wrong; the latest. */
  readonly message: { text: string; bad: boolean } | undefined;
  readonly replay: { file: string; position: number; length: number; speed: number } | undefined;
}
