import { describe, expect, it } from 'vitest';
import { CgroupPaths, CgroupSet, renamed } from '../../src/model/cgroups.ts';

describe('the cgroups of a process', () => {
  const set = new CgroupSet(new Map([['', '/a']]));

  it('are the same until one is another', () => {
    expect(set.with('', '/a')).toBe(set);
    const moved = set.with('memory', '/b');
    expect([...moved.paths]).toEqual([
      ['', '/a'],
      ['memory', '/b'],
    ]);
    expect([...set.paths]).toEqual([['', '/a']]);
    expect([...moved.with('', '/c').paths.values()]).toEqual(['/c', '/b']);
  });

  it('of processes of which nothing else is known are shared while they are the same', () => {
    const first = CgroupSet.none.with('', '/shared');
    expect(CgroupSet.none.with('', '/shared')).toBe(first);
    expect([...CgroupSet.none.with('', '/other').paths.values()]).toEqual(['/other']);
    const again = CgroupSet.none.with('', '/shared');
    expect([...set.with('', '/shared').paths]).toEqual([['', '/shared']]);
    expect([...set.with('memory', '/shared').paths]).toHaveLength(2);
    expect(CgroupSet.none.with('', '/shared')).toBe(again);
    expect(CgroupSet.none.paths.size).toBe(0);
  });

  it('name the systemd unit, by its own hierarchy first', () => {
    const service = '/system.slice/web.service';
    expect(new CgroupSet(new Map([['', service]])).unit).toBe('web.service');
    expect(
      new CgroupSet(
        new Map([
          ['', '/x'],
          ['name=systemd', service],
        ]),
      ).unit,
    ).toBe('web.service');
    expect(new CgroupSet(new Map([['memory', service]])).unit).toBeUndefined();
    const none = new CgroupSet(new Map());
    expect([none.unit, none.unit]).toEqual([undefined, undefined]);
  });
});

describe('the paths of cgroups', () => {
  it('are those that were there, and those that came, until they go', () => {
    const given = new Map([[1, '/']]);
    const paths = new CgroupPaths(given);
    paths.learn(2, '/a');
    expect([paths.get(1), paths.get(2), paths.get(3)]).toEqual(['/', '/a', undefined]);
    paths.forget(2);
    expect(paths.get(2)).toBeUndefined();
    expect([...given.keys()]).toEqual([1]);
  });

  it('below one that is renamed are others', () => {
    const paths = new CgroupPaths(
      new Map([
        [1, '/a'],
        [2, '/a/x'],
        [3, '/ab'],
      ]),
    );
    paths.rename('/a', '/b');
    expect([1, 2, 3].map((id) => paths.get(id))).toEqual(['/b', '/b/x', '/ab']);
  });

  it('are 65,536: the oldest makes room for one more, and none for one that is known', () => {
    const paths = new CgroupPaths();
    for (let id = 1; id <= 65_536; id += 1) {
      paths.learn(id, '/a');
    }
    paths.learn(7, '/b');
    expect([paths.get(1), paths.get(7)]).toEqual(['/a', '/b']);
    paths.learn(70_000, '/c');
    expect([paths.get(1), paths.get(2), paths.get(70_000)]).toEqual([undefined, '/a', '/c']);
  });

  it.each([
    ['/a', '/b'],
    ['/a/x', '/b/x'],
    ['/ab', '/ab'],
    ['/x/a', '/x/a'],
    ['/', '/'],
  ])('%s is %s once /a is /b', (path, now) => {
    expect(renamed(path, '/a', '/b')).toBe(now);
  });
});
