import { counted } from '../../kernel/plural.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import { valid } from '../../record/valid.ts';
import type { Damage } from './damage.ts';
import { type Brief, briefRecordOf } from './fast-line.ts';
import { needsSchema, parseRecord, type Schema } from './parse.ts';
import { seqOfUnwanted } from './unwanted.ts';

export type RecordType = NstraceRecord['type'];

/** What frames a recording: always read, whatever else is wanted. */
const framing = ['header', 'footer', 'lost'] as const;

/** Where a reader stands in a recording, so that another can go on from there. */
export interface ReaderPosition {
  readonly line: number;
  readonly seq: number;
  readonly recording: string;
  readonly part: number;
  readonly continued: boolean;
}

/**
 * Makes records of lines and reports what is wrong with them: lines that are no records, numbers that are missing, files
 * that were cut off. One reader reads all parts of a recording, one after the other.
 */
export class RecordReader {
  readonly #wanted: ReadonlySet<string> | undefined;
  readonly #onDamage: (damage: Damage) => void;
  readonly #keepsCarried: boolean;
  readonly #keepsUnknown: boolean;
  #schema: Schema | undefined;
  #file = '';
  #line = 0;
  #seq = 0;
  /** The last number of the file before. */
  #before = 0;
  /** Whether a record of this file was read. */
  #begun = false;
  #ended = false;
  #recording = '';
  #part = 0;
  /** Whether this part goes on where another one ended: then it repeats what was alive. */
  #continued = false;
  /** Recordings of a merged stream that have begun and not ended. */
  readonly #merged = new Set<string>();
  /** Which usual lines are not parsed. */
  brief: Brief | undefined;
  /** Of the file that was read, if it has one at its end. */
  lastFooter: (NstraceRecord & { type: 'footer' }) | undefined;
  /** A line that is no record, reported when it is not the last one, which may be half a line only. */
  #broken: (Damage & { readonly first: string }) | undefined;

  /**
   * @param types which records are wanted; without it all. Those of other types are passed over, most of them unparsed.
   * @param keeps whether what a later part repeats is wanted too, and records of types that nobody knows here
   */
  constructor(
    types: Iterable<RecordType> | undefined,
    onDamage: (damage: Damage) => void,
    keeps: { readonly carried?: boolean | undefined; readonly unknown?: boolean | undefined } = {},
  ) {
    this.#keepsCarried = keeps.carried ?? false;
    this.#keepsUnknown = keeps.unknown ?? false;
    this.#wanted = types === undefined ? undefined : new Set([...types, ...framing]);
    this.#onDamage = onDamage;
  }

  /** A file begins. */
  begin(file: string, position?: ReaderPosition): void {
    this.#file = file;
    this.#line = position?.line ?? 0;
    this.#before = this.#seq;
    this.#seq = position?.seq ?? 0;
    this.#begun = position !== undefined;
    this.#ended = false;
    this.#broken = undefined;
    if (position !== undefined) {
      this.#recording = position.recording;
      this.#part = position.part;
      this.#continued = position.continued;
    }
  }

