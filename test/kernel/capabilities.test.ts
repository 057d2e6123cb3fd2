import { describe, expect, it } from 'vitest';
import { allCapabilities, capabilityNames } from '../../src/kernel/capabilities.ts';

describe('capabilityNames', () => {
  it('names nothing for an empty mask', () => {
    expect(capabilityNames(0n)).toEqual([]);
    expect(capabilityNames(0x0n)).toEqual([]);
  });

  it.each([
    ['0000000000000001', ['CAP_CHOWN']],
    ['0000000000200000', ['CAP_SYS_ADMIN']],
    ['0000000080000000', ['CAP_SETFCAP']],
    ['0000000100000000', ['CAP_MAC_OVERRIDE']],
    ['0000008000000000', ['CAP_BPF']],
    ['0000010000000000', ['CAP_CHECKPOINT_RESTORE']],
    // What runc spec gives.
    ['0000000020000420', ['CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_AUDIT_WRITE']],
  ])('reads %s as the kernel numbers them', (mask, names) => {
    expect(capabilityNames(BigInt(`0x${mask}`))).toEqual(names);
  });

  it("names docker's fourteen", () => {
    expect(capabilityNames(0x00000000a80425fbn)).toEqual([
      ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETGID', 'CAP_SETUID'],
      ...['CAP_SETPCAP', 'CAP_NET_BIND_SERVICE', 'CAP_NET_RAW', 'CAP_SYS_CHROOT', 'CAP_MKNOD', 'CAP_AUDIT_WRITE'],
      'CAP_SETFCAP',
    ]);
  });

  it('names all that Linux 5.9 and newer has, in the order of their bits', () => {
    expect(allCapabilities).toHaveLength(41);
    expect(capabilityNames(0x000001ffffffffffn)).toEqual(allCapabilities);
  });

  it('numbers those that are newer than it, up to the last bit', () => {
    expect(capabilityNames(0x8000020000000001n)).toEqual(['CAP_CHOWN', 'CAP_41', 'CAP_63']);
  });
});
