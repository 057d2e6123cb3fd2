import { NstraceError } from '../../errors.ts';
import { clockNs } from '../../record/clock.ts';
import type { ContainerRef, NstraceRecord } from '../../record/schema.ts';
import { decode, LineCutter, parseObject } from './lines.ts';
import { type InputFile, openSource } from './source.ts';

/** How a `container` record with the op `named` looks in its line, as nstrace writes it. */
const namedMark = Buffer.from('"op":"named"');
const headerMark = Buffer.from('{"type":"header"');
const newline = 0x0a;
/** Late names that are kept, of all recordings together. */
const maxNames = 1_000_000;

interface LateName {
  readonly name: string;
  readonly runtime: string;
  /** It holds for the records before this one. */
  readonly seq: number;
}

/** Names that containers got after their first records. A record gets the name that was learned after it. */
export class LateNames {
  readonly #recordings = new Map<string, Map<string, LateName>>();
  #count = 0;

  get empty(): boolean {
    return this.#count === 0;
  }

  /** Takes note of what a record says of a late name; a new name for a container (`renamed`) is none. */
  learn(record: unknown, recording: string): void {
    const { type, op, seq, reason, container } = record as Record<string, unknown>;
    if (type !== 'container' || op !== 'named' || reason === 'renamed' || typeof seq !== 'number') {
      return;
    }
    const { id, name, runtime, instance } = (container ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || this.#count >= maxNames) {
      return;
    }
    const late = { name: String(name), runtime: String(runtime), seq };
    const names = this.#recordings.get(recording) ?? new Map<string, LateName>();
    this.#recordings.set(recording, names);
    this.#count += 1;
    if (typeof instance === 'number') {
      names.set(instanceKey(instance), late);
    } else {
      names.set(runtimeKey(late.runtime, id), late);
      // The runtime may be learned late too.
      names.set(id, late);
    }
  }

  /** Gives a record of a recording the name that its container got later. Returns whether it was changed. */
  apply(record: NstraceRecord, recording: string): boolean {
    if (this.#count === 0 || !('container' in record) || !record.container) {
      return false;
    }
    const names = this.#recordings.get(recording);
    if (names === undefined) {
      return false;
    }
    let changed = rename(record.container, record.seq, names);
    for (const outer of (record.type === 'container' && record.container.inside) || []) {
      changed = rename(outer, record.seq, names) || changed;
    }
    return changed;
  }
}

const instanceKey = (instance: number): string => `#${instance}`;
const runtimeKey = (runtime: string, id: string): string => `${runtime}\0${id}`;

const rename = (container: ContainerRef, seq: number, names: ReadonlyMap<string, LateName>): boolean => {
  const late =
    container.instance === undefined
      ? (names.get(runtimeKey(container.runtime, container.id)) ?? names.get(container.id))
      : names.get(instanceKey(container.instance));
  if (late === undefined || seq >= late.seq || (container.name === late.name && container.runtime === late.runtime)) {
    return false;
  }
  container.name = late.name;
  container.runtime = late.runtime;
  return true;
};

/** Looks for more than late names, before the records are read. */
export interface Seeker {
  /** Bytes of lines that it is given. Others may come with them. */
  readonly marks: readonly Buffer[];
  /** @param record as it was parsed, of any shape */
  take(record: Record<string, unknown>, recording: string): void;
  /** All files were looked through. */
  settle(): void;
}

/** What has to be known of a recording before it is shown: late names, and when its last record was. */
export interface Survey {
  readonly names: LateNames;
  /** In ns of the clock of the stream. */
  lastAt: number | undefined;
}

/**
 * Looks a file through for late names, without reading its records.
 *
 * @param onBytes called with the bytes that were looked through, chunk by chunk
 */
export const survey = async (
  place: InputFile,
  signal: AbortSignal,
  found: Survey = { names: new LateNames(), lastAt: undefined },
  onBytes?: (count: number) => void,
  seeker?: Seeker,
): Promise<Survey> => {
  const cutter = new LineCutter();
  let recording = '';
  let isMerged = false;
  let last: Buffer | undefined;
  const look = (bytes: Buffer): void => {
    for (const line of markedLines(bytes, seeker?.marks ?? [])) {
      const record = parseObject(line);
      if (record?.type === 'header') {
        recording = String(record.recording);
        isMerged ||= record.source_seq !== undefined;
      } else if (record !== undefined) {
        // A merged stream names the recording of each record.
        const source = typeof record.recording === 'string' ? record.recording : recording;
        found.names.learn(record, source);
        seeker?.take(record, source);
      }
    }
  };
  try {
    for await (const chunk of openSource(place, { follow: false, signal })) {
      for (const bytes of cutter.take(chunk)) {
        look(bytes);
        last = bytes;
      }
      // The chunk is good until the next one.
      last = last && Buffer.from(last.subarray(last.lastIndexOf(newline, -2) + 1));
      onBytes?.(chunk.length);
    }
    look(cutter.rest());
  } catch (error) {
    if (error instanceof NstraceError) {
      throw error;
    }
    // What is wrong with the file is reported when its records are read.
  }
  found.lastAt = (last && timeOf(parseObject(decode(last)), isMerged)) ?? found.lastAt;
  return found;
};

/** The lines that may be a header or a late name, or have one of these marks, in their order. */
const markedLines = (bytes: Buffer, marks: readonly Buffer[]): string[] => {
  const ranges = new Map<number, number>();
  for (const mark of [headerMark, namedMark, ...marks]) {
    for (let at = bytes.indexOf(mark); at !== -1; ) {
      const from = at === 0 ? 0 : bytes.lastIndexOf(newline, at) + 1;
      const end = bytes.indexOf(newline, at);
      const to = end === -1 ? bytes.length : end;
      if (mark !== headerMark || from === at) {
        ranges.set(from, to);
      }
      at = bytes.indexOf(mark, to);
    }
  }
  return [...ranges].sort(([a], [b]) => a - b).map(([from, to]) => decode(bytes.subarray(from, to)));
};

/** When a record was made; the footer of a merged stream is from none of its sources. */
const timeOf = (record: Record<string, unknown> | undefined, isMerged: boolean): number | undefined => {
  const { time, mono } = record ?? {};
  return typeof time === 'string' && typeof mono === 'string'
    ? clockNs({ time, mono, source_seq: isMerged ? 1 : undefined })
    : undefined;
};
