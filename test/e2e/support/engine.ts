import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { inject } from 'vitest';
import { makeFolder, removeFolder } from './folder.ts';
import { imageName, makeImage } from './image.ts';
import { type Ran, run } from './run.ts';

/** A container runtime as its users call it. Everything it keeps is in folders of the test. */
export interface Engine {
  /** What nstrace calls the runtime. */
  readonly runtime: string;
  readonly image?: string;
  /** How its client is called, up to the command. */
  readonly client?: readonly string[];
  /** The pid of its daemon. */
  readonly daemon?: number | undefined;
  /** Where it keeps everything, and the image as `image.tar`. */
  readonly folder?: string;
  /** Starts a container that runs `sh -c script`; returns when it was asked for, or when it runs. */
  start(name: string, script: string, ...options: string[]): Promise<unknown>;
  /** Runs `sh -c script` in it; its exit code. */
  enter(name: string, script: string, init: number): Promise<number | undefined>;
  /** Removes it, whatever state it is in. */
  remove(name: string): Promise<unknown>;
  /** Its client, with any arguments. */
  call?(...args: string[]): Promise<Ran>;
  /** Stops what the engine needed, and removes its folders. */
  close(): Promise<void>;
}

const waitFor = async (what: string, found: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 2400; tries += 1) {
    if (await found()) {
      return;
    }
    await sleep(50);
  }
  throw new Error(`waited for ${what}`);
};

/** A daemon of the test's own; its output says why it did not come up. */
const startDaemon = (folder: string, command: string, ...args: string[]) => {
  const log = { file: join(folder, 'log') };
  return execa(command, args, { reject: false, stdin: 'ignore', stdout: log, stderr: log, cleanup: true });
};

const stopDaemon = async (daemon: ReturnType<typeof startDaemon>): Promise<void> => {
  daemon.kill('SIGTERM');
  const killer = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
  await daemon;
  clearTimeout(killer);
};

/** The hard limits of this process: engines may not raise theirs above them without rights that a sandbox lacks. */
export const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
const limitsFile = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n';

export const docker = async (): Promise<Engine> => {
  const folder = await makeFolder();
  const host = `unix://${folder}/sock`;
  const daemon = startDaemon(
    folder,
    'dockerd',
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
    ...['-H', host, '--bridge=none', '--iptables=false', '--ip6tables=false', '--storage-driver=vfs'],
  );
  const client = ['docker', '-H', host];
  const call = (...args: string[]): Promise<Ran> => run(client[0]!, ...client.slice(1), ...args);
  await waitFor('dockerd', async () => (await call('info')).exitCode === 0);
  await call('load', '-i', await makeImage(folder));
  return {
    runtime: 'docker',
    image: imageName,
    client,
    daemon: daemon.pid,
    start: (name, script, ...options) =>
      call('run', '-d', '--name', name, '--network', 'none', ...options, imageName, 'sh', '-c', script),
    enter: async (name, script) => (await call('exec', name, 'sh', '-c', script)).exitCode,
    remove: (name) => call('rm', '-f', name),
    call,
    close: async () => {
      await stopDaemon(daemon);
      await removeFolder(folder);
    },
  };
};

/** Its command line with a folder for all that it keeps. */
export const podmanIn = (folder: string): readonly string[] => [
  'podman',
  ...['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')],
  ...['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file', '--runtime', 'runc'],
];

export const podman = async (): Promise<Engine> => {
  const folder = await makeFolder();
  const client = podmanIn(folder);
  const limited = ['env', `CONTAINERS_CONF=${folder}/containers.conf`, ...client] as const;
  const call = (...args: string[]): Promise<Ran> => run(...limited, ...args);
  await writeFile(join(folder, 'containers.conf'), limitsFile);
  await call('load', '-i', await makeImage(folder));
  return {
    runtime: 'podman',
    image: imageName,
    client,
    folder,
    start: (name, script) => call('run', '-d', '--name', name, '--network', 'none', imageName, 'sh', '-c', script),
    enter: async (name, script) => (await call('exec', name, 'sh', '-c', script)).exitCode,
    remove: (name) => call('rm', '-f', '-t', '0', name),
    call,
    close: () => removeFolder(folder),
  };
};

export const containerd = async (): Promise<Engine> => {
  const folder = await makeFolder();
  const sock = join(folder, 'sock');
  const daemon = startDaemon(
    folder,
    'containerd',
    ...['--root', join(folder, 'root'), '--state', join(folder, 'state'), '--address', sock],
  );
  const client = ['ctr', '--address', sock];
  const call = (...args: string[]): Promise<Ran> => run(client[0]!, ...client.slice(1), ...args);
  await waitFor('containerd', async () => existsSync(sock) && (await call('version')).exitCode === 0);
  // `run` unpacks it, with its own snapshotter: containerd 2 imports for none that is named.
  await execa(client[0]!, [...client.slice(1), 'image', 'import', '--no-unpack', await makeImage(folder)]);
  return {
    runtime: 'containerd',
    image: imageName,
    client,
    folder,
    start: (name, script) => call('run', '-d', '--snapshotter', 'native', imageName, name, 'sh', '-c', script),
    enter: async (name, script) => (await call('task', 'exec', '--exec-id', 'e1', name, 'sh', '-c', script)).exitCode,
    remove: async (name) => {
      await call('task', 'rm', '-f', name);
      await call('container', 'rm', name);
    },
    call,
    close: async () => {
      await stopDaemon(daemon);
      await removeFolder(folder);
    },
  };
};

