import { describe, expect, it } from 'vitest';
import { changedNamespaces } from '../../src/kernel/namespaces.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

describe('changedNamespaces', () => {
  it('reports the inodes that are new', () => {
    const { mnt, uts, ipc, pid, net } = containerNs;
    expect(changedNamespaces(hostNs, containerNs)).toEqual({ mnt, uts, ipc, pid, net });
    expect(changedNamespaces(hostNs, hostNs)).toEqual({});
  });
});
