import type { NstraceRecord } from '../../record/schema.ts';
import type { ReportData } from '../data.ts';

/** A record as it was, and when: `at` in ns since the recording's beginning. */
export type PageRecord = NstraceRecord & { readonly at: number };

/** The other half of ../pack.ts. Records share their values: they are not to be changed. */
export const unpack = ({ packed, header }: ReportData): PageRecord[] => {
  const { shapes, values, rows, count } = packed;
  const clock = new Clock(header.time, header.mono);
  const base = {
    get time(): string {
      return clock.time((this as unknown as PageRecord).at);
    },
    get mono(): string {
      return clock.mono((this as unknown as PageRecord).at);
    },
  };
  const records: PageRecord[] = [];
  let seq = 0;
  let at = 0;
  for (let index = 0; records.length < count; ) {
    const keys = shapes[rows[index]!]!;
    seq += rows[index + 1]!;
    at += rows[index + 2]!;
    index += 3;
    const record = Object.create(base) as Record<string, unknown>;
    record.seq = seq;
    record.at = at;
    for (const key of keys) {
      const number = rows[index]!;
      const value = number % 2 === 1 ? (number - 1) / 2 : values[number / 2];
      if (key === 'time') {
        Object.defineProperty(record, key, { value, enumerable: true });
      } else {
        record[key] = value;
      }
      index += 1;
    }
    records.push(record as unknown as PageRecord);
  }
  return records;
};

/** Turns ns since the beginning into the two clocks of records. */
export class Clock {
  readonly #seconds: number;
  readonly #nanos: number;
  readonly #mono: bigint;

  constructor(time: string, mono: string) {
    this.#seconds = Date.parse(`${time.slice(0, 19)}Z`) / 1000;
    this.#nanos = Number(time.slice(20, 29));
    this.#mono = BigInt(mono);
  }

  /** RFC 3339 in UTC, nine digits. */
  time(at: number): string {
    const inSecond = ((at % 1e9) + 1e9) % 1e9;
    const nanos = this.#nanos + inSecond;
    const seconds = this.#seconds + Math.floor(at / 1e9) + Math.floor(nanos / 1e9);
    return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos % 1e9).padStart(9, '0')}Z`;
  }

  mono(at: number): string {
    return String(this.#mono + BigInt(at));
  }
}
