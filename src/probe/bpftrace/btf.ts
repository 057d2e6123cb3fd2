import { readFileSync } from 'node:fs';

/** Kinds of types (Documentation/bpf/btf.rst). */
export const btfKinds = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  typeTag: 18,
  enum64: 19,
} as const;

export const magic = 0xeb9f;

/** One type as it stands in BTF. */
export interface BtfType {
  /** Empty if it has none. */
  readonly name: string;
  readonly kind: number;
  /** Whether the members of a structure have sizes in bits. */
  readonly bitfields: boolean;
  /** Entries that follow: members of a structure. */
  readonly entries: number;
  /** Bytes of it, or the id of the type that it is made from. */
  readonly sizeOrType: number;
}

export interface BtfMember {
  /** Empty if it is an anonymous structure. */
  readonly name: string;
  readonly type: number;
  /** In bits. */
  readonly offset: number;
  /** 0 if it is no bitfield. */
  readonly bits: number;
}

/**
 * Reads the kernel's own description of its structures (BTF, Documentation/bpf/btf.rst). Faster than asking bpftrace, which takes a
 * third of a second for one answer.
 */
export class Btf {
  readonly #data: Buffer;
  /** All of it but the strings, in words of 4 bytes. */
  readonly #words: Uint32Array;
  readonly #strings: number;
  /** Where each type stands, in words, by id; 0 is void. */
  readonly #places: Uint32Array;
  readonly #count: number;

  /** @throws Error if it is no BTF in this machine's (little-endian) order */
  constructor(data: Buffer) {
    if (data.length < 24 || data.readUInt16LE(0) !== magic) {
      throw new Error('no BTF');
    }
    this.#data = data;
    const headerBytes = data.readUInt32LE(4);
    const from = headerBytes + data.readUInt32LE(8);
    const end = from + data.readUInt32LE(12);
    this.#strings = headerBytes + data.readUInt32LE(16);
    const words = new Uint32Array(data.buffer.slice(data.byteOffset + from, data.byteOffset + end));
    const places = new Uint32Array(words.length / 3 + 2);
    let count = 1;
    for (let at = 0; at < words.length; count += 1) {
      places[count] = at;
      const info = words[at + 1]!;
      const kind = (info >>> 24) & 0x1f;
      at += 3 + entryWords[kind]! * (isCounted[kind] === 1 ? info & 0xffff : 1);
    }
    this.#words = words;
    this.#places = places;
    this.#count = count;
  }

  static readonly path = '/sys/kernel/btf/vmlinux';

  /** The running kernel's, or undefined if it has none. */
  static ofKernel(): Btf | undefined {
    try {
      return new Btf(readFileSync(Btf.path));
    } catch {
      return undefined;
    }
  }

  /** The ids of the first types of these names. */
  find(names: readonly string[], wantedKind: number = btfKinds.struct): Map<string, number> {
    const found = new Map<string, number>();
    const wanted = new Map(names.map((name) => [this.#placeOf(name), name] as const));
    for (let id = 1; id < this.#count && found.size < wanted.size; id += 1) {
      const at = this.#places[id]!;
      if (((this.#words[at + 1]! >>> 24) & 0x1f) === wantedKind) {
        const name = wanted.get(this.#words[at]!);
        if (name !== undefined && !found.has(name)) {
          found.set(name, id);
        }
      }
    }
    return found;
  }

  type(id: number): BtfType {
    const at = this.#place(id);
    const info = this.#words[at + 1]!;
    return {
      name: this.#string(this.#words[at]!),
      kind: (info >>> 24) & 0x1f,
      bitfields: info >>> 31 === 1,
      entries: info & 0xffff,
      sizeOrType: this.#words[at + 2]!,
    };
  }

  /** Of a structure or union. */
  members(id: number): BtfMember[] {
    const { entries, bitfields } = this.type(id);
    const first = this.#place(id) + 3;
    return Array.from({ length: entries }, (_, index) => {
      const at = first + index * 3;
      const place = this.#words[at + 2]!;
      return {
        name: this.#string(this.#words[at]!),
        type: this.#words[at + 1]!,
        offset: bitfields ? place & 0xff_ffff : place,
        bits: bitfields ? place >>> 24 : 0,
      };
    });
  }

  /** The type of an array's elements, and how many there are. */
  array(id: number): { element: number; length: number } {
    const at = this.#place(id) + 3;
    return { element: this.#words[at]!, length: this.#words[at + 2]! };
  }

  /** How an integer is encoded. */
  encoding(id: number): number {
    return this.#words[this.#place(id) + 3]!;
  }

  /** Byte offsets of members of structures, by `struct.member`; those that do not exist are left out. */
  offsets(wanted: readonly string[]): Map<string, number> {
    const found = new Map<string, number>();
    const structures = this.find(wanted.map((name) => name.split('.')[0]!));
    for (const name of wanted) {
      const [structure, member] = name.split('.');
      const id = structures.get(structure!);
      const place = id === undefined ? undefined : this.members(id).find((candidate) => candidate.name === member);
      if (place !== undefined) {
        found.set(name, place.offset / 8);
      }
    }
    return found;
  }

  #place(id: number): number {
    if (id <= 0 || id >= this.#count) {
      throw new Error(`BTF has no type ${id}`);
    }
    return this.#places[id]!;
  }

  #string(offset: number): string {
    const from = this.#strings + offset;
    return this.#data.toString('latin1', from, this.#data.indexOf(0, from));
  }

  /** Where a name stands among the strings, each of which is there once; -1 if it does not. */
  #placeOf(name: string): number {
    return this.#data.indexOf(`\0${name}\0`, this.#strings, 'latin1') + 1 - this.#strings;
  }
}

/** Words after the 3 common ones, by kind, once or for each entry. */
const entryWords = Uint8Array.of(0, 1, 0, 3, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 1, 3, 0, 1, 0, 3);
const isCounted = Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1);
