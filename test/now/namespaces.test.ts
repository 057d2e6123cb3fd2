import { describe, expect, it } from 'vitest';
import { namespaceTypes } from '../../src/kernel/namespaces.ts';
import type { NamespaceParents } from '../../src/now/namespace-parents.ts';
import { collectNamespaces } from '../../src/now/namespaces.ts';
import type { ContainerRef } from '../../src/record/schema.ts';
import { impossible, nowProcess, snapshotOf } from '../fixtures/now.ts';
import { containerNs, hostNs, xyxy12 } from '../fixtures/records.ts';

const init = nowProcess(impossible + 1, 0, ['init']);
const inside = (pid: number, container: ContainerRef = xyxy12) =>
  nowProcess(impossible + pid, impossible + 1, ['sh'], { container, proc: { nspid: [impossible + pid, 1] } });

const collect = (
  processes: Parameters<typeof snapshotOf>[0],
  kin: ReadonlyMap<number, NamespaceParents> = new Map(),
) => {
  const all = collectNamespaces(snapshotOf(processes), kin);
  const find = (inode: number) => all.find((namespace) => namespace.inode === inode);
  return { all, find };
};

describe('collectNamespaces', () => {
  it('has one for each type and inode, in the order of the types', () => {
    const { all } = collect([init, inside(2), inside(3)]);
    expect(all.filter(({ isHost }) => isHost).map(({ type }) => type)).toEqual(namespaceTypes);
    expect(all.map(({ type }) => type)).toEqual([
      ...['pid', 'pid', 'mnt', 'mnt', 'net', 'net', 'ipc', 'ipc', 'uts', 'uts', 'user', 'cgroup', 'time'],
    ]);
    for (const type of namespaceTypes) {
      const inodes = all.filter((namespace) => namespace.type === type).map(({ inode }) => inode);
      expect(inodes).toEqual([...inodes].sort((a, b) => a - b));
    }
  });

  it('counts the processes in each, in the order in which they started', () => {
    const { find } = collect([init, inside(2), inside(3)]);
    expect(find(containerNs.pid)?.processes.map(({ proc }) => proc.pid)).toEqual([impossible + 2, impossible + 3]);
    expect(find(hostNs.pid)?.processes).toHaveLength(1);
    expect(find(hostNs.user)?.processes).toHaveLength(3);
  });

  it('names each container once, and the host as null', () => {
    const other = { id: 'other', name: 'other', runtime: 'runc' };
    const { find } = collect([init, inside(2), inside(3), inside(4, other)]);
    expect(find(containerNs.net)?.containers).toEqual([xyxy12, other]);
    expect(find(hostNs.user)?.containers).toEqual([null, xyxy12, other]);
    expect(find(hostNs.net)?.containers).toEqual([null]);
  });

  it('takes containers of two runtimes for two, though they have the same id', () => {
    const other = { ...xyxy12, runtime: 'crun' };
    const { find } = collect([init, inside(2), inside(3, other)]);
    expect(find(containerNs.net)?.containers).toEqual([xyxy12, other]);
  });

  it('knows which are the ones of the host', () => {
    const { find } = collect([init, inside(2)]);
    expect(find(hostNs.pid)?.isHost).toBe(true);
    expect(find(containerNs.pid)?.isHost).toBe(false);
  });

  it('does not take part of a process whose namespaces are hidden', () => {
    const hidden = nowProcess(impossible + 5, 1, ['secret'], { proc: { ns: undefined } });
    const { all } = collect([init, hidden]);
    expect(all).toHaveLength(namespaceTypes.length);
    expect(all.every(({ processes }) => processes.length === 1)).toBe(true);
  });

  it('has their parents and owners where those are known', () => {
    const kin = new Map([[containerNs.pid, { parent: hostNs.pid, owner: hostNs.user }]]);
    const { find } = collect([init, inside(2)], kin);
    expect(find(containerNs.pid)).toMatchObject({ parent: hostNs.pid, owner: hostNs.user });
    expect(find(containerNs.net)).toMatchObject({ parent: undefined, owner: undefined });
  });

  it('has no keeper for one that processes are in', () => {
    const { all } = collect([init, inside(2)]);
    expect(all.flatMap(({ keepers }) => keepers)).toEqual([]);
  });
});
