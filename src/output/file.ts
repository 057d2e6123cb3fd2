import { say } from '../console/say.ts';
import { standardOutput } from '../console/stdout.ts';
import type { Stop } from '../console/stop.ts';
import { cannotOpen, cannotWrite, recordingGone } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { partPath, partsOf, removePart } from '../recording/part-names.ts';
import { type FileOptions, openRecording } from '../recording/write/file.ts';
import type { Totals } from '../recording/write/rotate.ts';
import type { OnSinkError, SizedSink } from '../recording/write/sink.ts';
import { FileGone } from '../recording/write/sinks/file.ts';
import { sinkOf } from '../recording/write/sinks/gzip.ts';
import { JsonOutput } from './json.ts';
import type { Wants } from './output.ts';
import { PartsOutput } from './parts.ts';

/** Where a recording goes: one file or standard output, or parts. */
export type RecordOutput = JsonOutput | PartsOutput;

/** When a part of a recording ends. */
export interface RotateLimits {
  readonly bytes: number | undefined;
  readonly ms: number | undefined;
}

export interface RotateValues {
  rotate?: RotateLimits;
  keep?: number;
  compress?: boolean;
}

interface OpenOptions {
  readonly file: string;
  readonly values: RotateValues & Partial<FileOptions>;
  readonly stop: Stop;
  readonly change: ((record: NstraceRecord) => NstraceRecord) | undefined;
  readonly wants: Wants;
}

/**
 * Opens the file, or the first part.
 *
 * @param onBroken takes why nothing more could be written
 * @throws NstraceError (1) if it cannot be made
 */
export const openOutput = (options: OpenOptions, onBroken: (error: Error) => void): RecordOutput => {
  const { file, values, stop, change, wants } = options;
  const { rotate, keep, compress = false, force = false, owner, group } = values;
  if (file === '-') {
    return new JsonOutput(standardOutput(stop), 'pipe', change);
  }
  const open = (path: string): SizedSink => {
    const onError: OnSinkError = (error) => {
      onBroken(error instanceof FileGone ? recordingGone(path, error.message) : cannotWrite(path, error.message));
      stop.now('failure');
    };
    const descriptor = openRecording(path, { force, owner, group });
    return sinkOf(path, descriptor, onError);
  };
  if (rotate === undefined) {
    return new JsonOutput(open(file), 'disk', change);
  }
  const path = compress && !file.endsWith('.gz') ? `${file}.gz` : file;
  clearParts(path, force);
  const { bytes: maxBytes, ms: maxMs } = rotate;
  const output = new PartsOutput({ path, maxBytes, maxMs, keep, open, onNotice: say, change, wants });
  stop.onHangup = () => output.writer.ask();
  return output;
};

/** Parts of an older recording would be taken for parts of this one. */
const clearParts = (path: string, force: boolean): void => {
  const [first, ...more] = partsOf(path.replace(/\.gz$/, ''));
  if (first === undefined) {
    return;
  }
  if (!force) {
    throw cannotOpen(
      partPath(path, 1),
      `${first} is there`,
      'name another file with -o, or remove its parts with --force',
    );
  }
  for (const old of [first, ...more]) {
    removePart(old);
  }
};

/** The files that are there now. */
export const pathsOf = (file: string, output: RecordOutput | undefined): readonly string[] =>
  output instanceof PartsOutput ? output.writer.paths : [file];

export const totalsOf = (output: RecordOutput): Totals => {
  if (output instanceof PartsOutput) {
    return output.writer.totals;
  }
  const { tally, complete } = output.writer;
  const { records, events, lost, exact, cut } = tally;
  return { records, execs: events.exec ?? 0, exits: events.exit ?? 0, lost, exact, cut, complete };
};
