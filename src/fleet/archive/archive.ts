import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../errors.ts';
import { ParquetFolder } from '../../query/parquet.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import { subjectToken } from '../sinks/nats.ts';
import { type HostShare, isInShare } from '../stream/host-share.ts';
import { Merger } from '../stream/merger.ts';
import { type FleetOptions, readStream, streamName } from '../stream/stream.ts';
import { type ArchiveState, readState, requireWriters, shareEnding, writeState } from './state.ts';

export interface ArchiveOptions extends Pick<FleetOptions, 'access' | 'cluster' | 'signal' | 'onDamage' | 'onBytes'> {
  readonly folder: string;
  /** Which hosts, where several write to the folder. */
  readonly share: HostShare | undefined;
}

/** Records of one set of files. */
const chunkRecords = 200_000;
/** What files are called while they are written. */
const unfinished = (share: HostShare | undefined): string => `${shareEnding(share)}.new`;

/**
 * Writes what a stream has, and what its archive does not, as Parquet: `cluster=C/day=YYYY-MM-DD/TYPE-FIRST-LAST.parquet`, by
 * the numbers of the stream's messages. Several writers have a share of the hosts each. It goes on where it stopped, also after a kill: then the files that were being
 * written are written again under the same names.
 *
 * @returns how many records were written
 * @throws NstraceError (2) if the folder is an archive of something else
 */
export const archive = async (options: ArchiveOptions): Promise<number> => {
  const { folder, cluster, signal, share } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  requireWriters(folder, share);
  const stream = `${streamName}${cluster === undefined ? '' : `/${cluster}`}`;
  const state = readState(folder, share) ?? { stream, message: 0, until: undefined, merger: { seq: 0, sources: [] } };
  if (state.stream !== stream) {
    throw usageError(`${folder} is an archive of ${state.stream}, not of ${stream}`, 'name another folder with -o');
  }
  const writer = new Writer(folder, share, state, new Merger(options.onDamage, state.merger));
  const from = state.message + 1;
  for await (const { records, cluster: of, message } of readStream({
    ...options,
    ...{ merger: writer.merger, from, since: undefined, until: undefined, follow: false },
    wantsSubject: (subject) => share === undefined || isInShare(subject, share),
    onMessage: (message) => writer.see(message),
  })) {
    await writer.take(of, records, message);
  }
  if (!signal.aborted) {
    await writer.finish();
  }
  return writer.written;
};

/** Collects records and writes them, a set of files at a time. */
class Writer {
  readonly merger: Merger;
  readonly #folder: string;
  readonly #share: HostShare | undefined;
  #state: ArchiveState;
  #first = 0;
  #last = 0;
  /** The last message of the stream, for whomever it was. */
  #seen = 0;
  #records = 0;
  /** By where they are in the folder. */
  readonly #files = new Map<string, ParquetFolder>();
  written = 0;

  constructor(folder: string, share: HostShare | undefined, state: ArchiveState, merger: Merger) {
    this.#folder = folder;
    this.#share = share;
    this.#state = state;
    this.merger = merger;
  }

  see(message: number): void {
    this.#seen = message;
  }

  async take(cluster: string, records: readonly NstraceRecord[], message: number): Promise<void> {
    this.#first ||= message;
    this.#last = message;
    for (const record of records) {
      const place = `cluster=${subjectToken(cluster)}/day=${record.time.slice(0, 10)}`;
      const files = this.#files.get(place) ?? (await this.#open(place));
      files.take(record);
    }
    this.#records += records.length;
    const { until } = this.#state;
    // A set that was planned before a kill ends where it ended then.
    if (message === until || (this.#records >= chunkRecords && (until === undefined || message > until))) {
      await this.finish();
    }
  }

  async finish(): Promise<void> {
    const share = this.#share;
    if (this.#last > 0) {
      const ending = `-${numberOf(this.#first)}-${numberOf(this.#last)}${shareEnding(share)}`;
      writeState(this.#folder, share, { ...this.#state, until: this.#last });
      for (const [place, files] of this.#files) {
        for (const type of (await files.end(unfinished(share))).keys()) {
          const path = join(this.#folder, place, type);
          renameSync(`${path}.parquet${unfinished(share)}`, `${path}${ending}.parquet`);
        }
      }
    }
    // What is for other writers is not read again. A set that was planned before a kill has its end still to come.
    const { until } = this.#state;
    const message = Math.max(
      this.#state.message,
      this.#last,
      until === undefined || this.#last >= until ? this.#seen : 0,
    );
    if (message === this.#state.message) {
      return;
    }
    this.#state = { ...this.#state, message, until: undefined, merger: this.merger.state };
    writeState(this.#folder, share, this.#state);
    this.written += this.#records;
    this.#files.clear();
    this.#records = 0;
    this.#first = 0;
    this.#last = 0;
  }

  async #open(place: string): Promise<ParquetFolder> {
    const files = await ParquetFolder.make(join(this.#folder, place), true, 'archive');
    this.#files.set(place, files);
    return files;
  }
}

/** Names sort as numbers do. */
const numberOf = (message: number): string => String(message).padStart(12, '0');
