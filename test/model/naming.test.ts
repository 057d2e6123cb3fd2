import { beforeEach, describe, expect, it } from 'vitest';
import type { Container, Identity } from '../../src/model/container.ts';
import { Containers } from '../../src/model/containers.ts';
import { Naming, speaksFor } from '../../src/model/naming.ts';
import { running } from '../../src/model/new-process.ts';
import type { Command, Process } from '../../src/model/process.ts';
import type { Description, NameQuery } from '../../src/runtimes/runtime.ts';
import { processAs } from '../fixtures/model.ts';
import { hostNs } from '../fixtures/records.ts';

const time = { mono: '1', at: 1 };
let pids = 100;
const processOf = (): Process => {
  pids += 1;
  return running(processAs(pids, 1, ['conmon']), hostNs);
};

describe('names', () => {
  let containers: Containers;
  let naming: Naming;
  let asked: NameQuery[];
  let named: string[];
  /** What files say, by id. */
  let files: Record<string, Description>;
  beforeEach(() => {
    asked = [];
    named = [];
    files = {};
    containers = new Containers(hostNs);
    const describeOne = (query: NameQuery): Description | undefined => {
      asked.push(query);
      return files[query.id];
    };
    naming = new Naming(describeOne, containers, ({ ref }, _time, reason) => named.push(`${ref.name} ${reason}`));
  });
  const make = (changes: Partial<Identity> = {}): Container =>
    containers.make({ id: 'd0c', name: 'd0c', runtime: 'podman', ...changes });
  const begun = (changes: Partial<Identity> = {}): Container => {
    const container = make(changes);
    naming.begin(container);
    return container;
  };
  const beats = (count: number): void => {
    for (let beat = 0; beat < count; beat += 1) {
      naming.beat(time);
    }
  };
  const command = (changes: Partial<Command>): Command => {
    const owner = processOf();
    const made = { runtime: 'podman', sure: true, from: undefined, made: undefined, owner, ...changes } as Command;
    owner.command = made;
    return made;
  };
  const monitor = (changes: Partial<Command> = {}): Command => {
    const made = command({ action: 'monitor', id: 'd0c', name: 'web', image: 'bb', ...changes });
    naming.note(made);
    return made;
  };
  const daemon = (data: string, from?: Container): void => naming.note(command({ action: 'daemon', data, from }));
  const folders = (): readonly string[] | undefined => {
    begun({ id: 'any' });
    return asked.at(-1)?.data;
  };

  describe('that files say', () => {
    it('are asked for eight times where there is none', () => {
      begun();
      beats(20);
      expect(asked).toHaveLength(8);
      expect(named).toEqual([]);
    });

    it('are asked for anew of a container that begins again', () => {
      const container = begun();
      beats(20);
      naming.begin(container);
      beats(20);
      expect(asked).toHaveLength(16);
    });

    it('are asked for until there is one, which is reported then', () => {
      begun();
      beats(2);
      files['d0c'] = { image: 'bb' };
      beats(2);
      files['d0c'] = { name: 'web' };
      beats(10);
      expect(named).toEqual(['d0c late', 'web late']);
      expect(asked).toHaveLength(6);
    });

    it('known at once are not reported apart, nor asked for again', () => {
      files['d0c'] = { name: 'web' };
      const container = begun();
      beats(5);
      expect([container.ref.name, named, asked.length]).toEqual(['web', [], 1]);
    });

    it('are asked for with all that is known of the container', () => {
      const container = make({ root: '/r' });
      container.bundle = { path: '/b', uid: 0 };
      container.init = { pid: 42, startAt: 1, nspid: [42], ns: hostNs };
      daemon('/var/lib/docker');
      naming.begin(container);
      const query = { runtime: 'podman', id: 'd0c', root: '/r', bundle: { path: '/b', uid: 0 }, init: 42 };
      expect(asked).toEqual([{ ...query, data: ['/var/lib/docker'] }]);
      container.initEnd = { code: 0 };
      beats(1);
      expect(asked[1]?.init).toBeUndefined();
    });

    it('are asked for at its start, as long as none was said by a file', () => {
      const container = begun();
      beats(20);
      files['d0c'] = { name: 'web' };
      expect(naming.again(container)).toBe('late');
      files['d0c'] = { name: 'db' };
      expect(naming.again(container)).toBeUndefined();
      expect(container.ref.name).toBe('web');
      naming.begin(container);
      files['d0c'] = {};
      naming.begin(container);
      files['d0c'] = { name: 'cache' };
      expect(naming.again(container)).toBe('renamed');
    });

    it('are not asked for once it is gone', () => {
      naming.forget(begun());
      beats(5);
      expect(asked).toHaveLength(1);
    });
  });

  describe('that change', () => {
    it('are looked at every 30 beats, in equal shares', () => {
      for (let id = 0; id < 60; id += 1) {
        files[`${id}`] = { name: `n${id}` };
        begun({ id: `${id}` });
      }
      asked = [];
      beats(29);
      expect(asked).toEqual([]);
      files['0'] = { name: 'other' };
      beats(1);
      expect([asked.length, named]).toEqual([2, ['other renamed']]);
      beats(1);
      expect(asked).toHaveLength(4);
      beats(28);
      expect(asked).toHaveLength(60);
      beats(30);
      expect(asked).toHaveLength(120);
    });

    it('are looked at only of what lives, and has one of a file', () => {
      files['a'] = { name: 'a' };
      const ended = begun({ id: 'a' });
      ended.stopped = true;
      begun({ id: 'b' });
      beats(10);
      asked = [];
      beats(60);
      expect(asked).toEqual([]);
    });

    it('after a command that renames are looked at in five beats, of all', () => {
      files['a'] = { name: 'a' };
      files['b'] = { name: 'b' };
      const [a] = [begun({ id: 'a' }), begun({ id: 'b' })];
      asked = [];
      naming.note(command({ action: 'rename', sure: false }));
      naming.note(command({ action: 'rename', from: a }));
      naming.note(command({ action: 'manage' }));
      beats(1);
      expect(asked).toEqual([]);
      naming.note(command({ action: 'rename' }));
      files['a'] = { name: 'x' };
      beats(10);
      expect([asked.length, named]).toEqual([10, ['x renamed']]);
    });
  });

  describe('that a monitor says', () => {
    it('are the container’s that comes, and of one only', () => {
      const said = monitor();
      const container = begun();
      expect(container).toMatchObject({ ref: { name: 'web' }, image: 'bb', rank: 'monitor' });
      expect(said.made).toBe(container);
      expect(begun().ref.name).toBe('d0c');
    });

    it('do not replace the container that it made already', () => {
      const other = make();
      monitor({ made: other });
      expect(begun().ref.name).toBe('web');
      expect([...containers.all()][0]).toBe(other);
    });

    it('are left to files where these say it at that time', () => {
      files['d0c'] = { image: 'cc', labels: { a: '1' } };
      monitor();
      delete files['d0c'];
      expect(begun()).toMatchObject({ ref: { name: 'web' }, image: 'cc', labels: { a: '1' } });
    });

    it('may be one of both', () => {
      monitor({ name: undefined as never });
      expect(begun()).toMatchObject({ ref: { name: 'd0c' }, image: 'bb' });
      monitor({ image: undefined as never });
      expect(begun()).toMatchObject({ ref: { name: 'web' }, image: undefined });
    });

    it.each<[what: string, changes: Partial<Command>]>([
      ['of another id', { id: 'other' }],
      ['of another runtime', { runtime: 'cri-o' }],
      ['of another root', { root: '/r' }],
      ['of no id', { id: undefined as never }],
      ['that names its bundle', { bundle: '/b' }],
      ['that is not sure', { sure: false }],
      ['that is none', { action: 'manage' }],
    ])('are not those of one %s', (_what, changes) => {
      monitor(changes);
      expect(begun().ref.name).toBe('d0c');
    });

    it('of a root are those of a container in it', () => {
      monitor({ root: '/r' });
      expect(begun({ root: '/r' }).ref.name).toBe('web');
    });

    it('hold as long as one that said so lives', () => {
      const [first, second] = [monitor(), monitor({ name: 'db' })];
      naming.ended(first.owner as Process);
      naming.ended(processOf());
      const child = processOf();
      child.command = second;
      naming.ended(child);
      const container = begun();
      expect(container.ref.name).toBe('db');
      expect([first.made, second.made]).toEqual([undefined, container]);
      const third = monitor();
      naming.ended(third.owner as Process);
      naming.ended(third.owner as Process);
      expect(begun().ref.name).toBe('d0c');
    });

    it('outlive those of its id that are no monitors', () => {
      monitor();
      const other = command({ action: 'manage', id: 'd0c' });
      naming.ended(other.owner as Process);
      expect(begun().ref.name).toBe('web');
    });

    it('of two that live are the later one’s, and both made it', () => {
      const [first, second] = [monitor(), monitor({ name: 'db' })];
      const container = begun();
      expect(container.ref.name).toBe('db');
      expect([first.made, second.made]).toEqual([container, container]);
    });

    it('in a container count for what is inside that, and not before what is said on the host', () => {
      const outer = make({ id: 'outer' });
      monitor({ from: outer });
      expect(begun().ref.name).toBe('d0c');
      const inside = make();
      inside.outer = outer;
      naming.begin(inside);
      expect(inside.ref.name).toBe('web');
      monitor({ name: 'host' });
      monitor({ from: outer });
      expect(begun().ref.name).toBe('host');
      monitor({ from: outer });
      monitor({ name: 'host' });
      expect(begun().ref.name).toBe('host');
    });

    it('are a thousand: the first is forgotten for one more', () => {
      for (let id = 0; id < 1000; id += 1) {
        monitor({ id: `${id}` });
      }
      expect(begun({ id: '0' }).ref.name).toBe('web');
      monitor({ id: '1000' });
      expect(begun({ id: '1' }).ref.name).toBe('web');
      monitor({ id: '1001' });
      monitor({ id: '1002' });
      expect(begun({ id: '2' }).ref.name).not.toBe('web');
      expect(begun({ id: '3' }).ref.name).toBe('web');
    });
  });

  describe('of daemons’ folders', () => {
    it('are looked for in those that daemons name', () => {
      daemon('/a');
      daemon('/b');
      daemon('/a');
      naming.note(command({ action: 'daemon', data: '/c', sure: false }));
      naming.note(command({ action: 'daemon' }));
      naming.note(command({ action: 'manage', data: '/d' }));
      expect(folders()).toEqual(['/a', '/b']);
    });

    it('in a container are those of what is inside it', () => {
      const outer = make({ id: 'outer' });
      daemon('/host');
      daemon('/inside', outer);
      expect(folders()).toEqual(['/host']);
      const inside = make();
      inside.outer = outer;
      naming.begin(inside);
      expect(asked.at(-1)?.data).toEqual(['/host', '/inside']);
    });

    it('stay the host’s, whoever says them in a container as well', () => {
      const outer = make({ id: 'outer' });
      daemon('/a');
      daemon('/a', outer);
      daemon('/b', outer);
      daemon('/b');
      expect(folders()).toEqual(['/a', '/b']);
    });

    it('are eight: one of the host takes the place of one of a container, and no other', () => {
      const outer = make({ id: 'outer' });
      daemon('/inside', outer);
      for (let index = 1; index < 8; index += 1) {
        daemon(`/host${index}`);
      }
      daemon('/late', outer);
      daemon('/more');
      daemon('/most');
      daemon('/host1');
      const expected = [...[1, 2, 3, 4, 5, 6, 7].map((index) => `/host${index}`), '/more'];
      expect(folders()).toEqual(expected);
      const inside = make();
      inside.outer = outer;
      naming.begin(inside);
      expect(asked.at(-1)?.data).toEqual(expected);
    });
  });

  it('speak for all on the host, else for what is inside', () => {
    const [outer, inner] = [make(), make()];
    inner.outer = outer;
    expect([speaksFor(undefined, undefined), speaksFor(undefined, inner), speaksFor(outer, inner)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([speaksFor(outer, undefined), speaksFor(outer, outer), speaksFor(inner, outer)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
