import { beforeEach, describe, expect, it } from 'vitest';
import { CgroupOwners } from '../../src/model/cgroup-owners.ts';
import type { CgroupShape } from '../../src/model/cgroup-shapes.ts';
import { CgroupSet } from '../../src/model/cgroups.ts';
import { Container } from '../../src/model/container.ts';

const named = (id: string): Container => new Container({ id, name: id, runtime: 'runc' }, 1);
const setOf = (...paths: string[]): CgroupSet =>
  new CgroupSet(new Map(paths.map((path, index) => [['', 'memory', 'cpu'][index]!, path])));
const shape = (path: string): CgroupShape => ({
  path,
  owner: { id: path.slice(1), runtime: 'docker' },
  labels: undefined,
});

describe('cgroups that lead to containers', () => {
  let owners: CgroupOwners;
  let web: Container;
  let db: Container;
  beforeEach(() => {
    owners = new CgroupOwners();
    web = named('web');
    db = named('db');
    owners.claim('', '/d/web', web);
  });

  it('lead to all whose it is, the innermost that any hierarchy has', () => {
    owners.claim('', '/d/web', db);
    expect(owners.of(setOf('/d/web/x'))).toEqual([web, db]);
    owners.claim('', '/d/web/long', db);
    expect(owners.of(setOf('/d/web', '/d/web/long'))).toEqual([db]);
    expect(owners.of(setOf('/d/web/long', '/d/web'))).toEqual([db]);
    owners.claim('memory', '/e/xxx', db);
    expect(owners.of(setOf('/d/web', '/e/xxx'))).toEqual([web, db]);
    owners.claim('memory', '/e/web', db);
    expect(owners.of(setOf('/d/web', '/e/web'))).toEqual([web, db]);
    expect(owners.of(setOf('/e/web', '/d/web'))).toEqual([db]);
  });

  it('do not lead to any from a root', () => {
    owners.claim('', '/', db);
    owners.claim('', '', db);
    expect([owners.at('/'), owners.at(''), db.cgroups.size]).toEqual([[], [], 0]);
    expect(owners.of(setOf('/'))).toBeUndefined();
  });

  it('are looked up once, until something is learnt', () => {
    const cgroups = setOf('/d/web');
    owners.of(cgroups);
    cgroups.memo.containers = [db];
    expect(owners.of(cgroups)).toEqual([db]);
    owners.claim('', '/d/web', web);
    expect(owners.of(cgroups)).toEqual([db]);
    owners.claim('', '/d/other', db);
    expect(owners.of(cgroups)).toEqual([web]);
  });

  it('of nspawn are those of what is above its supervisor', () => {
    owners.claim('', '/machine/web', web);
    owners.claimForMonitor('/machine/web/supervisor');
    expect(owners.of(setOf('/machine/web/supervisor'))).toBeUndefined();
    expect(owners.of(setOf('/machine/web/payload'))).toEqual([web]);
    owners.claimForMonitor('/d/web/conmon');
    expect(owners.of(setOf('/d/web/conmon'))).toEqual([web]);
    expect(owners.of(setOf('/d/web/supervisor'))).toEqual([web]);
  });

  it('are found anew when a monitor is known', () => {
    const cgroups = setOf('/d/web/supervisor');
    expect(owners.of(cgroups)).toEqual([web]);
    owners.claimForMonitor('/d/web/supervisor');
    expect(owners.of(cgroups)).toBeUndefined();
  });

  describe('that are removed', () => {
    it('lead nowhere once no hierarchy has one', () => {
      owners.claim('memory', '/d/web', web);
      const cgroups = setOf('/d/web');
      owners.remove('', '/d/web');
      expect(owners.of(cgroups)).toEqual([web]);
      owners.remove('memory', '/d/web');
      expect(owners.of(cgroups)).toBeUndefined();
      expect(owners.at('/d/web')).toEqual([]);
    });

    it('lead on to all as long as one of those that share it has one', () => {
      owners.claim('memory', '/d/web', db);
      owners.remove('', '/d/web');
      expect(owners.at('/d/web')).toEqual([web, db]);
      owners.remove('memory', '/d/web');
      expect(owners.at('/d/web')).toEqual([]);
    });

    it('take with them a container that has ended and has no other', () => {
      owners.claim('', '/d/second', web);
      web.stopped = true;
      owners.release(web);
      expect(owners.remove('', '/d/web')).toEqual([]);
      expect(owners.remove('', '/d/second')).toEqual([web]);
      expect(owners.endedAt('/d/second')).toEqual([]);
    });

    it('do not look like a container any more', () => {
      owners.noteShape(shape('/docker/x'));
      owners.remove('', '/docker/x');
      expect(owners.shapeOf(setOf('/docker/x'))).toBeUndefined();
      owners.claimForMonitor('/d/web/supervisor');
      owners.remove('', '/d/web/supervisor');
      owners.claim('', '/d/other', db);
      expect(owners.of(setOf('/d/web/supervisor'))).toEqual([web]);
    });
  });

  describe('that a container left behind', () => {
    it('lead to no living one', () => {
      const cgroups = setOf('/d/web');
      expect(owners.of(cgroups)).toEqual([web]);
      owners.release(web);
      expect([owners.of(cgroups), owners.at('/d/web'), owners.endedAt('/d/web')]).toEqual([undefined, [], [web]]);
    });

    it('are forgotten with it', () => {
      owners.release(web);
      owners.forget(web);
      expect(owners.endedAt('/d/web')).toEqual([]);
    });

    it('are none that was removed before', () => {
      owners.claim('', '/d/kept', db);
      web.cgroups.get('/d/web')!.clear();
      owners.release(web);
      expect(owners.endedAt('/d/web')).toEqual([]);
    });
  });

  describe('that are renamed', () => {
    it('lead to the same by another path', () => {
      const [before, now] = [setOf('/d/web/x'), setOf('/e/web/x')];
      expect([owners.of(before), owners.of(now)]).toEqual([[web], undefined]);
      owners.rename('', '/d', '/e', [web]);
      expect([owners.of(before), owners.of(now)]).toEqual([undefined, [web]]);
      expect([...web.cgroups.keys()]).toEqual(['/e/web']);
    });

    it('keep their path in other hierarchies', () => {
      owners.claim('memory', '/d/web', web);
      owners.rename('memory', '/d', '/e', [web]);
      expect([owners.at('/d/web'), owners.at('/e/web')]).toEqual([[web], [web]]);
      expect([...web.cgroups.keys()]).toEqual(['/d/web', '/e/web']);
      owners.rename('memory', '/d', '/f', [web]);
      expect([...web.cgroups.keys()]).toEqual(['/d/web', '/e/web']);
    });

    it('are those of the container in that path already, too', () => {
      owners.claim('memory', '/e/web', web);
      owners.rename('', '/d', '/e', [web]);
      expect([...web.cgroups]).toEqual([['/e/web', new Set(['memory', ''])]]);
    });

    it('are none that are beside it', () => {
      owners.rename('', '/x', '/e', [web]);
      expect([...web.cgroups]).toEqual([['/d/web', new Set([''])]]);
      expect(owners.at('/d/web')).toEqual([web]);
    });

    it('of ended containers lead to no living one', () => {
      web.stopped = true;
      owners.release(web);
      owners.rename('', '/d', '/e', [web]);
      expect([owners.at('/e/web'), owners.endedAt('/e/web'), owners.endedAt('/d/web')]).toEqual([[], [web], []]);
    });

    it('are still those of a monitor', () => {
      owners.claimForMonitor('/d/web/supervisor');
      owners.rename('', '/d', '/e', [web]);
      expect(owners.of(setOf('/e/web/supervisor'))).toBeUndefined();
    });
  });

  describe('that look like a container', () => {
    it('are found by the innermost, if that and none around it is taken', () => {
      owners.noteShape(shape('/docker/a'));
      owners.noteShape(shape('/docker/a/docker/b'));
      expect(owners.shapeOf(setOf('/docker/a'))?.path).toBe('/docker/a');
      expect(owners.shapeOf(setOf('/docker/a/x'))?.path).toBe('/docker/a');
      expect(owners.shapeOf(setOf('/docker/a/docker/b'))?.path).toBe('/docker/a/docker/b');
      expect(owners.shapeOf(setOf('/docker/a', '/docker/a/docker/b'))?.path).toBe('/docker/a/docker/b');
      expect(owners.shapeOf(setOf('/docker/a/docker/b', '/docker/a'))?.path).toBe('/docker/a/docker/b');
      expect(owners.shapeOf(setOf('/docker'))).toBeUndefined();
      owners.claim('', '/docker/a/docker', db);
      expect(owners.shapeOf(setOf('/docker/a/docker/x'))).toBeUndefined();
    });

    it('are the first hierarchy’s of two that are as long', () => {
      owners.noteShape(shape('/docker/a'));
      owners.noteShape(shape('/docker/b'));
      expect(owners.shapeOf(setOf('/docker/b', '/docker/a'))?.path).toBe('/docker/b');
    });
  });
});
