import { readFileSync } from 'node:fs';

/**
 * Reads the kernel's own description of its structures (BTF, Documentation/bpf/btf.rst), as far as nstrace needs it:
 * the offset of a member. Faster than asking bpftrace, which takes a third of a second for the same answer.
 */
export class Btf {
  readonly #data: Buffer;
  readonly #view: DataView;
  readonly #strings: number;
  readonly #types: number;
  readonly #typesEnd: number;

  constructor(data: Buffer) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const headerBytes = this.#u32(4);
    this.#types = headerBytes + this.#u32(8);
    this.#typesEnd = this.#types + this.#u32(12);
    this.#strings = headerBytes + this.#u32(16);
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

  /** Byte offsets of members of structures, by `struct.member`; those that do not exist are left out. */
  offsets(wanted: readonly string[]): Map<string, number> {
    const structures = new Set(wanted.map((name) => name.split('.')[0]!));
    const found = new Map<string, number>();
    for (let at = this.#types; at < this.#typesEnd && found.size < wanted.length; ) {
      const info = this.#u32(at + 4);
      const members = info & 0xffff;
      const kind = (info >>> 24) & 0x1f;
      if (kind === structKind) {
        const structure = this.#string(this.#u32(at));
        if (structures.has(structure)) {
          this.#members(structure, at + 12, members, info >>> 31 === 1, wanted, found);
        }
      }
      at += 12 + (entryBytes[kind] ?? 0) * (countedKinds.has(kind) ? members : 1);
    }
    return found;
  }

  #members(
    structure: string,
    from: number,
    members: number,
    bitfields: boolean,
    wanted: readonly string[],
    found: Map<string, number>,
  ): void {
    for (let index = 0; index < members; index += 1) {
      const at = from + index * 12;
      const name = `${structure}.${this.#string(this.#u32(at))}`;
      if (wanted.includes(name) && !found.has(name)) {
        const bits = this.#u32(at + 8);
        found.set(name, (bitfields ? bits & 0xff_ffff : bits) / 8);
      }
    }
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  #string(offset: number): string {
    const from = this.#strings + offset;
    return this.#data.toString('latin1', from, this.#data.indexOf(0, from));
  }
}

const structKind = 4;
/** Bytes after the 12 common ones, by kind, once or for each of vlen. */
const entryBytes: Readonly<Record<number, number>> = {
  1: 4,
  3: 12,
  4: 12,
  5: 12,
  6: 8,
  13: 8,
  14: 4,
  15: 12,
  17: 4,
  19: 12,
};
const countedKinds = new Set([4, 5, 6, 13, 15, 19]);
