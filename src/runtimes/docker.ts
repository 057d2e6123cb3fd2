import type { ProcProcess } from '../procfs/process.ts';
import { readBundleConfig } from './annotations.ts';
import { optionOf } from './flags.ts';
import { argsOf, isProgram } from './program.ts';
import { listRuncStates } from './runc.ts';
import type { Description, Runtime } from './runtime.ts';
import { hex64, isObject, isValidId, listIds, readStateFile, stringOf } from './state-file.ts';

/** Where dockerd keeps its containers' names and runc's state, if not set otherwise (moby, daemon/config). */
const dataRoot = '/var/lib/docker';
const execRoot = '/run/docker';
const configFile = '/etc/docker/daemon.json';

/** Of Docker's labels those that say what a container is for. */
const labelsThatMatter =
  /^(com\.docker\.compose\.(service|project|container-number)|com\.docker\.swarm\.service\.name|io\.kubernetes\.(pod\.(name|namespace|uid)|container\.name))$/;

/** Only the keys that are needed: the file holds the environment too, with its secrets (moby, container/container.go). */
const readConfig = (root: string, id: string, owner = 0): Description | undefined => {
  const config = isValidId(id) ? readStateFile(`${root}/containers/${id}/config.v2.json`, { owner }) : undefined;
  const name = stringOf(config?.Name)?.replace(/^\//, '');
  if (name === undefined || name === '') {
    return undefined;
  }
  const { Image: image, Labels: labels } = isObject(config?.Config) ? config.Config : {};
  const kept = Object.entries(isObject(labels) ? labels : {}).filter(
    (entry): entry is [string, string] => labelsThatMatter.test(entry[0]) && typeof entry[1] === 'string',
  );
  return {
    name,
    ...(typeof image === 'string' ? { image } : {}),
    ...(kept.length > 0 ? { labels: Object.fromEntries(kept) } : {}),
  };
};

/**
 * dockerd's own folder is where the container's /etc/hosts comes from; with a shared network those are in the folder of the
 * other container.
 */
const rootOfBundle = (config: Record<string, unknown> | undefined): string | undefined => {
  for (const mount of Array.isArray(config?.mounts) ? config.mounts : []) {
    const source: unknown = isObject(mount) ? mount.source : undefined;
    const match = typeof source === 'string' ? /^(\/.+)\/containers\/[0-9a-f]{64}\/[a-z.]+$/.exec(source) : null;
    if (match !== null) {
      return match[1];
    }
  }
  return undefined;
};

/** Options of dockerd can stand in a file too; one that stands in both is an error to it (moby, daemon/config). */
const settingOf = (args: readonly string[], name: string, ...others: readonly string[]): string | undefined => {
  const value = readStateFile(optionOf(args, 'config-file') ?? configFile)?.[name];
  return optionOf(args, name, ...others) ?? stringOf(value);
};

const dataRootOf = (args: readonly string[]): string => settingOf(args, 'data-root', 'g', 'graph') ?? dataRoot;

const dockerds = (running: readonly ProcProcess[]) =>
  running
    .filter((process) => process.uid === 0 && isProgram(process, 'dockerd'))
    .map((process) => {
      const args = argsOf(process);
      return {
        data: dataRootOf(args),
        exec: settingOf(args, 'exec-root') ?? execRoot,
      };
    });

export const docker: Runtime = {
  name: 'docker',
  readCgroup: (folder, above) => {
    const parent = above.at(-1);
    if (hex64.test(folder) && (parent === 'docker' || parent === 'actions_job')) {
      return { id: folder, runtime: 'docker' };
    }
    const id = /^docker-([0-9a-f]{64})\.scope$/.exec(folder)?.[1];
    if (id !== undefined) {
      return { id, runtime: 'docker' };
    }
    // `--cgroup-parent`: most likely docker's, until a command or a file says more.
    return hex64.test(folder) && !above.includes('libpod_parent')
      ? { id: folder, runtime: 'docker', guessed: true }
      : undefined;
  },
  list: (running) => {
    const roots = [...dockerds(running), { data: dataRoot, exec: execRoot }];
    return roots.flatMap(({ data, exec }) =>
      listIds(exec)
        .filter((folder) => folder.startsWith('runtime-'))
        .flatMap((folder) => listRuncStates(`${exec}/${folder}/moby`, 'docker'))
        .map((state) => ({ ...state, ...readConfig(data, state.id) })),
    );
  },
  programs: ['dockerd', 'docker'],
  readCommand: ([program = '', ...args]) => {
    if (program.endsWith('dockerd')) {
      return { runtime: 'docker', action: 'daemon', data: dataRootOf(args) };
    }
    return args.some((arg) => arg === 'rename') ? { runtime: 'docker', action: 'rename' } : undefined;
  },
  describe: ({ id, bundle, data }) => {
    const named = rootOfBundle(readBundleConfig(bundle));
    for (const root of new Set([...(named === undefined ? [] : [named]), ...data, dataRoot])) {
      const found = readConfig(root, id, bundle?.uid);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  },
};
