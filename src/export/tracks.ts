import type { RecordOf } from '../record/schema.ts';

/** Names and values beside a slice: name, value, name, value. Undefined ones are left out. */
export type Details = readonly (string | number | boolean | undefined)[];

/** A format of tracks and slices. Times are ns since the header's `mono`, exact up to 104 days of one recording. */
export interface TraceFormat {
  /** The first one: its `mono` is what times count from. */
  header(record: RecordOf<'header'>): void;
  /** Tracks are numbered from 1; parent 0 is the root. */
  track(track: number, parent: number, name: string, kind: TrackKind, pid: number): void;
  begin(track: number, at: number, category: string, name: string, details: Details, flow: Flow): void;
  end(track: number, at: number, details: Details): void;
  instant(track: number, at: number, category: string, name: string, details: Details, flow: Flow): void;
  counter(track: number, at: number, value: number): void;
  /** Nothing more comes on this track. */
  forget(track: number): void;
  finish(): void;
}

export type TrackKind = 'container' | 'process' | 'startup' | 'counter';

/** An arrow that leaves here, or ends here; 0 is none. */
export interface Flow {
  readonly from: number;
  readonly to: number;
}

export const noFlow: Flow = { from: 0, to: 0 };
