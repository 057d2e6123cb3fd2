import { type BtfMember, btfKinds, magic } from './btf.ts';

const headerBytes = 24;

/** Writes BTF (Documentation/bpf/btf.rst), version 1, little-endian: types get the ids 1, 2, 3, … in the order in which they are added. */
export class BtfWriter {
  readonly #types: number[][] = [];
  readonly #strings: string[] = [''];
  readonly #places = new Map([['', 0]]);
  #stringBytes = 1;

  int(name: string, bytes: number, encoding: number): number {
    return this.#add(name, btfKinds.int, bytes, [encoding]);
  }

  /** What stands for a type by itself: a pointer, a typedef, const. */
  reference(kind: number, name: string, type: number): number {
    return this.#add(name, kind, type, []);
  }

  array(element: number, index: number, length: number): number {
    return this.#add('', btfKinds.array, 0, [element, index, length]);
  }

  /** A structure or union without its members, which may point to it. */
  structure(kind: number, name: string, bytes: number): number {
    return this.#add(name, kind, bytes, []);
  }

  setMembers(structure: number, members: readonly BtfMember[]): void {
    const type = this.#types[structure - 1]!;
    const bitfields = members.some(({ bits }) => bits > 0);
    type[1] = ((type[1]! | members.length | (bitfields ? 0x8000_0000 : 0)) >>> 0) as number;
    for (const { name, type: id, offset, bits } of members) {
      type.push(this.#string(name), id, bitfields ? ((bits << 24) | offset) >>> 0 : offset);
    }
  }

  /** Where a reference leads that was made before its target. */
  setReference(reference: number, type: number): void {
    this.#types[reference - 1]![2] = type;
  }

  toBuffer(): Buffer {
    const words = this.#types.flat();
    const typeBytes = words.length * 4;
    const data = Buffer.alloc(headerBytes + typeBytes + this.#stringBytes);
    data.writeUInt16LE(magic, 0);
    data.writeUInt8(1, 2);
    [headerBytes, 0, typeBytes, typeBytes, this.#stringBytes].forEach((word, index) => {
      data.writeUInt32LE(word, 4 + index * 4);
    });
    words.forEach((word, index) => {
      data.writeUInt32LE(word, headerBytes + index * 4);
    });
    data.write(this.#strings.map((text) => `${text}\0`).join(''), headerBytes + typeBytes, 'latin1');
    return data;
  }

  #add(name: string, kind: number, sizeOrType: number, rest: readonly number[]): number {
    return this.#types.push([this.#string(name), (kind << 24) >>> 0, sizeOrType, ...rest]);
  }

  #string(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) {
      return known;
    }
    const at = this.#stringBytes;
    this.#places.set(text, at);
    this.#strings.push(text);
    this.#stringBytes += text.length + 1;
    return at;
  }
}
