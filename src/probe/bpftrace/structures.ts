import { type Btf, type BtfMember, btfKinds } from './btf.ts';
import { BtfWriter } from './btf-writer.ts';

/**
 * The kernel's description of its structures (BTF), without what the probes do not read: a few KB of 5 MB. bpftrace compiles all
 * that its program can reach, which takes most of its start.
 *
 * Structures keep their sizes and the offsets of their members; what lies between is filled with bytes. A member is kept if
 * the program reads one of its name, of whatever structure; structures that only pointers lead to and that have no such
 * member become void.
 *
 * @param program bpftrace's: names after `->` and `.` are members, those after `struct` structures
 */
export const structuresOf = (kernel: Btf, program: string): Buffer => {
  const code = program.replaceAll(/\/\/.*|"(?:[^"\\]|\\.)*"/g, ' ');
  const names = (pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([, name]) => name!);
  const reduction = new Reduction(kernel, new Set(names(/(?:->|\.)\s*([a-z_]\w*)/gi)));
  reduction.takeStructures(['task_struct', ...names(/\bstruct\s+(\w+)/g)]);
  reduction.takeIntegers(integers);
  return reduction.toBuffer();
};

/** Other names of integers that bpftrace looks for: those in the formats of tracepoints. */
const integers = [
  ...['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64', 'bool', 'size_t', 'ssize_t', 'loff_t'],
  ...['pid_t', 'uid_t', 'gid_t', 'umode_t', 'dev_t', 'ino_t'],
];

class Reduction {
  readonly #kernel: Btf;
  readonly #read: ReadonlySet<string>;
  readonly #writer = new BtfWriter();
  /** Ids of ours by the kernel's. */
  readonly #ids = new Map<number, number>();
  readonly #byte = this.#writer.int('unsigned char', 1, 8);
  readonly #unsigned = this.#writer.int('unsigned int', 4, 32);
  readonly #pointerBytes: number;

  constructor(kernel: Btf, read: ReadonlySet<string>) {
    this.#kernel = kernel;
    this.#read = read;
    this.#pointerBytes = process.arch === 'arm' || process.arch === 'ia32' ? 4 : 8;
  }

  takeStructures(names: readonly string[]): void {
    for (const id of this.#kernel.find(names).values()) {
      this.#type(id);
    }
  }

  takeIntegers(names: readonly string[]): void {
    for (const [name, id] of this.#kernel.find(names, btfKinds.typedef)) {
      this.#writer.reference(btfKinds.typedef, name, this.#type(id));
    }
  }

  toBuffer(): Buffer {
    return this.#writer.toBuffer();
  }

  /** Ours for one of the kernel's, which is written if it was not yet. */
  #type(id: number): number {
    const plain = this.#plain(id);
    if (plain === 0) {
      return 0;
    }
    const known = this.#ids.get(plain);
    if (known !== undefined) {
      return known;
    }
    const { kind, name, sizeOrType } = this.#kernel.type(plain);
    switch (kind) {
      case btfKinds.int:
        return this.#keep(plain, this.#writer.int(name, sizeOrType, this.#kernel.encoding(plain)));
      case btfKinds.pointer:
        return this.#pointer(plain, sizeOrType);
      case btfKinds.struct:
      case btfKinds.union:
        return this.#structure(plain);
      case btfKinds.typedef:
        return this.#keep(plain, this.#writer.reference(kind, name, this.#type(sizeOrType)));
      case btfKinds.array: {
        const { element, length } = this.#kernel.array(plain);
        return this.#keep(plain, this.#writer.array(this.#type(element), this.#unsigned, length));
      }
      case btfKinds.enum:
        return sizeOrType === 4 ? this.#unsigned : this.#bytes(sizeOrType);
      default:
        return this.#bytes(this.#size(plain));
    }
  }

  #keep(id: number, ours: number): number {
    this.#ids.set(id, ours);
    return ours;
  }

  /** Without const and other words that bpftrace does not need, and without names, but those of a structure that has no other. */
  #plain(id: number): number {
    if (id === 0) {
      return 0;
    }
    const { kind, sizeOrType } = this.#kernel.type(id);
    if (qualifiers.has(kind)) {
      return this.#plain(sizeOrType);
    }
    if (kind === btfKinds.typedef) {
      const target = this.#plain(sizeOrType);
      return target !== 0 && this.#isStructure(target) && this.#kernel.type(target).name === '' ? id : target;
    }
    return id;
  }

  #pointer(id: number, to: number): number {
    const ours = this.#keep(id, this.#writer.reference(btfKinds.pointer, '', 0));
    const target = this.#plain(to);
    if (target !== 0 && this.#isPointedAt(target)) {
      this.#writer.setReference(ours, this.#type(target));
    }
    return ours;
  }

  #isPointedAt(id: number): boolean {
    const { kind } = this.#kernel.type(id);
    return (
      kind === btfKinds.int || kind === btfKinds.pointer || (kind === btfKinds.struct && this.#wanted(id).length > 0)
    );
  }

  #isStructure(id: number): boolean {
    const { kind } = this.#kernel.type(id);
    return kind === btfKinds.struct || kind === btfKinds.union;
  }

  #structure(id: number): number {
    const { kind, name, sizeOrType: bytes } = this.#kernel.type(id);
    const ours = this.#keep(id, this.#writer.structure(kind, name, bytes));
    const members = this.#wanted(id).map((member) => ({ ...member, size: member.bits || this.#size(member.type) * 8 }));
    const filled: BtfMember[] = [];
    const fill = (from: number, to: number): void => {
      const first = Math.ceil(from / 8);
      const length = Math.floor(to / 8) - first;
      if (length > 0) {
        // Members of an anonymous union are in the scope of the structure around it: no name twice.
        filled.push({ name: `gap_${ours}_${first}`, type: this.#bytes(length), offset: first * 8, bits: 0 });
      }
    };
    let end = 0;
    for (const { size, ...member } of members) {
      if (kind === btfKinds.struct) {
        fill(end, member.offset);
      }
      filled.push({ ...member, type: this.#type(member.type) });
      end = member.offset + size;
    }
    fill(kind === btfKinds.struct ? end : 0, bytes * 8);
    this.#writer.setMembers(ours, filled);
    return ours;
  }

  /** Members that the program may read, in the order of their offsets. */
  #wanted(structure: number): BtfMember[] {
    return this.#kernel
      .members(structure)
      .filter(({ name, type }) =>
        name === '' ? this.#isStructure(type) && this.#wanted(type).length > 0 : this.#read.has(name),
      )
      .sort((one, other) => one.offset - other.offset);
  }

  #bytes(length: number): number {
    return this.#writer.array(this.#byte, this.#unsigned, length);
  }

  #size(id: number): number {
    const plain = this.#plain(id);
    const { kind, sizeOrType } = this.#kernel.type(plain);
    if (kind === btfKinds.typedef) {
      return this.#size(sizeOrType);
    }
    if (kind === btfKinds.array) {
      const { element, length } = this.#kernel.array(plain);
      return length * this.#size(element);
    }
    return kind === btfKinds.pointer ? this.#pointerBytes : sizeOrType;
  }
}

const qualifiers: ReadonlySet<number> = new Set([
  btfKinds.volatile,
  btfKinds.const,
  btfKinds.restrict,
  btfKinds.typeTag,
]);
