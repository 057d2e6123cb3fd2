import type { ProcProcess } from '../procfs/process.ts';
import { readBundle, readBundleConfig } from './annotations.ts';
import { optionOf } from './flags.ts';
import { argsOf, isProgram } from './program.ts';
import type { Bundle, ContainerState, Description, NameQuery, Pod, Runtime, RuntimeCommand } from './runtime.ts';
import { hex64, isObject, isValidId, readStateList, stringOf } from './state-file.ts';

/** Where containers/storage keeps names, if not set otherwise. */
const storage = '/var/lib/containers/storage';
const drivers = ['overlay', 'vfs', 'btrfs', 'zfs'] as const;

/** conmon monitors each container, and knows its id, its name and its bundle (podman, libpod/oci_conmon_linux.go). */
const readConmon = (args: readonly string[]): RuntimeCommand | undefined => {
  const id = optionOf(args, 'c', 'cid');
  const name = optionOf(args, 'n', 'name');
  const bundle = optionOf(args, 'b', 'bundle');
  if (id === undefined || !hex64.test(id)) {
    return undefined;
  }
  return {
    runtime: 'podman',
    ...(isForExec(args) ? { action: 'enter', role: 'monitor' } : { action: 'monitor' }),
    id,
    ...(name === undefined ? {} : { name }),
    ...(bundle?.startsWith('/') ? { bundle } : {}),
  };
};

const nameIn = ([program = '']: readonly string[]): string => program.slice(program.lastIndexOf('/') + 1);

const readPodman = (args: readonly string[]): RuntimeCommand | undefined =>
  args.slice(1).some((arg) => arg === 'rename') ? { runtime: 'podman', action: 'rename' } : undefined;

/** `podman exec` has a conmon of its own, for the same container. */
const isForExec = (args: readonly string[]): boolean => args.includes('--exec-process-spec') || args.includes('-e');

/** `containers.json` beside the bundles: `[{id, names, metadata}]`, metadata being JSON in a string (containers/storage). */
const readNames = (folder: string, id: string, owner: number): Description | undefined => {
  for (const file of ['containers.json', 'volatile-containers.json']) {
    const entry = readStateList(`${folder}/${file}`, { owner }).find((found) => isObject(found) && found.id === id);
    if (isObject(entry)) {
      const name = Array.isArray(entry.names) ? stringOf(entry.names[0]) : undefined;
      const image = imageOf(entry.metadata);
      return { ...(name === undefined ? {} : { name }), ...(image === undefined ? {} : { image }) };
    }
  }
  return undefined;
};

const imageOf = (metadata: unknown): string | undefined => {
  try {
    const value: unknown = JSON.parse(stringOf(metadata) ?? '');
    return isObject(value) ? stringOf(value['image-name']) : undefined;
  } catch {
    return undefined;
  }
};

/** A pod's cgroup is no container: `libpod_parent/POD`, or `machine-libpod_pod_POD.slice` with systemd. */
export const podmanPod = (above: readonly string[]): Pod | undefined => {
  const parent = above.at(-1) ?? '';
  const id = above.at(-2) === 'libpod_parent' ? parent : /libpod_pod_([0-9a-f]{64})\.slice$/.exec(parent)?.[1];
  return id !== undefined && hex64.test(id) ? { id } : undefined;
};

/**
 * A pod is called as the host name of its infra container, whose id is in the annotations of the others (podman,
 * libpod/container_internal_linux.go).
 */
const podNameOf = (bundle: Bundle | undefined): string | undefined => {
  const config = readBundleConfig(bundle);
  const path = stringOf(config?.linux && isObject(config.linux) ? config.linux.cgroupsPath : undefined) ?? '';
  if (bundle === undefined || podmanPod(path.split('/').slice(0, -1)) === undefined) {
    return undefined;
  }
  const infra = isObject(config?.annotations)
    ? stringOf(config.annotations['io.kubernetes.cri-o.SandboxID'])
    : undefined;
  if (infra === undefined) {
    return stringOf(config?.hostname);
  }
  const beside = bundle.path.replace(/\/[^/]+(\/userdata\/?)$/, `/${isValidId(infra) ? infra : ''}$1`);
  return stringOf(readBundleConfig({ ...bundle, path: beside })?.hostname);
};

const describe = ({ id, bundle }: Pick<NameQuery, 'id' | 'bundle'>): Description | undefined => {
  const folder = bundle?.path.replace(/\/[^/]+\/userdata\/?$/, '');
  const folders = [
    ...(folder === undefined ? [] : [folder]),
    ...drivers.map((driver) => `${storage}/${driver}-containers`),
  ];
  for (const place of isValidId(id) ? folders : []) {
    const found = readNames(place, id, bundle?.uid ?? 0);
    if (found !== undefined) {
      const pod = podNameOf(bundle);
      return { ...readBundle(bundle), ...found, ...(pod === undefined ? {} : { podName: pod }) };
    }
  }
  return readBundle(bundle);
};

/**
 * The process that conmon waits for is the container's first. Anybody can give conmon a runtime of his own, that makes none: a
 * container has its own mounts.
 */
const stateOf = (conmon: ProcProcess, running: readonly ProcProcess[]): ContainerState | undefined => {
  const command = readConmon(argsOf(conmon));
  const init = running.find(({ ppid, ns }) => ppid === conmon.pid && (ns === undefined || ns.mnt !== conmon.ns?.mnt));
  if (command?.id === undefined || command.action !== 'monitor' || init === undefined) {
    return undefined;
  }
  const { id, name = id, runtime, bundle } = command;
  const description = describe({ id, bundle: bundle === undefined ? undefined : { path: bundle, uid: conmon.uid } });
  return { name, ...description, id, runtime: description?.runtime ?? runtime, init: init.pid, cgroups: [] };
};

export const podman: Runtime = {
  name: 'podman',
  programs: ['conmon', 'podman'],
  readCommand: (args) => (nameIn(args) === 'podman' ? readPodman(args) : readConmon(args)),
  readCgroup: (folder, above) => {
    if (
      /^libpod-conmon-[0-9a-f]{64}\.scope$/.test(folder) ||
      (folder === 'conmon' && above.includes('libpod_parent'))
    ) {
      return 'monitor';
    }
    const id = /^libpod-(?:payload-)?([0-9a-f]{64})(?:\.scope)?$/.exec(folder)?.[1];
    return id === undefined ? undefined : { id, runtime: 'podman' };
  },
  list: (running) =>
    running.filter((process) => isProgram(process, 'conmon')).flatMap((conmon) => stateOf(conmon, running) ?? []),
  describe,
};