  get position(): ReaderPosition {
    return {
      ...{ line: this.#line, seq: this.#seq },
      ...{ recording: this.#recording, part: this.#part, continued: this.#continued },
    };
  }

  /** Whether a record of this file was read. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the last record was a footer. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The id of the recording that is being read. */
  get recording(): string {
    return this.#recording;
  }

  /** The validator with messages is large: it is loaded when there is something to say. */
  async loadSchema(): Promise<void> {
    this.#schema = (await import('../../record/schema.ts')).recordSchema;
  }

  /** The record of the next line, if it is a wanted one. The line is to be taken again when the schema is needed. */
  take(line: string): NstraceRecord | typeof needsSchema | undefined {
    const skipped = this.#wanted === undefined || !this.#begun ? 0 : seqOfUnwanted(line, this.#wanted);
    if (skipped > 0) {
      this.#next();
      this.#arrive(skipped, false);
      return undefined;
    }
    const brief = this.brief === undefined || this.#line === 0 ? undefined : briefRecordOf(line, this.brief);
    if (brief !== undefined) {
      this.#next();
      this.#arrive(brief.seq, false);
      this.lastFooter = undefined;
      return brief;
    }
    const record = line === '' ? undefined : parseRecord(line, this.#schema);
    if (record === needsSchema) {
      return needsSchema;
    }
    this.#next();
    if (record === undefined) {
      return undefined;
    }
    if (typeof record === 'string') {
      this.#broken = { file: this.#file, line: this.#line, what: record, first: line.slice(0, 1) };
      return undefined;
    }
    const { type } = record;
    if (type === 'header') {
      this.#begins(record);
    } else if (!this.#begun) {
      this.#report(
        this.#line,
        `it does not begin with a header${record.seq > 1 ? `: ${missingText(record.seq - 1)}` : ''}`,
      );
    }
    this.#begun = true;
    if (type === 'footer') {
      this.#ends(record.recording);
    }
    this.#arrive(record.seq, type === 'footer' && this.#merged.size === 0);
    this.lastFooter = type === 'footer' ? record : undefined;
    if (this.#continued && !this.#keepsCarried && (record as { carried?: boolean }).carried === true) {
      return undefined;
    }
    const isWanted = this.#wanted?.has(type) ?? (this.#keepsUnknown || valid.has(type));
    return isWanted ? record : undefined;
  }

  /** The file ends. @param rest what came after its last newline */
  end(rest: string): NstraceRecord | typeof needsSchema | undefined {
    const record = rest === '' ? undefined : this.take(rest);
    if (record === needsSchema) {
      return needsSchema;
    }
    // Half a record is what every file that was cut off ends with.
    if (this.#broken !== undefined && (rest === '' || this.#broken.first !== '{')) {
      this.#reportBroken();
    }
    if (this.#line === 0) {
      this.#report(0, 'it is empty');
    } else if (!this.#ended) {
      this.#report(0, `it is incomplete: it was cut off after record ${this.#seq}`);
    }
    return record;
  }

  /** Reading the file failed. */
  fail(error: Error): void {
    this.#report(0, `it ends in the middle: ${error.message}`);
  }

  #next(): void {
    this.#line += 1;
    if (this.#broken !== undefined) {
      this.#reportBroken();
    }
  }

  #begins(header: NstraceRecord & { type: 'header' }): void {
    const { recording } = header;
    const { part = 0 } = header as { part?: number };
    if (header.source_seq !== undefined) {
      // One of several recordings that were merged into one stream, with numbers of its own.
      this.#merged.add(recording);
      this.#seq ||= header.seq - 1;
      this.#recording = recording;
      return;
    }
    if (this.#line > 1 && this.#seq > 0 && !this.#ended) {
      // Recordings that were put one behind the other.
      this.#report(this.#line, `the recording before it was cut off after record ${this.#seq}`);
    }
    this.#continued = recording === this.#recording && this.#part > 0 && part > this.#part;
    if (this.#continued) {
      this.#seq ||= this.#before;
      this.#reportAbsent(this.#part + 1, part - 1);
    } else {
      this.#seq = header.seq - 1;
      if (part < 2 && header.seq > 1) {
        this.#report(this.#line, missingText(header.seq - 1));
      }
    }
    this.#recording = recording;
    this.#part = part;
  }

  /** Of a merged stream the footer of one recording, or its own, which says no recording. */
  #ends(recording: string | undefined): void {
    if (recording === undefined) {
      this.#merged.clear();
    } else {
      this.#merged.delete(recording);
    }
  }

  #reportAbsent(first: number, last: number): void {
    if (first <= last) {
      this.#report(this.#line, first === last ? `part ${first} is absent` : `parts ${first} to ${last} are absent`);
    }
  }

  #arrive(seq: number, ends: boolean): void {
    if (seq !== this.#seq + 1 && this.#seq > 0) {
      const missing = seq - this.#seq - 1;
      this.#report(this.#line, missing > 0 ? missingText(missing) : 'it is out of order');
    }
    this.#seq = seq;
    this.#ended = ends;
  }

  #reportBroken(): void {
    const { line, what } = this.#broken!;
    this.#broken = undefined;
    this.#report(line, what);
  }

  #report(line: number, what: string): void {
    this.#onDamage({ file: this.#file, line, what });
  }
}

const missingText = (count: number): string => `${counted(count, 'record is', 'records are')} missing before it`;
