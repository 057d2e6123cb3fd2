/** Lines of one part of a recording that are sent together. */
export interface Batch {
  readonly recording: string;
  /** Numbers of its first and last record. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly records: number;
  /** NDJSON as it leaves the host: whole lines, masked unless that is switched off. */
  readonly text: string;
  /** The header of the recording, as a line. */
  readonly header: string;
}

/** A batch ends at the first of these. Both stay below what a message of NATS (1 MiB) can hold, also if nothing compresses. */
export const maxBatchRecords = 1000;
export const maxBatchBytes = 512 * 1024;

/** The number of a record, out of its line, without parsing all of it; undefined where it is not the usual place. */
export const seqOf = (line: string): number | undefined => {
  const at = line.indexOf('"seq":');
  const seq = at < 0 || at > maxSeqOffset ? Number.NaN : Number.parseInt(line.slice(at + 6, at + 22), 10);
  return Number.isNaN(seq) ? undefined : seq;
};

/** nstrace writes `type`, then `seq`. */
const maxSeqOffset = 64;
