import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import { valid } from '../../record/valid.ts';

/** What one host sent at once, unpacked. */
export interface HostBatch {
  readonly cluster: string;
  readonly host: string;
  readonly recording: string;
  /** Records as lines of NDJSON. */
  readonly text: string;
  /** The header of the recording as a line; empty if it did not fit. */
  readonly header: string;
}

/** Records of one recording, as they stand in a merged stream. */
export interface MergedBatch {
  readonly cluster: string;
  readonly host: string;
  readonly header: RecordOf<'header'> | undefined;
  readonly records: NstraceRecord[];
}

/** How far one recording was read. */
interface Source {
  seq: number;
  header: RecordOf<'header'> | undefined;
  /** Whether it has begun: its header was given. */
  begun: boolean;
  /** Parts that were read from their beginning: the second one repeats what is known. */
  parts: number;
}

/** What a merger knows, for one that goes on with the same stream. */
export interface MergerState {
  readonly seq: number;
  readonly sources: readonly (readonly [recording: string, seq: number, begun: boolean, parts: number])[];
}

/**
 * Merges the recordings of a fleet: gives each record the number of the merged stream, and says where it is from (`host`,
 * `recording`, `source_seq`). A recording has one header, before its records; what its parts repeat, and what was stored
 * twice, comes once.
 */
export class Merger {
  readonly #sources = new Map<string, Source>();
  readonly #onDamage: (text: string) => void;
  #seq = 0;

  /**
   * @param onDamage takes what is wrong with a line
   * @param state of one that read the stream before
   */
  constructor(onDamage: (text: string) => void, state: MergerState = { seq: 0, sources: [] }) {
    this.#onDamage = onDamage;
    this.#seq = state.seq;
    for (const [recording, seq, begun, parts] of state.sources) {
      this.#sources.set(recording, { seq, header: undefined, begun, parts });
    }
  }

  get state(): MergerState {
    return {
      seq: this.#seq,
      sources: [...this.#sources].map(([recording, { seq, begun, parts }]) => [recording, seq, begun, parts]),
    };
  }

  /** @param wants whether a record is wanted; what is not gets no number */
  take(delivery: HostBatch, wants: (record: NstraceRecord) => boolean = () => true): MergedBatch {
    const { cluster, host, recording, text } = delivery;
    let source = this.#sources.get(recording);
    if (source === undefined) {
      source = { seq: 0, header: undefined, begun: false, parts: 0 };
      this.#sources.set(recording, source);
    }
    const records: NstraceRecord[] = [];
    this.#begin(source, delivery, records);
    for (const line of text.split('\n')) {
      const record = line === '' ? undefined : this.#parse(line, host);
      if (record !== undefined && record.seq > source.seq) {
        source.seq = record.seq;
        if (record.type === 'header') {
          source.parts += 1;
        } else if (!isRepeated(record, source) && wants(record)) {
          records.push(this.#number({ ...record, host, recording, source_seq: record.seq }));
        }
      }
    }
    return { cluster, host, header: source.header, records };
  }

  /** Who comes in later does not see the line that says which host it is: the header comes with each delivery. */
  #begin(source: Source, { text, header, host }: HostBatch, records: NstraceRecord[]): void {
    if (source.begun) {
      return;
    }
    const first = text.startsWith('{"type":"header"') ? text.slice(0, text.indexOf('\n')) : header;
    const record = first === '' ? undefined : this.#parse(first, host);
    if (record?.type === 'header') {
      source.header = this.#number({ ...record, source_seq: record.seq }) as RecordOf<'header'>;
      source.begun = true;
      records.push(source.header);
    }
  }

  #number(record: NstraceRecord): NstraceRecord {
    this.#seq += 1;
    record.seq = this.#seq;
    return record;
  }

  #parse(line: string, host: string): NstraceRecord | undefined {
    try {
      const value = JSON.parse(line) as NstraceRecord;
      if (valid.get(value.type)?.(value)) {
        return value;
      }
      // Types that this version does not know are left out in silence.
      if (typeof value.type === 'string' && !valid.has(value.type)) {
        return undefined;
      }
    } catch {
      // Said below.
    }
    this.#onDamage(`a line of ${host} is no record`);
    return undefined;
  }
}

/** What a later part carries over, and the footer of a part that another one follows. */
const isRepeated = (record: NstraceRecord, { parts }: Source): boolean =>
  (parts > 1 && (record as { carried?: boolean }).carried === true) ||
  (record.type === 'footer' && record.reason.startsWith('rotat'));
