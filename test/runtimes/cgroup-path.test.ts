import { describe, expect, it } from 'vitest';
import { readCgroup } from '../../src/runtimes/index.ts';

const hex = 'a'.repeat(32) + '0123456789abcdef'.repeat(2);
const other = 'b'.repeat(64);
const uid = '3f2b8c1e-0a1b-4c2d-9e3f-0123456789ab';
const uidInSlice = uid.replaceAll('-', '_');

/** What each folder of a path is, from the root on: `runtime:name`, `monitor`, or nothing. */
const chain = (path: string): string[] => {
  const folders = path.split('/').slice(1);
  return folders.flatMap((_, index) => {
    const { owner } = readCgroup(`/${folders.slice(0, index + 1).join('/')}`);
    return owner === undefined ? [] : [owner === 'monitor' ? 'monitor' : `${owner.runtime}:${owner.name ?? owner.id}`];
  });
};

describe('readCgroup', () => {
  it.each([
    ['docker, cgroupfs', `/docker/${hex}`, [`docker:${hex}`]],
    ['docker below a parent of its own', `/mine/${hex}`, [`docker:${hex}`]],
    ['a job of a GitHub runner', `/actions_job/${hex}`, [`docker:${hex}`]],
    ['docker, systemd', `/system.slice/docker-${hex}.scope`, [`docker:${hex}`]],
    [
      'docker, rootless',
      `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${hex}.scope`,
      [`docker:${hex}`],
    ],
    ['an init in docker', `/system.slice/docker-${hex}.scope/system.slice/foo.service`, [`docker:${hex}`]],
    ['docker in docker', `/docker/${hex}/docker/${other}`, [`docker:${hex}`, `docker:${other}`]],
    [
      'kind',
      `/system.slice/docker-${hex}.scope/kubelet/kubepods/besteffort/pod${uid}/${other}`,
      [`docker:${hex}`, `kubernetes:${other}`],
    ],
    [
      'kubernetes, containerd, systemd, best effort',
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uidInSlice}.slice/cri-containerd-${hex}.scope`,
      [`containerd:${hex}`],
    ],
    [
      'kubernetes, containerd, systemd, guaranteed',
      `/kubepods.slice/kubepods-pod${uidInSlice}.slice/cri-containerd-${hex}.scope`,
      [`containerd:${hex}`],
    ],
    ['kubernetes, cgroupfs, burstable', `/kubepods/burstable/pod${uid}/${hex}`, [`kubernetes:${hex}`]],
    ['kubernetes, cgroupfs, guaranteed', `/kubepods/pod${uid}/${hex}`, [`kubernetes:${hex}`]],
    [
      'kubernetes, a wrongly set driver',
      `/system.slice/containerd.service/kubepods-burstable-pod${uidInSlice}.slice:cri-containerd:${hex}`,
      [`containerd:${hex}`],
    ],
    [
      'CRI-O, systemd',
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uidInSlice}.slice/crio-${hex}.scope/container`,
      [`cri-o:${hex}`],
    ],
    ['CRI-O, cgroupfs', `/kubepods/besteffort/pod${uid}/crio-${hex}`, [`cri-o:${hex}`]],
    ['the monitor of CRI-O', `/kubepods.slice/crio-conmon-${hex}.scope`, ['monitor']],
    ['the monitor of CRI-O, cgroupfs', `/kubepods/besteffort/pod${uid}/crio-conmon-${hex}`, ['monitor']],
    ['nerdctl', `/system.slice/nerdctl-${hex}.scope`, [`containerd:${hex}`]],
    ['podman, systemd', `/machine.slice/libpod-${hex}.scope/container`, [`podman:${hex}`]],
    [
      'podman, rootless',
      `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${hex}.scope/container`,
      [`podman:${hex}`],
    ],
    ['podman, a pod', `/machine.slice/machine-libpod_pod_${other}.slice/libpod-${hex}.scope`, [`podman:${hex}`]],
    ['the monitor of podman', `/machine.slice/libpod-conmon-${hex}.scope`, ['monitor']],
    ['podman, cgroupfs', `/libpod_parent/libpod-${hex}`, [`podman:${hex}`]],
    ['the monitor of podman, cgroupfs', '/libpod_parent/conmon', ['monitor']],
    ['podman, split', `/system.slice/web.service/libpod-payload-${hex}`, [`podman:${hex}`]],
    ['runc, systemd', '/system.slice/runc-xyxy12.scope', ['runc:xyxy12']],
    ['crun, systemd', '/system.slice/crun-xyxy12.scope/container', ['crun:xyxy12']],
    ['LXC', '/lxc.payload.web', ['lxc:web']],
    ['LXC, in it', '/lxc.payload.web/system.slice/ssh.service', ['lxc:web']],
    ['the monitor of LXC', '/lxc.monitor.web', ['monitor']],
    ['LXC before 4', '/lxc/web', ['lxc:web']],
    ['LXC, folders', '/lxc.payload/web', ['lxc:web']],
    ['systemd-nspawn', '/machine.slice/machine-my\\x2dbox.scope/payload', ['systemd-nspawn:my-box']],
    ['the monitor of systemd-nspawn', '/machine.slice/machine-box.scope/supervisor', ['systemd-nspawn:box', 'monitor']],
    ['systemd-nspawn as a service', '/machine.slice/systemd-nspawn@box.service/payload', ['systemd-nspawn:box']],
    ['systemd-nspawn without machined', '/machine.slice/box.scope', ['systemd-nspawn:box']],
    ['libvirt-lxc', '/machine.slice/machine-lxc\\x2d4711\\x2dweb.scope/libvirt', ['libvirt-lxc:web']],
    ['libvirt-lxc without systemd', '/machine/web.libvirt-lxc', ['libvirt-lxc:web']],
    ['libvirt-lxc, cgroupfs', '/libvirt/lxc/web', ['libvirt-lxc:web']],
    ['snap, a service', '/system.slice/snap.lxd.daemon.service', ['snap:lxd.daemon']],
    ['snap, an app', `/user.slice/snap.firefox.firefox.${uid}.scope`, ['snap:firefox.firefox']],
    ['snap, a newer one', `/user.slice/snap.firefox.firefox-${uid}.scope`, ['snap:firefox.firefox']],
    ['snap, a hook', `/user.slice/snap.lxd.hook.install.${uid}.scope`, ['snap:lxd.hook.install']],
    [
      'flatpak',
      '/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.gnome.Maps-4711.scope',
      ['flatpak:org.gnome.Maps'],
    ],
    ['a virtual machine', '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator', []],
    ['a service', '/system.slice/docker.service', []],
    ['a user session', '/user.slice/user-1000.slice/session-1.scope', []],
    ['a mount of docker', `/system.slice/var-lib-docker-overlay2-${hex}-merged.mount`, []],
    ['the root', '/', []],
  ])('%s: %s', (_, path, expected) => {
    expect(chain(path)).toEqual(expected);
  });

  it.each([
    `/kubepods/besteffort/pod${uid}/${hex}`,
    `/kubepods/besteffort/pod${uid}/anything`,
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uidInSlice}.slice/cri-containerd-${hex}.scope`,
    `/kubepods-burstable-pod${uidInSlice}.slice:cri-containerd:${hex}`,
  ])('knows the pod: %s', (path) => {
    expect(readCgroup(path).labels).toEqual({ 'io.kubernetes.pod.uid': uid });
  });

  it('knows a static pod by the hash of its file', () => {
    expect(readCgroup(`/kubepods/pod${'c'.repeat(32)}/${hex}`).labels).toEqual({
      'io.kubernetes.pod.uid': 'c'.repeat(32),
    });
  });

  it('knows no pod elsewhere', () => {
    expect(readCgroup(`/docker/${hex}`).labels).toBeUndefined();
  });
});
