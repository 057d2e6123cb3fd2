import { describe, expect, it } from 'vitest';
import type { InspectRecord } from '../../src/now/schema.ts';
import { nowSchema } from '../../src/now/schema.ts';
import { whyOf } from '../../src/now/why.ts';

const web = { id: 'web', name: 'web', runtime: 'runc', instance: 3 };

const inspected = (changes: Partial<InspectRecord>): InspectRecord => ({
  ...{ type: 'inspect', time: '2026-01-31T12:00:00.000000000Z', pid: 500, gone: false, nspid: [500, 7], ppid: 1 },
  ...{ comm: 'sh', args: ['sh'], container: web, container_evidence: ['cgroup /web'] },
  namespaces: [
    { type: 'pid', inode: 4001, whose: 'container' },
    { type: 'mnt', inode: 4002, whose: 'container' },
  ],
  cgroups: { unified: '/web', memory: '/web' },
  ancestry: [
    { pid: 400, comm: 'init', container: web },
    { pid: 1, comm: 'systemd', container: null },
  ],
  ...changes,
});

describe('whyOf', () => {
  it.each([
    [{ evidence: 'init', nspid: [500, 1] }, "it is pid 1 of pid:[4001]: the container's init"],
    [{ evidence: 'init', nspid: [500] }, 'it is the first process of the container'],
    [{ evidence: 'lineage' }, 'its ancestor 400 (init) is the first of the container, and it has not left that line'],
    [{ evidence: 'pidns' }, 'it is in pid:[4001], a pid namespace of the container'],
    [{ evidence: 'cgroup' }, 'it is in a cgroup of the container: /web'],
    [{ evidence: 'mnt' }, 'it was put into mnt:[4002], the mount namespace of the container'],
    [{}, 'the recording does not say: it was made by nstrace 0.1'],
  ] as const)('says what %j is', (changes, because) => {
    const record = whyOf(inspected(changes as Partial<InspectRecord>));
    expect(record.because).toEqual([because]);
    expect(record.container_evidence).toEqual(['cgroup /web']);
    expect(nowSchema.parse(record)).toEqual(record);
  });

  it('says what keeps a process on the host', () => {
    const namespaces: InspectRecord['namespaces'] = [
      { type: 'pid', inode: 1, whose: 'host' },
      { type: 'mnt', inode: 2, whose: 'own' },
    ];
    const { because, container_evidence } = whyOf(inspected({ container: null, namespaces, role: 'monitor' }));
    expect(because).toEqual([
      'none of its ancestors is the init of a container',
      "its pid namespace is the host's",
      'none of its cgroups is one that a runtime made for a container',
      'its mount namespace is that of a service or a helper',
      'it works for a container from outside, as monitor',
    ]);
    expect(container_evidence).toEqual(['cgroup /web']);
  });
});
