import { describe, expect, it } from 'vitest';
import { host } from '../fixtures/lines.ts';
import { setUp, type World } from '../fixtures/model.ts';

describe('namespaces that nobody was seen to make or to join', () => {
  const made = { ...host, uts: 900, net: 901 };
  const changes = ({ of }: World) =>
    of('namespace').map(({ op, pid, created, joined }) => [op, pid, created ?? joined]);

  it('are reported with the exec that shows them: new ones as made, those of others as joined', () => {
    const world = setUp();
    world.fork(20, 1);
    world.exec(20, 1, 'sh', { ns: made });
    world.fork(30, 1);
    world.exec(30, 1, 'sh', { ns: { ...host, net: 901, ipc: 902 } });
    world.exec(30, 1, 'true');
    expect(changes(world)).toEqual([
      ['unshare', 20, { net: 901, uts: 900 }],
      ['setns', 30, { net: 901 }],
      ['unshare', 30, { ipc: 902 }],
    ]);
  });

  it('are reported of a child of vfork, which began where its parent is', () => {
    const world = setUp();
    world.exec(20, 1, 'sh');
    world.exec(21, 20, 'true', { ns: made });
    expect(changes(world)).toEqual([['unshare', 21, { net: 901, uts: 900 }]]);
  });

  it('are not those of a thread, of a child that was not found, or of a new process', () => {
    const world = setUp();
    world.exec(20, 1, 'sh');
    world.exec(20, 1, 'true', { ns: made, oldTid: 25 });
    world.fork(21, 20, { whole: false });
    world.exec(21, 20, 'true', { ns: host });
    world.exec(22, 99, 'true', { ns: { ...host, uts: 903 } });
    expect(changes(world)).toEqual([]);
  });

  it('make a container where mounts are among them', () => {
    const world = setUp();
    world.exec(20, 1, 'sh');
    world.exec(20, 1, 'sh', { ns: { ...host, mnt: 700 } });
    expect(world.of('exec').at(-1)?.container).toMatchObject({ id: 'mnt:[700]' });
    expect(world.of('namespace')).toMatchObject([{ op: 'unshare', container: { id: 'mnt:[700]' } }]);
  });
});
