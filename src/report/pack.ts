import type { NstraceRecord } from '../record/schema.ts';
import type { Packed } from './data.ts';

/** Fields that are packed in a way of their own, or not needed. */
const apart = new Set(['seq', 'mono', 'time', 'args_bytes']);

/** Packed records in the order in which they came; the last one can be taken out again. */
export class PackedRows {
  /** Of each record: shape, seq, ns since the recording's beginning, then a number a key. */
  readonly numbers: number[] = [];
  /** Where each record begins, and which one it was of all that were packed. */
  readonly starts: number[] = [];
  readonly turns: number[] = [];

  get count(): number {
    return this.starts.length;
  }

  /** Takes the last record out. Returns when it was. */
  pop(): number {
    const start = this.starts.pop()!;
    const at = this.numbers[start + 2]!;
    this.numbers.length = start;
    this.turns.pop();
    return at;
  }
}

/** Packs records for a page as they come: packed they take a tenth of the memory. The other half is page/unpack.ts. */
export class Packer {
  readonly #shapes = new Map<string, number>();
  readonly #shapeKeys: string[][] = [];
  readonly #ids = new Map<string, number>();
  readonly #values: unknown[] = [];
  #turn = 0;

  /** @param at ns since the recording's beginning; @param clock whether the wall clock stands where it did at the beginning */
  add(rows: PackedRows, record: NstraceRecord, at: number, clock: boolean): void {
    const { numbers } = rows;
    const start = numbers.length;
    const keys: string[] = [];
    numbers.push(0, record.seq, at);
    for (const key in record) {
      const value = record[key as keyof NstraceRecord] as unknown;
      if (value !== undefined && (!apart.has(key) || (key === 'time' && !clock))) {
        keys.push(key);
        numbers.push(this.#number(value));
      }
    }
    numbers[start] = this.#shape(keys);
    rows.starts.push(start);
    rows.turns.push(this.#turn);
    this.#turn += 1;
  }

  /** What several lists have together, in the order in which it was packed. Nothing is packed after it, and the lists are empty. */
  finish(lists: readonly PackedRows[]): Packed {
    const next = lists.map(() => 0);
    const rows: number[] = [];
    let seq = 0;
    let at = 0;
    let count = 0;
    for (let which = firstOf(lists, next); which !== -1; which = firstOf(lists, next)) {
      const { numbers, starts } = lists[which]!;
      const index = next[which]!;
      const start = starts[index]!;
      const end = starts[index + 1] ?? numbers.length;
      rows.push(numbers[start]!, numbers[start + 1]! - seq, numbers[start + 2]! - at);
      for (let place = start + 3; place < end; place += 1) {
        rows.push(numbers[place]!);
      }
      seq = numbers[start + 1]!;
      at = numbers[start + 2]!;
      next[which] = index + 1;
      count += 1;
    }
    this.#ids.clear();
    for (const { numbers, starts, turns } of lists) {
      numbers.length = 0;
      starts.length = 0;
      turns.length = 0;
    }
    return { shapes: this.#shapeKeys, values: this.#values, rows, count };
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
    const key = keyOf(value);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#values.length;
      this.#ids.set(key, id);
      this.#values.push(value);
    }
    return id * 2;
  }
}

/** Which list has the record that was packed first of those that are left; -1 if none is. */
const firstOf = (lists: readonly PackedRows[], next: readonly number[]): number => {
  let which = -1;
  let first = Number.POSITIVE_INFINITY;
  for (let index = 0; index < lists.length; index += 1) {
    const turn = lists[index]!.turns[next[index]!];
    if (turn !== undefined && turn < first) {
      which = index;
      first = turn;
    }
  }
  return which;
};

const keyOf = (value: unknown): string => {
  if (typeof value === 'string') {
    return `s${value}`;
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  return Array.isArray(value) ? listKey(value) : objectKey(value);
};

/** Most objects are namespaces and containers: a few fields that are numbers or short texts. */
const objectKey = (value: object): string => {
  let key = 'o';
  for (const name in value) {
    const field = (value as Record<string, unknown>)[name];
    if (typeof field === 'number') {
      key += `${name}=${field},`;
    } else if (typeof field === 'string' && !field.includes('\0')) {
      key += `${name}\0${field}\0`;
    } else {
      return JSON.stringify(value);
    }
  }
  return key;
};

/** Most lists are pids, or the arguments of a command: texts without this character, which is not in arguments. */
const listKey = (list: readonly unknown[]): string =>
  list.every((item) => typeof item === 'number')
    ? `n${list.join()}`
    : list.every((item) => typeof item === 'string' && !item.includes('\0'))
      ? `l${list.join('\0')}`
      : JSON.stringify(list);
