import { describe, expect, it } from 'vitest';
import type { NowNamespace } from '../../src/now/namespaces.ts';
import { defaultNsColumns, namespaceTree, nsColumns, treeNsColumns } from '../../src/view/ns.ts';
import { UserNames } from '../../src/view/users.ts';
import { nowProcess } from '../fixtures/now.ts';
import { xyxy12 } from '../fixtures/records.ts';

const namespace = (changes: Partial<NowNamespace> = {}): NowNamespace => ({
  ...{ type: 'net', inode: 4026532574, processes: [], keepers: [], containers: [], isHost: false },
  ...{ parent: undefined, owner: undefined },
  ...changes,
});

const columns = nsColumns(new UserNames());
const show = (of: NowNamespace, name: string): string =>
  columns.find((column) => column.name === name)!.value({ ...of, depth: 0 });

describe('nsColumns', () => {
  it('shows a namespace with processes', () => {
    const of = namespace({
      processes: [nowProcess(7, 1, ['sh', '-c', 'work']), nowProcess(8, 7, ['sleep'])],
      containers: [xyxy12, null],
      owner: 4026531837,
    });
    const shown = columns.map(({ name }) => show(of, name));
    expect(shown).toEqual([
      ...['net', '4026532574', '2', '7', 'root', 'xyxy12, host', '-', '4026531837', 'sh -c work'],
    ]);
  });

  it('has the columns that are shown without being asked for', () => {
    const names = columns.map(({ name }) => name);
    for (const name of [...defaultNsColumns, ...treeNsColumns]) {
      expect(names).toContain(name);
    }
  });

  it.each([
    [{ how: 'mount', where: '/run/netns/blue', pid: undefined }, 'mounted on /run/netns/blue'],
    [{ how: 'mount', where: '/run/netns/red', pid: 7 }, 'mounted on /run/netns/red for pid 7'],
    [{ how: 'descriptor', where: '7', pid: 99 }, 'open as descriptor 7 of pid 99'],
    [{ how: 'thread', where: '100', pid: 99 }, 'thread 100 of pid 99'],
    [{ how: 'children', where: undefined, pid: 99 }, 'for the children of pid 99'],
  ] as const)('says what keeps one without processes: %j', (keeper, text) => {
    expect(show(namespace({ keepers: [keeper] }), 'command')).toBe(text);
  });

  it('reports all that keeps it', () => {
    const keepers = [
      { how: 'mount', where: '/a', pid: undefined },
      { how: 'descriptor', where: '3', pid: 2 },
    ] as const;
    const of = namespace({ keepers: [...keepers] });
    expect(show(of, 'command')).toBe('mounted on /a, open as descriptor 3 of pid 2');
    expect(['processes', 'pid', 'user', 'container'].map((name) => show(of, name))).toEqual(['0', '-', '-', '-']);
  });

  it('says whose it is if nobody is in it but it is the one of the host', () => {
    expect(show(namespace({ isHost: true }), 'container')).toBe('host');
  });

  it('has the name of a kernel thread in brackets', () => {
    const thread = nowProcess(2, 0, [], { record: { comm: 'kthreadd' } });
    expect(show(namespace({ processes: [thread] }), 'command')).toBe('[kthreadd]');
  });

  it('lets no text that a process chose reach the terminal as it is', () => {
    const evil = '\x1b[2J\n\u202e';
    const first = nowProcess(2, 0, [evil], { record: { comm: evil } });
    const nameless = nowProcess(2, 0, [], { record: { comm: evil } });
    const containers = [{ id: evil, name: evil, runtime: evil }];
    const shown = [
      namespace({ processes: [first], containers }),
      namespace({ processes: [nameless] }),
      namespace({ keepers: [{ how: 'mount', where: `/run/${evil}`, pid: 1 }] }),
    ];
    for (const of of shown) {
      for (const { name } of columns) {
        expect(show(of, name), name).toMatch(/^[\x20-\x7e]*$/);
      }
    }
  });
});

describe('namespaceTree', () => {
  const tree = (...all: Partial<NowNamespace>[]) =>
    namespaceTree(all.map(namespace)).map(({ inode, depth }) => [inode, depth]);

  it('puts a namespace below the one it was made in', () => {
    const [first, second, third] = [
      { type: 'pid', inode: 1, owner: 9 },
      { type: 'pid', inode: 2, parent: 1, owner: 9 },
      { type: 'pid', inode: 3, parent: 2, owner: 9 },
    ] as const;
    const expected = [
      [1, 0],
      [2, 1],
      [3, 2],
    ];
    expect(tree(first, second, third)).toEqual(expected);
    expect(tree(third, second, first)).toEqual(expected);
  });

  it('puts one of a type without parents below the user namespace that owns it', () => {
    expect(tree({ type: 'net', inode: 5, owner: 1 }, { type: 'user', inode: 1 })).toEqual([
      [1, 0],
      [5, 1],
    ]);
  });

  it('puts those whose parents are not shown at the left', () => {
    expect(tree({ inode: 5, owner: 77 }, { inode: 6 })).toEqual([
      [5, 0],
      [6, 0],
    ]);
  });

  it('keeps the order of those below the same one', () => {
    expect(
      tree({ type: 'user', inode: 1 }, { inode: 5, owner: 1 }, { inode: 6, owner: 1 }, { inode: 7, owner: 1 }),
    ).toEqual([
      [1, 0],
      [5, 1],
      [6, 1],
      [7, 1],
    ]);
  });

  it('has each of them once, also where the kernel names one as its own parent', () => {
    expect(tree({ type: 'user', inode: 1, parent: 1 }, { inode: 5, owner: 1 })).toEqual([
      [1, 0],
      [5, 1],
    ]);
  });

  it('indents inodes', () => {
    const inode = columns.find(({ name }) => name === 'inode')!;
    expect(inode.value({ ...namespace({ inode: 5 }), depth: 2 })).toBe('    5');
  });
});
