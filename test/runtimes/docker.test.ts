import { chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcProcess } from '../../src/procfs/process.ts';
import { startOf } from '../../src/procfs/process.ts';
import { docker } from '../../src/runtimes/docker.ts';
import { processAs } from '../fixtures/model.ts';
import { query } from '../fixtures/query.ts';

const uid = process.getuid?.() ?? 0;
const id = `${'d0c'.repeat(21)}0`;
const other = 'e'.repeat(64);

let root: string;
let bundle: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-docker-`);
  bundle = `${root}/run/io.containerd.runtime.v2.task/moby/${id}`;
  mkdirSync(bundle, { recursive: true });
  mkdirSync(`${root}/data/containers/${id}`, { recursive: true });
  writeBundle([{ destination: '/proc', type: 'proc', source: 'proc' }, hosts(`${root}/data`)]);
});
afterEach(() => rmSync(root, { recursive: true }));

const hosts = (data: string) => ({
  destination: '/etc/hosts',
  type: 'bind',
  source: `${data}/containers/${id}/hosts`,
  options: ['rbind'],
});

const writeBundle = (mounts: unknown): void =>
  writeFileSync(`${bundle}/config.json`, JSON.stringify({ ociVersion: '1.0.2', mounts }));

const file = (): string => `${root}/data/containers/${id}/config.v2.json`;

const web = {
  ID: id,
  Name: '/web',
  Image: 'sha256:abc',
  Args: ['--password', 'hunter2'],
  Config: {
    Image: 'nginx:1.27',
    Env: ['PASSWORD=hunter2'],
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '1',
      'com.docker.compose.config-hash': 'hunter2',
      'io.kubernetes.pod.name': 'web-0',
      maintainer: 'hunter2',
    },
  },
};

const describeWith = (config: unknown) => {
  writeFileSync(file(), typeof config === 'string' ? config : JSON.stringify(config));
  return docker.describe?.(query(id, { path: bundle, uid }));
};

describe('docker.describe', () => {
  it('reads name, image and the labels that say what a container is for', () => {
    expect(describeWith(web)).toEqual({
      name: 'web',
      image: 'nginx:1.27',
      labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.service': 'web',
        'com.docker.compose.container-number': '1',
        'io.kubernetes.pod.name': 'web-0',
      },
    });
  });

  it('lets out no environment, no arguments and no other labels', () => {
    expect(JSON.stringify(describeWith(web))).not.toContain('hunter2');
  });

  it('reads a name alone', () => {
    expect(describeWith({ Name: '/web' })).toEqual({ name: 'web' });
  });

  it.each(['', '{"Name":"/web"', '[]', 'null', '{}', '{"Name":""}', '{"Name":"/"}', '{"Name":5}', '{"Name":["/web"]}'])(
    'reads nothing from %j',
    (config) => {
      expect(describeWith(config)).toBeUndefined();
    },
  );

  it.each([
    ['the configuration is nothing', null],
    ['the configuration is a list', ['nginx']],
    ['the configuration is text', 'nginx'],
    ['image and labels are numbers', { Image: 5, Labels: 5 }],
    ['labels are a list', { Labels: ['com.docker.compose.project'] }],
    ['labels have values that are no text', { Labels: { 'com.docker.compose.project': { a: 1 } } }],
  ])('still reads the name if %s', (_what, Config) => {
    expect(describeWith({ Name: '/web', Config })).toEqual({ name: 'web' });
  });

  it('follows no link in place of the file', () => {
    describeWith(web);
    renameSync(file(), `${root}/real.json`);
    symlinkSync(`${root}/real.json`, file());
    expect(docker.describe?.(query(id, { path: bundle, uid }))).toBeUndefined();
  });

  it('reads nothing that is too long', () => {
    expect(describeWith({ ...web, padding: 'x'.repeat(5 * 1024 * 1024) })).toBeUndefined();
  });

  it.skipIf(uid !== 0)('reads nothing that belongs to neither root nor who called the runtime', () => {
    describeWith(web);
    chownSync(file(), 4711, 4711);
    expect(docker.describe?.(query(id, { path: bundle, uid: 0 }))).toBeUndefined();
    expect(docker.describe?.(query(id, { path: bundle, uid: 4712 }))).toBeUndefined();
  });

  it.skipIf(uid !== 0)('reads the files of a daemon that runs without root', () => {
    describeWith(web);
    chownSync(file(), 4711, 4711);
    chownSync(`${bundle}/config.json`, 4711, 4711);
    expect(docker.describe?.(query(id, { path: bundle, uid: 4711 }))).toMatchObject({ name: 'web' });
  });

  it.skipIf(uid !== 0)('believes no bundle of somebody else', () => {
    describeWith(web);
    chownSync(`${bundle}/config.json`, 4711, 4711);
    expect(docker.describe?.(query(id, { path: bundle, uid: 0 }))).toBeUndefined();
  });

  it.each([
    ['mounts are nothing', undefined],
    ['mounts are an object', { source: '/x' }],
    ['mounts are no mounts', [null, 5, 'x', [], { source: 5 }, {}]],
    ['mounts are of another container', [{ source: `/data/containers/${other}/hosts` }]],
  ])('finds nothing where docker keeps it usually if %s', (_what, mounts) => {
    writeBundle(mounts);
    expect(describeWith(web)).toBeUndefined();
  });

  it('passes over mounts that are no mounts on its way to the right one', () => {
    writeBundle([null, 5, { source: 5 }, { source: 'tmpfs' }, hosts(`${root}/data`)]);
    expect(describeWith(web)).toMatchObject({ name: 'web' });
  });

  it('reads nothing of an id that is a path', () => {
    describeWith(web);
    const path = `../containers/${id}`;
    writeBundle([{ source: `${root}/data/containers/${path}/hosts` }]);
    expect(docker.describe?.(query(path, { path: bundle, uid }))).toBeUndefined();
  });

  it('reads nothing of a container that is not there', () => {
    expect(docker.describe?.(query(other, undefined))).toBeUndefined();
  });
});

// Only what belongs to root counts there.
describe.skipIf(uid !== 0)('docker.list', () => {
  const list = (...running: ProcProcess[]) => docker.list?.(running).filter((state) => state.id === id);

  /** runc's state of a container whose init is this very process. */
  const writeState = (folder: string, changes: Record<string, unknown> = {}): void => {
    const path = `${root}/exec/${folder}/moby/${id}`;
    mkdirSync(path, { recursive: true });
    const { pid } = process;
    const state = {
      id,
      init_process_pid: pid,
      init_process_start: startOf(pid),
      cgroup_paths: { '': `/sys/fs/cgroup/docker/${id}` },
      ...changes,
    };
    writeFileSync(`${path}/state.json`, JSON.stringify(state));
  };

  const daemon = (...args: string[]) => processAs(100, 1, ['/usr/bin/dockerd', '-H', 'fd://', ...args]);
  const own = () => daemon('--data-root', `${root}/data`, `--exec-root=${root}/exec`);

  it('lists what runs below the folders that a running daemon was given, by their names', () => {
    describeWith(web);
    writeState('runtime-runc');
    expect(list(processAs(99, 1, ['/usr/bin/containerd']), own())).toMatchObject([
      { id, name: 'web', runtime: 'docker', image: 'nginx:1.27', init: process.pid, cgroups: [`/docker/${id}`] },
    ]);
  });

  it('does not ask a program that only calls itself dockerd where names are', () => {
    describeWith(web);
    writeState('runtime-runc');
    const words = ['--data-root', '/nowhere', `--exec-root=${root}/exec`] as const;
    const user = { ...daemon(...words), uid: 65_534 };
    const inContainer = { ...daemon(...words), elsewhere: true as const };
    expect(list(user, inContainer, own())).toMatchObject([{ id, name: 'web' }]);
    expect(list(user, inContainer)).toEqual([]);
  });

  it.each(['runtime-crun', 'runtime-io.containerd.runc.v2'])('lists those of another runtime too: %s', (folder) => {
    writeState(folder);
    expect(list(own())).toMatchObject([{ id, runtime: 'docker' }]);
  });

  it('calls a container by its id if its file is damaged', () => {
    describeWith('{"Name":');
    writeState('runtime-runc');
    expect(list(own())).toMatchObject([{ id, name: id, runtime: 'docker' }]);
  });

  it('lists no init that is gone, or another process by now', () => {
    writeState('runtime-runc', { init_process_start: 1 });
    expect(list(own())).toMatchObject([{ init: undefined }]);
  });

  it('lists nothing from folders that no daemon was given, and none beside the runtimes', () => {
    writeState('runtime-runc');
    expect(list(processAs(100, 1, ['/usr/bin/other', `--exec-root=${root}/exec`]))).toEqual([]);
    rmSync(`${root}/exec`, { recursive: true });
    writeState('plugins');
    expect(list(own())).toEqual([]);
  });

  it.skipIf(uid !== 0)(
    'lists what runs below the folders that the file of a daemon names, which must be root’s',
    () => {
      describeWith(web);
      writeState('runtime-runc');
      const settings = `${root}/daemon.json`;
      writeFileSync(settings, JSON.stringify({ 'data-root': `${root}/data`, 'exec-root': `${root}/exec` }));
      const words = ['--config-file', settings] as const;
      expect(list(daemon(...words))).toMatchObject([{ id, name: 'web', runtime: 'docker' }]);
      expect(docker.readCommand?.(['dockerd', ...words])).toMatchObject({ action: 'daemon', data: `${root}/data` });
      chownSync(settings, 1000, 1000);
      expect(list(daemon(...words))).toEqual([]);
    },
  );

  it('takes the last words of a daemon as they are, though a value is missing', () => {
    expect(list(daemon('--exec-root'))).toEqual([]);
  });
});

describe('docker.readCgroup', () => {
  it('is sure of its own paths, and guesses below other parents', () => {
    expect(docker.readCgroup?.(id, ['docker'])).toEqual({ id, runtime: 'docker' });
    expect(docker.readCgroup?.(id, ['system.slice'])).toEqual({ id, runtime: 'docker', guessed: true });
    expect(docker.readCgroup?.(`docker-${id}.scope`, [])).toEqual({ id, runtime: 'docker' });
  });

  it.each([id.slice(1), `${id}0`, id.toUpperCase(), `docker-${id}.slice`, `docker-${id}.scope\n`, 'docker'])(
    'takes %j for nothing of its own',
    (folder) => {
      expect(docker.readCgroup?.(folder, ['docker'])).toBeUndefined();
    },
  );
});
