import { describe, expect, it } from 'vitest';
import { readRuntimeCommand } from '../../src/runtimes/index.ts';
import { unescapeUnit, unitOf } from '../../src/runtimes/systemd-unit.ts';

const hex = 'a'.repeat(64);
const read = (line: string) => readRuntimeCommand(line.split(' '), '/none');

describe('readRuntimeCommand', () => {
  it.each([
    ['crun run xyxy12', { runtime: 'crun', action: 'start', id: 'xyxy12' }],
    [
      '/usr/bin/crun --log-format=json --log /l create --bundle /b --pid-file /p x',
      { runtime: 'crun', action: 'start', id: 'x', bundle: '/b' },
    ],
    ['crun exec xyxy12 top -b', { runtime: 'crun', action: 'enter', id: 'xyxy12' }],
    ['crun delete -f x', { runtime: 'crun', action: 'manage', id: 'x' }],
    ['crun list', undefined],
    ['firejail --quiet --name=web --net=none sh --name=no', { runtime: 'firejail', action: 'sandbox', name: 'web' }],
    ['firejail --quiet -- sh --name=no', undefined],
    ['firejail sh --name=no', undefined],
    ['ip netns exec web ip addr', { runtime: 'ip', action: 'sandbox', name: 'web' }],
    ['/sbin/ip -n other -d net e web ip', { runtime: 'ip', action: 'sandbox', name: 'web' }],
    ['ip -all netns exec ip addr', undefined],
    ['ip netns add web', undefined],
    ['ip -n web link', { runtime: 'ip', action: 'sandbox', name: 'web' }],
    ['ip link show -n web', undefined],
    ['ip neigh exec web', undefined],
    ['flatpak run org.gnome.Maps', { runtime: 'flatpak', action: 'sandbox', name: 'org.gnome.Maps' }],
    [
      'flatpak --user run --command=sh --env A=b app/org.gnome.Maps/x86_64/stable -c ls',
      { runtime: 'flatpak', action: 'sandbox', name: 'org.gnome.Maps' },
    ],
    ['flatpak run org.gnome.Maps//stable', { runtime: 'flatpak', action: 'sandbox', name: 'org.gnome.Maps' }],
    ['flatpak run ../../etc', undefined],
    ['flatpak install org.gnome.Maps', undefined],
    [
      `runc --root /r --log /l create --bundle /run/containerd/io.containerd.runtime.v2.task/moby/${hex} --pid-file /p ${hex}`,
      {
        runtime: 'docker',
        action: 'start',
        id: hex,
        bundle: `/run/containerd/io.containerd.runtime.v2.task/moby/${hex}`,
      },
    ],
    [
      'runc create --bundle /run/containerd/io.containerd.runtime.v2.task/k8s.io/x x',
      {
        runtime: 'containerd',
        action: 'start',
        id: 'x',
        bundle: '/run/containerd/io.containerd.runtime.v2.task/k8s.io/x',
      },
    ],
    [
      `crun create --bundle=/var/lib/containers/storage/overlay-containers/${hex}/userdata ${hex}`,
      {
        runtime: 'podman',
        action: 'start',
        id: hex,
        bundle: `/var/lib/containers/storage/overlay-containers/${hex}/userdata`,
      },
    ],
    ['runc run --bundle relative x', { runtime: 'runc', action: 'start', id: 'x' }],
    [
      `/usr/bin/conmon --api-version 1 -c ${hex} -u ${hex} -r /usr/bin/crun -b /s/vfs-containers/${hex}/userdata -p /p -n web --exit-dir /e`,
      { runtime: 'podman', action: 'monitor', id: hex, name: 'web', bundle: `/s/vfs-containers/${hex}/userdata` },
    ],
    [
      `/usr/bin/conmon -c ${hex} -n web -b /b/userdata -e --exec-process-spec /s`,
      { runtime: 'podman', action: 'enter', role: 'monitor', id: hex, name: 'web', bundle: '/b/userdata' },
    ],
    ['/usr/bin/conmon --version', undefined],
    [
      'ctr run --rm --snapshotter native docker.io/x:1 c1 sleep 1',
      { runtime: 'containerd', action: 'monitor', id: 'c1', image: 'docker.io/x:1' },
    ],
    ['ctr -n k8s.io -a /sock run -d img c1', { runtime: 'containerd', action: 'monitor', id: 'c1', image: 'img' }],
    ['ctr task exec --exec-id e1 c1 ls', { runtime: 'containerd', action: 'enter', id: 'c1' }],
    ['ctr images ls', undefined],
    ['lxc-start -P /lxc -n web -F', { runtime: 'lxc', action: 'start', id: 'web', root: '/lxc' }],
    ['lxc-start web', { runtime: 'lxc', action: 'start', id: 'web' }],
    ['lxc-attach --name=web -- ls', { runtime: 'lxc', action: 'enter', id: 'web' }],
    ['systemd-nspawn -D /srv/box -M mach sleep 1', { runtime: 'systemd-nspawn', action: 'start', id: 'mach' }],
    ['systemd-nspawn --directory=/srv/box/ sleep 1', { runtime: 'systemd-nspawn', action: 'start', id: 'box' }],
    ['systemd-nspawn --version', undefined],
  ])('%s', (line, expected) => {
    const { oci: _, state: __, ...command } = read(line) ?? {};
    expect(command).toEqual(expected ?? {});
  });

  it.each([
    ['runc run x', '/run/runc', undefined],
    ['crun kill x', '/run/crun', undefined],
    ['runc --root /r --log /l kill x KILL', '/r', '/r'],
    [`runc --root=/r create -b /run/containerd/io.containerd.runtime.v2.task/moby/${hex} ${hex}`, '/r', undefined],
  ])('%s has its state in %s', (line, state, root) => {
    expect(read(line)?.state).toBe(state);
    expect(read(line)?.root).toBe(root);
  });
});

describe('systemd units', () => {
  it.each([
    ['/system.slice/ssh.service', 'ssh.service'],
    ['/user.slice/user-0.slice/user@0.service/app.slice/web.service/sub', 'web.service'],
    ['/user.slice/user-0.slice/session-1.scope', 'session-1.scope'],
    ['/user.slice', undefined],
    ['/', undefined],
  ])('the unit of %s is %s', (path, unit) => {
    expect(unitOf(path)).toBe(unit);
  });

  it('unescapes their names', () => {
    expect(unescapeUnit('my\\x2dbox')).toBe('my-box');
  });
});
