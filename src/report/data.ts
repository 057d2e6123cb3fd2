import type { ContainerInfo, RecordOf } from '../record/schema.ts';
import type { Timeline } from '../timeline/schema.ts';

/** What a report's page is given: made by the command, read by the page. Times are ns since the recording's beginning. */
export interface ReportData {
  readonly format: 1;
  /** Of the first recording. */
  readonly header: RecordOf<'header'>;
  /** Whether its times are shown in UTC, not in the reader's zone. */
  readonly utc: boolean;
  /** Recordings that are reported together; of a single one nothing else says which it is. */
  readonly sources: readonly SourceRecording[];
  /** Of the last record. */
  readonly end: number;
  readonly footer: RecordOf<'footer'> | undefined;
  /** Places in which the file is damaged. */
  readonly damage: number;
  readonly summary: ReportSummary;
  readonly lives: readonly Life[];
  /** Containers beyond the limit, that are only counted. */
  readonly moreLives: number;
  readonly packed: Packed;
  readonly kept: KeptEvents;
}

/** One of several recordings: its pids, namespaces and instances are its own. */
export interface SourceRecording {
  readonly recording: string;
  readonly host: string;
  readonly host_ns: RecordOf<'header'>['host_ns'];
}

/** How many events the page has one by one. */
export interface KeptEvents {
  readonly total: number;
  readonly kept: number;
  /** From when on events of the host, and those of containers, are missing one by one. */
  readonly hostUntil: number | undefined;
  readonly until: number | undefined;
}

export interface ReportSummary {
  readonly counts: Readonly<Record<string, number>>;
  readonly failedExecs: number;
  readonly badExits: number;
  readonly programs: readonly Ranked[];
  readonly failures: readonly Ranked[];
  readonly joins: readonly Join[];
  readonly joinCount: number;
  readonly lost: number;
  readonly lostExact: boolean;
  readonly losses: readonly Loss[];
  /** Execs in equal steps of time, from the beginning to `end`. */
  readonly activity: readonly number[];
}

/** A name and how often it was there; `where` says in which containers, the most frequent first. */
export interface Ranked {
  readonly name: string;
  readonly count: number;
  readonly where: readonly string[];
}

export interface Join {
  readonly at: number;
  /** Where there are several. */
  readonly recording: string | undefined;
  readonly key: string;
  readonly name: string;
  readonly pid: number | undefined;
  readonly by: RecordOf<'container'>['by'];
  readonly askedBy: RecordOf<'container'>['asked_by'];
}

export interface Loss {
  readonly at: number;
  readonly count: number;
  readonly exact: boolean;
  readonly stage: string;
}

/** A container from its beginning to its end, without the steps of it. */
export interface Life
  extends Pick<
    Timeline,
    'seen' | 'asked' | 'asked_by' | 'startup_ns' | 'startup' | 'code' | 'signal' | 'oom' | 'counts' | 'dropped' | 'lost'
  > {
  readonly key: string;
  /** The recording that it is of, where there are several. */
  readonly recording: string | undefined;
  readonly container: ContainerInfo;
  readonly begin: number;
  readonly started: number | undefined;
  readonly stopped: number | undefined;
  readonly removed: number | undefined;
  /** Processes outside that work for it: pid, and a moment at which it lived. */
  readonly helpers: readonly (readonly [pid: number, at: number])[];
}

/** Records as numbers and a list of their values: most values are there many times. */
export interface Packed {
  readonly shapes: readonly (readonly string[])[];
  readonly values: readonly unknown[];
  /** Of each record: shape, seq and ns since the one before, then a number a key: n * 2 + 1, or twice a place in `values`. */
  readonly rows: readonly number[];
  readonly count: number;
}

/** By instance, where recordings have it, and by recording, where there are several. */
export const lifeKey = (
  { id, runtime, instance }: { id: string; runtime: string; instance?: number | undefined },
  recording: string | undefined,
): string => {
  const key = instance === undefined ? `${runtime}/${id}` : String(instance);
  return recording === undefined ? key : `${recording} ${key}`;
};

/** A pid, or an inode, means something within its recording only. */
export const scopedKey = (number: number, recording: string | undefined): number | string =>
  recording === undefined ? number : `${recording} ${number}`;
