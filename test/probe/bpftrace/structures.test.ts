import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Btf, type BtfMember, btfKinds } from '../../../src/probe/bpftrace/btf.ts';
import { BtfWriter } from '../../../src/probe/bpftrace/btf-writer.ts';
import { readProbes } from '../../../src/probe/bpftrace/script.ts';
import { structuresOf } from '../../../src/probe/bpftrace/structures.ts';

/** A kernel with the turns that the real one takes: const, typedefs, anonymous structures, bitfields, arrays, circles. */
const kernel = (): Btf => {
  const writer = new BtfWriter();
  const int = writer.int('int', 4, 0x0100_0020);
  const long = writer.int('long unsigned int', 8, 64);
  const char = writer.int('char', 1, 0x0100_0008);
  const task = writer.structure(btfKinds.struct, 'task_struct', 128);
  const cred = writer.structure(btfKinds.struct, 'cred', 40);
  const unread = writer.structure(btfKinds.struct, 'unread', 16);
  const id = writer.structure(btfKinds.struct, '', 4);
  const inside = writer.structure(btfKinds.union, '', 8);
  const hidden = writer.structure(btfKinds.struct, '', 8);
  const to = (type: number): number => writer.reference(btfKinds.pointer, '', type);
  writer.setMembers(hidden, [
    { name: 'pad', type: int, offset: 0, bits: 0 },
    { name: 'tgid', type: int, offset: 32, bits: 0 },
  ]);
  writer.setMembers(inside, [
    { name: 'other', type: long, offset: 0, bits: 0 },
    { name: '', type: hidden, offset: 0, bits: 0 },
  ]);
  writer.setMembers(id, [{ name: 'val', type: int, offset: 0, bits: 0 }]);
  writer.setMembers(cred, [
    { name: 'usage', type: long, offset: 0, bits: 0 },
    { name: 'uid', type: writer.reference(btfKinds.typedef, 'kuid_t', id), offset: 64, bits: 0 },
  ]);
  writer.setMembers(task, [
    { name: 'state', type: long, offset: 0, bits: 0 },
    { name: 'cred', type: to(writer.reference(btfKinds.const, '', cred)), offset: 64, bits: 0 },
    { name: 'parent', type: to(writer.reference(btfKinds.typeTag, 'rcu', task)), offset: 128, bits: 0 },
    { name: 'other', type: to(unread), offset: 192, bits: 0 },
    { name: '', type: inside, offset: 256, bits: 0 },
    { name: 'comm', type: writer.array(char, int, 16), offset: 320, bits: 0 },
    { name: 'in_execve', type: int, offset: 451, bits: 1 },
    { name: 'last', type: long, offset: 512, bits: 0 },
  ]);
  writer.reference(btfKinds.typedef, 'pid_t', writer.reference(btfKinds.typedef, '__kernel_pid_t', int));
  return new Btf(writer.toBuffer());
};

const reduced = (program: string): Btf => new Btf(structuresOf(kernel(), program));
const membersOf = (btf: Btf, structure: string) => {
  const id = btf.find([structure]).get(structure);
  return id === undefined ? undefined : btf.members(id);
};
/** Without whose gap it is. */
const nameOf = (name: string): string => name.replace(/^gap_\d+_/, 'gap_');
const shown = (btf: Btf, structure: string): string[] | undefined =>
  membersOf(btf, structure)?.map(({ name, offset, bits }) => `${nameOf(name)}@${offset}${bits > 0 ? `:${bits}` : ''}`);

/** Names of its members as C sees them: those of anonymous members are its own. */
const scopeOf = (btf: Btf, members: readonly BtfMember[]): string[] =>
  members.flatMap(({ name, type }) => (name === '' ? scopeOf(btf, btf.members(type)) : [name]));

