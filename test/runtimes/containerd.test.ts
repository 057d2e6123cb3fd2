import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOf } from '../../src/procfs/process.ts';
import { containerdIn } from '../../src/runtimes/containerd.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { query } from '../fixtures/query.ts';

const uid = process.getuid?.() ?? 0;
const hex = 'c'.repeat(64);

let root: string;
let states: string;
let containerd: Runtime;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-containerd-`);
  states = `${root}/runc`;
  containerd = containerdIn({ states, owner: uid });
});
afterEach(() => rmSync(root, { recursive: true }));

/** runc's state of a container whose init is this very process. */
const writeState = (namespace: string, id: string, changes: Record<string, unknown> = {}): void => {
  const folder = `${states}/${namespace}/${id}`;
  mkdirSync(folder, { recursive: true });
  const { pid } = process;
  const state = { id, init_process_pid: pid, init_process_start: startOf(pid), ...changes };
  writeFileSync(`${folder}/state.json`, JSON.stringify(state));
};

describe('containerd.list', () => {
  it('lists the containers of each namespace but docker’s', () => {
    writeState('default', 'c1', { cgroup_paths: { '': '/sys/fs/cgroup/default/c1' } });
    writeState('k8s.io', 'c2');
    writeState('moby', 'c3');
    expect(containerd.list?.([]).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: 'c1', name: 'c1', runtime: 'containerd', init: process.pid, cgroups: ['/default/c1'] },
      { id: 'c2', name: 'c2', runtime: 'containerd', init: process.pid, cgroups: [] },
    ]);
  });

  it('reads what the kubelet calls them from the labels that runc keeps', () => {
    const labels = [
      'io.kubernetes.cri.container-type=container',
      'io.kubernetes.cri.container-name=nginx',
      'io.kubernetes.cri.image-name=docker.io/library/nginx:1.27',
      'io.kubernetes.cri.sandbox-name=web-0',
      'other=a=b',
      'none',
      5,
      `bundle=/run/containerd/io.containerd.runtime.v2.task/k8s.io/${hex}`,
    ];
    writeState('k8s.io', hex, { config: { labels } });
    expect(containerd.list?.([])).toMatchObject([
      {
        id: hex,
        name: 'nginx',
        runtime: 'containerd',
        image: 'docker.io/library/nginx:1.27',
        labels: {
          'io.kubernetes.pod.name': 'web-0',
          'io.kubernetes.container.name': 'nginx',
          'io.kubernetes.container.type': 'container',
        },
      },
    ]);
  });

  it('lists without an init what has lost it, and nothing that is damaged', () => {
    writeState('default', 'c1', { init_process_start: 1 });
    writeState('default', 'c2', { init_process_pid: 'x' });
    writeState('default', 'c3');
    writeFileSync(`${states}/default/c3/state.json`, '{"id":');
    expect(containerd.list?.([])).toMatchObject([{ id: 'c1', init: undefined }]);
  });

  it('lists nothing where containerd never ran', () => {
    expect(containerd.list?.([])).toEqual([]);
  });
});

describe('containerd.describe', () => {
  const path = (): string => `${root}/task/k8s.io/${hex}`;

  it('reads the configuration in the bundle', () => {
    mkdirSync(path(), { recursive: true });
    const annotations = { 'io.kubernetes.cri.container-type': 'sandbox', 'io.kubernetes.cri.sandbox-name': 'web-0' };
    writeFileSync(`${path()}/config.json`, JSON.stringify({ annotations }));
    expect(containerd.describe?.(query(hex, { path: path(), uid }))).toEqual({
      name: 'web-0',
      labels: { 'io.kubernetes.pod.name': 'web-0', 'io.kubernetes.container.type': 'sandbox' },
    });
  });

  it('knows nothing without one', () => {
    expect(containerd.describe?.(query(hex, undefined))).toBeUndefined();
    expect(containerd.describe?.(query(hex, { path: path(), uid }))).toBeUndefined();
  });
});

describe('containerd.readCommand', () => {
  const read = (line: string) => containerd.readCommand?.(line.split(' '));
  const run = { runtime: 'containerd', action: 'monitor', id: 'c1', image: 'img' };

  it.each([
    'ctr run img c1',
    'ctr run img c1 sh -c run',
    'ctr run -d -t --env A=b --mount type=bind,src=/a,dst=/b --label x=y img c1',
    'ctr run --env=A=b --cpus=1 img c1',
    'ctr --debug --namespace k8s.io run --rm img c1',
    'ctr run --privileged --net-host --read-only --cap-add CAP_SYS_ADMIN img c1',
    'ctr run --runtime io.containerd.runc.v2 --runc-binary /usr/bin/crun img c1',
    'ctr run --runc-root /run/other img c1',
    'ctr run -c /config.json img c1',
    'ctr run --cpu-quota 1000 --cpu-period 10000 img c1',
    'ctr run --uidmap 0:1000:1 --gidmap 0:1000:1 img c1',
    'ctr run --rdt-class gold img c1',
    'ctr run --allow-new-privs img c1',
  ])('reads image and id from: %s', (line) => {
    expect(read(line)).toEqual(run);
  });

  it.each([
    'ctr task exec --exec-id e1 c1 ls',
    'ctr tasks exec -t --exec-id=e1 c1 ls',
    'ctr t exec --user 1000 --cwd / --exec-id e1 c1 ls -c',
    'ctr -n k8s.io task exec --detach --fifo-dir /f --log-uri file:///l --exec-id e1 c1 ls',
  ])('reads who is entered from: %s', (line) => {
    expect(read(line)).toEqual({ runtime: 'containerd', action: 'enter', id: 'c1' });
  });

  it.each([
    'ctr',
    'ctr run',
    'ctr run img',
    'ctr run img ../c1',
    'ctr task exec',
    'ctr task exec ../c1',
    'ctr task ls',
    'ctr images pull img',
    'ctr run --rm --env',
  ])('reads nothing from: %s', (line) => {
    expect(read(line)).toBeUndefined();
  });
});

describe('containerd.readCgroup', () => {
  it('knows the scopes of Kubernetes and nerdctl, and those of a wrongly set driver', () => {
    for (const folder of [
      `cri-containerd-${hex}.scope`,
      `nerdctl-${hex}.scope`,
      `kubepods-podx.slice:cri-containerd:${hex}`,
    ]) {
      expect(containerd.readCgroup?.(folder, [])).toEqual({ id: hex, runtime: 'containerd' });
    }
  });

  it.each([hex, `cri-containerd-${hex}`, `cri-containerd-${hex.slice(1)}.scope`, `xcri-containerd-${hex}.scope`])(
    'takes %j for nothing of its own',
    (folder) => {
      expect(containerd.readCgroup?.(folder, ['default'])).toBeUndefined();
    },
  );
});
