import { beforeEach, describe, expect, it } from 'vitest';
import { AskedFor } from '../../src/model/asked/asked.ts';
import { Container, type Init, type Maker, type Requester } from '../../src/model/container.ts';
import { ContainerRecords } from '../../src/model/container-records.ts';
import { running } from '../../src/model/new-process.ts';
import { requesterOf } from '../../src/model/requester.ts';
import { WallClock } from '../../src/model/wall-clock.ts';
import type { RecordOf } from '../../src/record/schema.ts';
import { processAs } from '../fixtures/model.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const time = { mono: '2000000000', at: 2e9 };
const when = { type: 'container', seq: 0, time: '1970-01-01T00:00:02.000000000Z', mono: time.mono };
const login = { auid: 1000, tty: 'pts/3' };

describe('records of a container', () => {
  let emitted: RecordOf<'container'>[];
  let records: ContainerRecords;
  let web: Container;
  beforeEach(() => {
    emitted = [];
    const asked = new AskedFor({ live: () => [], userName: () => undefined });
    records = new ContainerRecords(new WallClock(0n), asked, (record) => emitted.push(record));
    web = new Container({ id: 'web', name: 'web', runtime: 'runc' }, 1);
  });
  const only = (): RecordOf<'container'> => {
    expect(emitted).toHaveLength(1);
    return emitted[0]!;
  };
  const requester = (who = {}): Requester => ({
    ...requesterOf(Object.assign(running(processAs(5, 1, ['runc', 'run', 'web']), hostNs), who)),
    at: 1e9,
  });
  const by = { pid: 5, uid: 0, comm: 'runc', args: ['runc', 'run', 'web'] };
  const init: Init = { pid: 42, startAt: 1.5e9, nspid: [42, 1], ns: containerNs };
  const maker = (changes: Partial<Maker>): Maker =>
    ({ action: 'start', runtime: 'runc', by: requester(), owner: { ended: false }, ...changes }) as Maker;

  it('that was there says on what evidence it is one', () => {
    records.seen(web, time);
    expect(only()).toStrictEqual({
      ...{ ...when, op: 'seen', container: web.info(), evidence: ['name from its namespace'] },
    });
  });

  it.each<[evidence: string[], set: (container: Container) => void]>([
    [
      ['cgroup /a', 'init 42', 'command runc web', 'name from a file of its runtime'],
      (container) => {
        Object.assign(container, { madeBy: 'cgroup /a', init, command: maker({ id: 'web', name: 'x' }), rank: 'file' });
      },
    ],
    [
      ['command runc x', 'name from its monitor'],
      (at) => Object.assign(at, { command: maker({ name: 'x' }), rank: 'monitor' }),
    ],
    [['command runc', 'name from the command of its runtime'], (at) => Object.assign(at, { command: maker({}) })],
    [['name from the path of its cgroup'], (at) => Object.assign(at, { rank: 'shape' })],
    [['pid:[7]', 'name from its namespace'], (at) => Object.assign(at, { madeBy: 'pid:[7]' })],
  ])('has the evidence %j', (evidence, set) => {
    set(web);
    records.seen(web, time);
    const { evidence: seen } = only();
    expect(seen).toEqual(evidence);
  });

  it('that is created says who made it, and who asked', () => {
    web.requester = requester(login);
    records.created(web, time);
    expect(only()).toMatchObject({ ...when, op: 'created', by, evidence: expect.any(Array) });
    expect(only().asked_by).toMatchObject({ pid: 5, auid: 1000, tty: 'pts/3', evidence: ['ancestor'] });
    expect(only()).not.toHaveProperty('pid');
  });

  it('that nobody is known to have made says so of nobody', () => {
    records.created(web, time);
    records.started(web, init, time, 'exec');
    for (const record of emitted) {
      expect(Object.keys(record)).not.toContain('by');
      expect(Object.keys(record)).not.toContain('asked_by');
      expect(Object.keys(record)).not.toContain('startup_ns');
    }
  });

  it('made by who has neither login nor terminal has nobody who asked', () => {
    web.requester = requester();
    records.created(web, time);
    expect(only()).toMatchObject({ by });
    expect(Object.keys(only())).not.toContain('asked_by');
  });

  it('that started by an exec counts to that', () => {
    web.requester = requester(login);
    web.init = init;
    web.cgroupAt = 1.2e9;
    web.namespacesAt = 1.4e9;
    records.started(web, init, time, 'exec');
    expect(only()).toMatchObject({
      ...{ ...when, op: 'started', pid: 42, nspid: [42, 1], start_seen: 'exec', by, startup_ns: 1e9 },
      startup: { runtime_ns: 2e8, cgroup_ns: 2e8, namespaces_ns: 1e8, rest_ns: 5e8 },
      ...{ asked_by: { evidence: ['ancestor'] }, evidence: ['init 42', expect.stringContaining('name from')] },
      container: { id: 'web', started: '1970-01-01T00:00:01.500000000Z', init: 42 },
    });
  });

  it.each<[namespacesAt: number | undefined, took: number]>([
    [undefined, 5e8],
    [1.4e9, 5e8],
    [1.7e9, 7e8],
  ])('that is known to have started by a birth counts to that, or to its namespaces: %s', (namespacesAt, took) => {
    web.requester = requester();
    web.namespacesAt = namespacesAt;
    records.started(web, init, time, 'birth');
    expect(only()).toMatchObject({ start_seen: 'birth', startup_ns: took });
  });

  it('never took less than nothing to start', () => {
    web.requester = { ...requester(), at: 3e9 };
    records.started(web, init, time, 'exec');
    expect(only().startup_ns).toBe(0);
    web.init = { ...init, startAt: -5 };
    records.seen(web, time);
    expect(emitted[1]?.container.started).toBe('1970-01-01T00:00:00.000000000Z');
  });

  it('that is joined says by whom, and on what evidence', () => {
    const process = Object.assign(running(processAs(50, 5, ['sh'], { nspid: [50, 7] }), hostNs), {
      membership: web.as.pidns,
    });
    records.joined(web, time, process, requester(login));
    expect(only()).toStrictEqual({
      ...{ ...when, op: 'joined', pid: 50, nspid: [50, 7], container: web.info(), by, evidence: ['pidns'] },
      asked_by: expect.objectContaining({ pid: 5, evidence: ['ancestor'] }),
    });
    process.membership = undefined as never;
    records.joined(web, time, process, requester());
    expect(Object.keys(emitted[1]!)).not.toContain('evidence');
  });

  it('that is named, stopped or removed says why, and how its init ended', () => {
    records.named(web, time, 'renamed');
    web.initEnd = { signal: 'SIGKILL', oom: true };
    records.stopped(web, time);
    records.removed(web, time);
    expect(emitted).toStrictEqual([
      { ...when, op: 'named', container: web.info(), reason: 'renamed' },
      { ...when, op: 'stopped', container: web.info(), signal: 'SIGKILL', oom: true },
      { ...when, op: 'removed', container: web.info() },
    ]);
  });
});
