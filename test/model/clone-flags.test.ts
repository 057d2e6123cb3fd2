import { describe, expect, it } from 'vitest';
import { askedNamespaces, asksForNamespaces, flagNames } from '../../src/model/clone-flags.ts';
import { containerNs } from '../fixtures/records.ts';

/** What runc run asks for: mnt, uts, ipc, pid and net. */
const runcFlags = 0x6c02_0000;
const CLONE_VFORK_VM = 0x4100;

describe('flags of clone', () => {
  it('are named as the kernel does', () => {
    expect(flagNames(runcFlags).toSorted()).toEqual([
      'CLONE_NEWIPC',
      'CLONE_NEWNET',
      'CLONE_NEWNS',
      'CLONE_NEWPID',
      'CLONE_NEWUTS',
    ]);
    expect(flagNames(0x1200_0080).toSorted()).toEqual(['CLONE_NEWCGROUP', 'CLONE_NEWTIME', 'CLONE_NEWUSER']);
  });

  it('are of no interest unless they ask for namespaces', () => {
    expect(asksForNamespaces(CLONE_VFORK_VM | 17)).toBe(false);
    expect(flagNames(CLONE_VFORK_VM | 17)).toEqual([]);
    expect(asksForNamespaces(CLONE_VFORK_VM | 0x4000_0000)).toBe(true);
  });

  it('say which namespaces were asked for', () => {
    const { mnt, uts, ipc, pid, net } = containerNs;
    expect(askedNamespaces(runcFlags, containerNs)).toEqual({ mnt, uts, ipc, pid, net });
    expect(askedNamespaces(CLONE_VFORK_VM, containerNs)).toEqual({});
  });
});
