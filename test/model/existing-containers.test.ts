import { beforeEach, describe, expect, it } from 'vitest';
import { Containers } from '../../src/model/containers.ts';
import { addExistingContainers } from '../../src/model/existing-containers.ts';
import { running } from '../../src/model/new-process.ts';
import { ProcessTable } from '../../src/model/process.ts';
import type { ProcProcess } from '../../src/procfs/process.ts';
import { readCgroup } from '../../src/runtimes/index.ts';
import type { ContainerState } from '../../src/runtimes/runtime.ts';
import { processAs } from '../fixtures/model.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const id = 'd0c'.repeat(21).padEnd(64, '0');
const path = `/docker/${id}`;
const stateOf = (changes: Partial<ContainerState> = {}): ContainerState => ({
  ...{ id, name: 'web', runtime: 'docker', init: 42, cgroups: [] },
  ...changes,
});
const inside = (pid: number, changes: Partial<ProcProcess> = {}): ProcProcess =>
  processAs(pid, 1, ['sh'], { ns: containerNs, nspid: [pid, 1], cgroups: new Map([['', path]]), ...changes });

describe('containers that run when tracing begins', () => {
  let containers: Containers;
  let table: ProcessTable;
  beforeEach(() => {
    containers = new Containers(hostNs);
    table = new ProcessTable();
  });
  const add = (states: ContainerState[], processes: ProcProcess[]): void => {
    for (const process of processes) {
      table.add(running(process, hostNs));
    }
    addExistingContainers(states, processes, containers, table, readCgroup);
  };

  it('have the init that their runtime’s file names, and the cgroup that is theirs by its path', () => {
    add([stateOf()], [inside(41), inside(42)]);
    const [container] = containers.all();
    expect(container).toMatchObject({ rank: 'file', madeBy: 'state file', started: false, init: table.get(42) });
    expect(table.get(42)?.membership).toBe(container?.as.init);
    expect(table.get(41)?.membership).toBeUndefined();
    expect(containers.cgroups.at(path)).toEqual([container]);
  });

  it('have cgroups that the file names, whatever these are called, and no others', () => {
    const cgroups = new Map([
      ['', '/mine'],
      ['memory', '/other'],
      ['cpu', `/docker/${'e'.repeat(64)}`],
    ]);
    add([stateOf({ cgroups: ['/mine'] })], [inside(42, { cgroups })]);
    const [container] = containers.all();
    expect([...container!.cgroups]).toEqual([['/mine', new Set([''])]]);
  });

  it('are none where nothing of them runs', () => {
    add([stateOf()], [inside(41)]);
    add([stateOf({ init: undefined, cgroups: [path] })], []);
    expect(containers.all().size).toBe(0);
  });

  it('are each of several', () => {
    add([stateOf({ init: 1 }), stateOf(), stateOf({ id: 'db', init: 41 })], [inside(41), inside(42)]);
    expect([...containers.all()].map(({ ref }) => ref.id)).toEqual([id, 'db']);
  });

  it('whose init has ended are what is left in their cgroup, outside of the host’s mounts', () => {
    const state = stateOf({ init: undefined, cgroups: [path] });
    add([state], [inside(41, { ns: hostNs }), inside(43, { cgroups: new Map([['', '/other']]) })]);
    expect(containers.all().size).toBe(0);
    add([state], [inside(41, { ns: undefined as never })]);
    expect(containers.all().size).toBe(0);
    add(
      [state],
      [
        inside(44, {
          cgroups: new Map([
            ['cpu', '/other'],
            ['', path],
          ]),
        }),
      ],
    );
    const [container] = containers.all();
    expect(container).toMatchObject({ started: true, madeBy: 'state file, its init has ended', init: undefined });
    expect(table.get(44)?.membership).toBeUndefined();
    expect(containers.cgroups.at(path)).toEqual([container]);
  });

  it('whose process is not known here have started', () => {
    addExistingContainers([stateOf()], [inside(42)], containers, table, readCgroup);
    expect([...containers.all()][0]).toMatchObject({ started: true, init: undefined, madeBy: 'state file' });
  });

  describe('of a runtime in another pid namespace', () => {
    const state = stateOf({ init: undefined, inside: { pid: 7, startTicks: 42 }, cgroups: [path] });
    const at = (changes: Partial<ProcProcess>) => inside(42, { nspid: [42, 7, 1], ...changes });

    it('have the init that has that pid in one of them, that start and that cgroup', () => {
      add([state], [at({ startTicks: 41 }), at({ startTicks: 42, pid: 43 })]);
      expect([...containers.all()][0]?.init).toBe(table.get(43));
    });

    it.each<[what: string, changes: Partial<ProcProcess>]>([
      ['another start', { startTicks: 41 }],
      ['another pid', { nspid: [42, 8, 1] }],
      ['the pid on the host only', { nspid: [7, 8, 1] }],
      ['the pid in the runtime’s namespace only', { nspid: [42, 7] }],
      ['another cgroup', { cgroups: new Map([['', '/other']]) }],
    ])('do not have one with %s', (_what, changes) => {
      add([state], [at({ ns: hostNs, ...changes })]);
      expect(containers.all().size).toBe(0);
    });

    it('have one with that cgroup in any hierarchy', () => {
      add(
        [state],
        [
          at({
            ns: hostNs,
            cgroups: new Map([
              ['cpu', '/other'],
              ['', path],
            ]),
          }),
        ],
      );
      expect([...containers.all()][0]?.init).toBe(table.get(42));
    });
  });
});