describe('the structures that bpftrace gets', () => {
  it('have the members that the program reads, where the kernel has them, and bytes between them', () => {
    const btf = reduced('$c = curtask->cred; printf("%d", $c->uid.val); // ->comm is not read');
    expect(shown(btf, 'task_struct')).toEqual(['gap_0@0', 'cred@64', 'gap_16@128']);
    expect(shown(btf, 'cred')).toEqual(['gap_0@0', 'uid@64', 'gap_12@96']);
    expect(btf.type(btf.find(['task_struct']).get('task_struct')!).sizeOrType).toBe(128);
    expect(shown(btf, 'unread')).toBeUndefined();
  });

  it('lead through pointers to const and back to where they came from', () => {
    const btf = reduced('curtask->parent->cred->uid.val');
    const pointers = membersOf(btf, 'task_struct')!.filter(({ name }) => !name.startsWith('gap'));
    const targets = pointers.map(({ type }) => btf.type(btf.type(type).sizeOrType).name);
    expect(targets).toEqual(['cred', 'task_struct']);
    const uid = membersOf(btf, 'cred')!.find(({ name }) => name === 'uid')!;
    expect(btf.type(uid.type)).toMatchObject({ kind: btfKinds.typedef, name: 'kuid_t' });
  });

  it('keep the anonymous structures on the way, bitfields and arrays', () => {
    const btf = reduced('curtask->tgid, curtask->in_execve, curtask->comm');
    expect(shown(btf, 'task_struct')).toEqual(['gap_0@0', '@256', 'comm@320', 'in_execve@451:1', 'gap_57@456']);
    const inside = btf.members(membersOf(btf, 'task_struct')![1]!.type);
    expect(btf.type(membersOf(btf, 'task_struct')![1]!.type)).toMatchObject({ kind: btfKinds.union, sizeOrType: 8 });
    expect(btf.members(inside[0]!.type).map(({ name, offset }) => `${nameOf(name)}@${offset}`)).toEqual([
      'gap_0@0',
      'tgid@32',
    ]);
    const names = scopeOf(btf, membersOf(btf, 'task_struct')!);
    expect(new Set(names).size).toBe(names.length);
    const comm = membersOf(btf, 'task_struct')!.find(({ name }) => name === 'comm')!;
    expect(btf.array(comm.type).length).toBe(16);
  });

  it('make a pointer to what nobody reads one to void', () => {
    const btf = reduced('curtask->other');
    const other = membersOf(btf, 'task_struct')!.find(({ name }) => name === 'other')!;
    expect(btf.type(other.type)).toMatchObject({ kind: btfKinds.pointer, sizeOrType: 0 });
  });

  it('come with the names of integers that tracepoints use', () => {
    const btf = reduced('');
    const id = btf.find(['pid_t'], btfKinds.typedef).get('pid_t')!;
    expect(btf.type(btf.type(id).sizeOrType)).toMatchObject({ kind: btfKinds.int, name: 'int', sizeOrType: 4 });
  });

  it('are not read from what is no BTF', () => {
    expect(() => new Btf(Buffer.alloc(64))).toThrow('no BTF');
    expect(() => new Btf(Buffer.alloc(3))).toThrow('no BTF');
  });
});

const running = Btf.ofKernel();

describe.skipIf(running === undefined)('of the running kernel (needs BTF)', () => {
  it('are as large as it says, and have all members where it has them', () => {
    const small = new Btf(structuresOf(running!, readProbes()));
    const names = [
      'task_struct',
      'cred',
      'pid',
      'upid',
      'nsproxy',
      'signal_struct',
      'mm_struct',
      'kernfs_node',
      'css_set',
    ];
    for (const name of names) {
      const [ours, theirs] = [small, running!].map((btf) => ({ btf, id: btf.find([name]).get(name)! }));
      const size = ({ btf, id }: { btf: Btf; id: number }): number => btf.type(id).sizeOrType;
      expect(size(ours!), name).toBe(size(theirs!));
      const places = new Map(flat(theirs!.btf, theirs!.id));
      const read = flat(ours!.btf, ours!.id).filter(([member]) => !member.startsWith('gap_'));
      expect(read.length + Number(name === 'pid'), name).toBeGreaterThan(0);
      for (const [member, offset] of read) {
        expect(offset, `${name}.${member}`).toBe(places.get(member));
      }
    }
  });

  it('are a few KB of its megabytes', () => {
    expect(structuresOf(running!, readProbes()).length * 100).toBeLessThan(readFileSync(Btf.path).length);
  });
});

/** Members with those of anonymous structures, and their offsets in bits. */
const flat = (btf: Btf, id: number, from = 0): [string, number][] =>
  btf
    .members(id)
    .flatMap(({ name, type, offset }): [string, number][] =>
      name === '' ? flat(btf, type, from + offset) : [[name, from + offset]],
    );
