import { beforeEach, describe, expect, it } from 'vitest';
import { Container } from '../../src/model/container.ts';
import { NamespaceOwners } from '../../src/model/namespace-owners.ts';
import { running } from '../../src/model/new-process.ts';
import type { Process } from '../../src/model/process.ts';
import { processAs } from '../fixtures/model.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const named = (id: string): Container => new Container({ id, name: id, runtime: 'runc' }, 1);
const { pid: pidns, mnt } = containerNs;

const processIn = (ns: typeof hostNs, changes: Partial<Process> = {}): Process =>
  Object.assign(running(processAs(500, 1, ['sh'], { ns }), hostNs), changes);

describe('namespaces that lead to containers', () => {
  let owners: NamespaceOwners;
  let web: Container;
  beforeEach(() => {
    owners = new NamespaceOwners(hostNs);
    web = named('web');
  });
  const found = () => [owners.withPidns(pidns), owners.withMnt(mnt)];

  it('are its own', () => {
    owners.claim(containerNs, web);
    expect(found()).toEqual([[web], [web]]);
    const db = named('db');
    owners.claim(containerNs, db);
    expect(found()).toEqual([
      [web, db],
      [web, db],
    ]);
  });

  it('are not the host’s, nor those of what is around it', () => {
    owners.claim(hostNs, web);
    expect([owners.withPidns(hostNs.pid), owners.withMnt(hostNs.mnt)]).toEqual([undefined, undefined]);
    web.outer = named('outer');
    owners.claim(containerNs, web);
    expect(found()).toEqual([[web], [web]]);
    const inner = named('inner');
    inner.outer = named('outer');
    inner.outer.ns = containerNs;
    owners.claim(containerNs, inner);
    expect(found()).toEqual([[web], [web]]);
    owners.claim({ ...containerNs, pid: 7 }, inner);
    expect(owners.withPidns(7)).toEqual([inner]);
  });

  it('make a container where they lead to none', () => {
    const moved = { mntMoved: true };
    const inMnt = { ...hostNs, mnt };
    expect(owners.makesOne(processIn(containerNs, moved))).toBe('pid');
    expect(owners.makesOne(processIn(hostNs, moved))).toBeUndefined();
    expect(owners.makesOne(processIn(inMnt))).toBeUndefined();
    expect(owners.makesOne(processIn(inMnt, moved))).toBe('mnt');
    owners.claimPidns(pidns, web);
    expect(owners.makesOne(processIn(containerNs, moved))).toBe('mnt');
    expect(owners.makesOne(processIn(containerNs))).toBeUndefined();
    owners.claim(containerNs, web);
    expect(owners.makesOne(processIn(containerNs, moved))).toBeUndefined();
  });

  it('lead there until the last process has left', () => {
    const [first, last] = [processIn(containerNs), processIn(containerNs)];
    for (const process of [first, last]) {
      process.mntMoved = true;
      owners.count(process);
      owners.count(process);
    }
    owners.claim(containerNs, web);
    owners.uncount(first);
    owners.uncount(first);
    expect(found()).toEqual([[web], [web]]);
    last.ns = { ...hostNs, pid: pidns };
    owners.count(last);
    expect(found()).toEqual([[web], undefined]);
    last.ns = hostNs;
    owners.count(last);
    expect(found()).toEqual([undefined, undefined]);
  });

  it('are counted as each process is', () => {
    const process = processIn(containerNs, { mntMoved: true });
    owners.count(process);
    expect(process).toMatchObject({ countedMnt: mnt, countedPid: pidns });
    owners.uncount(process);
    expect(process).toMatchObject({ countedMnt: 0, countedPid: 0 });
    process.ns = hostNs;
    owners.count(process);
    expect(process).toMatchObject({ countedMnt: 0, countedPid: 0 });
  });

  it('lead to none of those that are released', () => {
    const db = named('db');
    owners.claim(containerNs, web);
    owners.claim(containerNs, db);
    owners.release(web);
    expect(found()).toEqual([[db], [db]]);
  });

  describe('of mounts that a service is in', () => {
    const inMnt = { ...hostNs, mnt };

    it('make no container, as long as it is there', () => {
      const service = processIn(inMnt);
      owners.count(service);
      const entering = processIn(inMnt, { mntMoved: true });
      expect(owners.makesOne(entering)).toBeUndefined();
      owners.claim(containerNs, web);
      expect(found()).toEqual([[web], undefined]);
      owners.uncount(service);
      expect(owners.makesOne(entering)).toBe('mnt');
    });

    it('are none that a process of a container is in, or one that was put there', () => {
      owners.count(processIn(inMnt, { membership: web.as.mnt }));
      expect(owners.makesOne(processIn(inMnt, { mntMoved: true }))).toBe('mnt');
      owners.count(processIn(inMnt, { mntMoved: true }));
      expect(owners.makesOne(processIn(inMnt, { mntMoved: true }))).toBe('mnt');
      owners.count(processIn(hostNs));
      expect(owners.makesOne(processIn(inMnt, { mntMoved: true }))).toBe('mnt');
    });
  });
});