/** runc, or crun, called by hand. */
export const oci = async (
  runtime: 'runc' | 'crun',
  change: (spec: Record<string, unknown> & { linux: Record<string, unknown> }) => void = () => {},
): Promise<Engine> => {
  const folder = await makeFolder();
  // crun refuses hosts whose unified hierarchy has controllers beside v1 ones: it must not see it.
  const hides = runtime === 'crun' && existsSync('/sys/fs/cgroup/unified');
  const wrapper = ['unshare', '-m', 'sh', '-c', 'umount /sys/fs/cgroup/unified; exec "$@"', 'sh'];
  const words = [...(hides ? wrapper : []), runtime];
  const call = (...args: string[]): Promise<Ran> => run(words[0]!, ...words.slice(1), ...args);
  await execa('runc', ['spec'], { cwd: folder });
  const file = join(folder, 'config.json');
  return {
    runtime,
    start: async (name, script) => {
      const spec = JSON.parse(readFileSync(file, 'utf8'));
      spec.process.terminal = false;
      spec.process.args = ['sh', '-c', script];
      delete spec.process.rlimits;
      spec.root = { path: inject('rootfs'), readonly: true };
      change(spec);
      await writeFile(file, JSON.stringify(spec));
      // Its output would be the container's, and be waited for.
      await execa(words[0]!, [...words.slice(1), 'run', '--detach', '--bundle', folder, name], { stdio: 'ignore' });
    },
    enter: async (name, script) => (await call('exec', name, 'sh', '-c', script)).exitCode,
    remove: (name) => call('delete', '-f', name),
    close: () => removeFolder(folder),
  };
};

/** Programs that stay in front, and into which nsenter leads. */
const inFront = (runtime: string, command: (name: string, script: string) => readonly string[]): Engine => {
  const begin = (file: string, args: string[]) => execa(file, args, { reject: false, stdin: 'ignore', cleanup: true });
  const children: ReturnType<typeof begin>[] = [];
  return {
    runtime,
    start: async (name, script) => {
      const [file, ...args] = command(name, script);
      children.push(begin(file!, args));
    },
    enter: async (_, script, init) =>
      (await run('nsenter', '-t', String(init), '-m', '-p', 'sh', '-c', script)).exitCode,
    remove: async () => {
      for (const child of children.splice(0)) {
        child.kill('SIGKILL');
        await child;
      }
    },
    close: async () => {},
  };
};

export const nspawn = async (): Promise<Engine> => ({
  ...inFront('systemd-nspawn', (name, script) => [
    ...['systemd-nspawn', '-D', inject('rootfs'), '-M', name, '--register=no', '--keep-unit', '--quiet'],
    ...['/bin/sh', '-c', script],
  ]),
  close: removeNspawnCgroups,
});

/** Without machined it leaves its cgroups behind. */
export const removeNspawnCgroups = async (): Promise<void> => {
  const find = 'find /sys/fs/cgroup -depth \\( -name payload -o -name supervisor \\) -type d -exec rmdir {} +';
  await execa('sh', ['-c', find], { reject: false });
};

export const bubblewrap = async (): Promise<Engine> =>
  inFront('bwrap', (_, script) => [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--ro-bind', inject('rootfs'), '/', '--proc', '/proc'],
    ...['--dev', '/dev', '/bin/sh', '-c', script],
  ]);

export const unshare = async (): Promise<Engine> =>
  inFront('unshare', (_, script) => ['unshare', '-fp', '--mount-proc', 'sh', '-c', script]);

export const lxc = async (): Promise<Engine> => {
  const folder = await makeFolder();
  const call = (command: string, name: string, ...args: string[]): Promise<Ran> =>
    run(command, '-P', folder, '-n', name, ...args);
  return {
    runtime: 'lxc',
    folder,
    start: async (name, script) => {
      await execa('mkdir', ['-p', join(folder, name)]);
      const config = [`lxc.uts.name = ${name}`, `lxc.rootfs.path = dir:${inject('rootfs')}`, 'lxc.net.0.type = none'];
      await writeFile(join(folder, name, 'config'), `${[...config, 'lxc.mount.auto = proc'].join('\n')}\n`);
      return call('lxc-start', name, '-d', '--', '/bin/sh', '-c', script);
    },
    enter: async (name, script) => (await call('lxc-attach', name, '--', '/bin/sh', '-c', script)).exitCode,
    remove: (name) => call('lxc-stop', name, '-k'),
    close: () => removeFolder(folder),
  };
};
