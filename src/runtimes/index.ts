import { type Text, textOf } from '../kernel/text.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { buildah } from './buildah.ts';
import { containerd } from './containerd.ts';
import { crio } from './crio.ts';
import { crun } from './crun.ts';
import { docker } from './docker.ts';
import { firejail } from './firejail.ts';
import { flatpak } from './flatpak.ts';
import { ipNetns } from './ip-netns.ts';
import { kubernetes, kubernetesPod } from './kubernetes.ts';
import { libvirtLxc } from './libvirt-lxc.ts';
import { lxc } from './lxc.ts';
import { nspawn } from './nspawn.ts';
import { podman, podmanPod } from './podman.ts';
import { runc } from './runc.ts';
import type { CgroupReading, ContainerState, Description, NameQuery, Runtime, RuntimeCommand } from './runtime.ts';
import { snap } from './snap.ts';

/** In the order in which they are asked about a cgroup: those that are sure of it before those that guess. */
export const runtimes: readonly Runtime[] = [
  ...[podman, crio, containerd, kubernetes, docker],
  ...[runc, crun, lxc, libvirtLxc, nspawn, snap, flatpak, firejail, ipNetns, buildah],
];

/** A runtime's command line is short; what follows is the container's own. */
const maxWords = 64;
/** conmon has two words for each option of the runtime. */
const maxWordsOfMonitor = 256;

/** What a command line asks a runtime for. */
export const readRuntimeCommand = (args: readonly Text[], exe: Text): RuntimeCommand | undefined => {
  const called = lastPart(args[0] ?? '');
  const executed = lastPart(exe);
  const readCommand = byProgram.get(called) ?? byProgram.get(executed);
  return readCommand?.(args.slice(0, called === 'conmon' ? maxWordsOfMonitor : maxWords).map(textOf));
};

/** Asked for each exec: nearly none is a runtime's. */
const byProgram = new Map(
  runtimes.flatMap(({ programs = [], readCommand }) => programs.map((program) => [program, readCommand] as const)),
);

const lastPart = (path: Text): string => {
  const text = textOf(path);
  return text.slice(text.lastIndexOf('/') + 1);
};

/** Whose cgroup it is, by its path; nothing is said of the ones above and below it. */
export const readCgroup = (path: string): CgroupReading => {
  const folders = path.split('/').filter((folder) => folder !== '');
  const above = folders.slice(0, -1);
  const folder = folders.at(-1);
  if (folder === undefined) {
    return { owner: undefined, labels: undefined };
  }
  const ofKubelet = kubernetesPod(folders);
  const labels = ofKubelet && { 'io.kubernetes.pod.uid': ofKubelet.id };
  const pod = ofKubelet ?? podmanPod(above);
  for (const runtime of runtimes) {
    const owner = runtime.readCgroup?.(folder, above);
    if (owner !== undefined) {
      return { owner, labels, pod };
    }
  }
  return { owner: undefined, labels, pod };
};

/** All containers that run now and that a runtime's files or helpers name. The first one to name a container counts. */
export const listContainers = (running: readonly ProcProcess[]): ContainerState[] => {
  const states = new Map<number, ContainerState>();
  const ended: ContainerState[] = [];
  for (const runtime of runtimes) {
    for (const state of runtime.list?.(running) ?? []) {
      if (state.init === undefined) {
        ended.push(state);
      } else {
        states.set(state.init, { ...state, ...states.get(state.init) });
      }
    }
  }
  return [...states.values(), ...ended];
};

/** What is known by now of a container: its runtime's files may be written later than its first process runs. */
export const describeContainer = (query: NameQuery): Description | undefined =>
  runtimes.find(({ name }) => name === query.runtime)?.describe?.(query);
