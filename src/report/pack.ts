import type { NstraceRecord } from '../record/schema.ts';
import type { Packed } from './data.ts';

/** Fields that are packed in a way of their own, or not needed. */
const apart = new Set(['seq', 'mono', 'time', 'args_bytes']);

/** Packs records for a page; the other half is page/unpack.ts. */
export class Packer {
  readonly #shapes = new Map<string, number>();
  readonly #shapeKeys: string[][] = [];
  readonly #ids = new Map<string, number>();
  readonly #values: unknown[] = [];
  readonly #rows: number[] = [];
  #seq = 0;
  #at = 0;
  #count = 0;

  /** @param at ns since the recording's beginning; @param clock whether the wall clock stands where it did at the beginning */
  add(record: NstraceRecord, at: number, clock: boolean): void {
    const keys: string[] = [];
    const row: number[] = [];
    for (const key in record) {
      const value = record[key as keyof NstraceRecord] as unknown;
      if (value !== undefined && (!apart.has(key) || (key === 'time' && !clock))) {
        keys.push(key);
        row.push(this.#number(value));
      }
    }
    this.#rows.push(this.#shape(keys), record.seq - this.#seq, at - this.#at, ...row);
    this.#seq = record.seq;
    this.#at = at;
    this.#count += 1;
  }

  finish(): Packed {
    return { shapes: this.#shapeKeys, values: this.#values, rows: this.#rows, count: this.#count };
  }

  #shape(keys: string[]): number {
    const key = keys.join();
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#shapeKeys.length;
      this.#shapes.set(key, shape);
      this.#shapeKeys.push(keys);
    }
    return shape;
  }

  #number(value: unknown): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 51) {
      return value * 2 + 1;
    }
    const key = typeof value === 'string' ? `s${value}` : Array.isArray(value) ? listKey(value) : JSON.stringify(value);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#values.length;
      this.#ids.set(key, id);
      this.#values.push(value);
    }
    return id * 2;
  }
}

/** Most lists are pids, or the arguments of a command: texts without this character, which is not in arguments. */
const listKey = (list: readonly unknown[]): string =>
  list.every((item) => typeof item === 'number')
    ? `n${list.join()}`
    : list.every((item) => typeof item === 'string' && !item.includes('\0'))
      ? `l${list.join('\0')}`
      : JSON.stringify(list);
