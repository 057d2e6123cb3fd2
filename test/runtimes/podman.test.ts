import { chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { podman } from '../../src/runtimes/podman.ts';
import { host } from '../fixtures/lines.ts';
import { processAs } from '../fixtures/model.ts';
import { query } from '../fixtures/query.ts';

const uid = process.getuid?.() ?? 0;
const id = 'f00d'.repeat(16);
const other = 'beef'.repeat(16);

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-podman-`);
  path = `${root}/overlay-containers/${id}/userdata`;
  mkdirSync(path, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const list = (): string => `${root}/overlay-containers/containers.json`;
const write = (content: unknown, to = list()): void =>
  writeFileSync(to, typeof content === 'string' ? content : JSON.stringify(content));
const describeIt = () => podman.describe?.(query(id, { path, uid }));

const metadata = JSON.stringify({ 'image-name': 'docker.io/library/nginx:1.27', 'image-id': 'abc', name: 'web' });
const web = { id, names: ['web', 'second'], image: 'abc', layer: 'l', metadata, flags: { secret: 'hunter2' } };

describe('podman.describe', () => {
  it('reads name and image from the list beside the bundles, and nothing else', () => {
    write([{ id: other, names: ['db'], metadata: '{}' }, web]);
    expect(describeIt()).toEqual({ name: 'web', image: 'docker.io/library/nginx:1.27' });
  });

  it('finds the list though the bundle ends in a slash', () => {
    write([web]);
    expect(podman.describe?.(query(id, { path: `${path}/`, uid }))).toMatchObject({ name: 'web' });
  });

  it('reads the list of containers that do not outlive the machine', () => {
    write([{ id: other, names: ['db'] }]);
    write([web], `${root}/overlay-containers/volatile-containers.json`);
    expect(describeIt()).toMatchObject({ name: 'web' });
  });

  it.each(['vfs', 'btrfs', 'zfs'])('reads them of another storage driver: %s', (driver) => {
    renameSync(`${root}/overlay-containers`, `${root}/${driver}-containers`);
    write([web], `${root}/${driver}-containers/containers.json`);
    const bundle = { path: `${root}/${driver}-containers/${id}/userdata`, uid };
    expect(podman.describe?.(query(id, bundle))).toMatchObject({ name: 'web' });
  });

  it('joins what the annotations of the bundle say', () => {
    write([web]);
    const annotations = { 'io.kubernetes.pod.name': 'web-0', 'io.kubernetes.container.name': 'nginx' };
    write({ annotations }, `${path}/config.json`);
    expect(describeIt()).toEqual({
      name: 'web',
      image: 'docker.io/library/nginx:1.27',
      labels: { 'io.kubernetes.pod.name': 'web-0', 'io.kubernetes.container.name': 'nginx' },
    });
  });

  it('goes by the annotations alone if no list has the container', () => {
    write([{ ...web, id: other }]);
    write({ annotations: { 'io.kubernetes.container.name': 'nginx' } }, `${path}/config.json`);
    expect(describeIt()).toMatchObject({ name: 'nginx' });
  });

  it.each(['', '[{"id":', '{}', 'null', '"web"', '[]', '[null,5,"web",[]]'])(
    'reads nothing from the list %j',
    (content) => {
      write(content);
      expect(describeIt()).toBeUndefined();
    },
  );

  it('passes over entries that are none on its way to the right one', () => {
    write([null, 5, 'x', [id], { names: ['db'] }, web]);
    expect(describeIt()).toMatchObject({ name: 'web' });
  });

  it.each([
    ['is damaged', '{"image-name":'],
    ['is a list', '["image-name"]'],
    ['is nothing', 'null'],
    ['has an image that is no text', '{"image-name":5}'],
    ['is no text', { 'image-name': 'x' }],
    ['is missing', undefined],
  ])('still reads the name if the metadata %s', (_what, damaged) => {
    write([{ ...web, metadata: damaged }]);
    expect(describeIt()).toEqual({ name: 'web' });
  });

  it.each([
    ['missing', undefined],
    ['none', []],
    ['text', 'web'],
    ['no text', [5]],
  ])('still reads the image if the names are %s', (_what, names) => {
    write([{ ...web, names }]);
    expect(describeIt()).toEqual({ image: 'docker.io/library/nginx:1.27' });
  });

  it('follows no link in place of the list', () => {
    write([web], `${root}/real.json`);
    symlinkSync(`${root}/real.json`, list());
    expect(describeIt()).toBeUndefined();
  });

  it('reads no list that is too long', () => {
    write([web, { id: other, padding: 'x'.repeat(5 * 1024 * 1024) }]);
    expect(describeIt()).toBeUndefined();
  });

  it.skipIf(uid !== 0)('reads the list of the user who called the runtime, and of nobody else', () => {
    write([web]);
    chownSync(list(), 4711, 4711);
    expect(podman.describe?.(query(id, { path, uid: 4711 }))).toMatchObject({ name: 'web' });
    expect(podman.describe?.(query(id, { path, uid: 4712 }))).toBeUndefined();
    expect(podman.describe?.(query(id, { path, uid: 0 }))).toBeUndefined();
  });

  it('reads nothing of an id that is a path', () => {
    write([{ ...web, id: `../${id}` }]);
    expect(podman.describe?.(query(`../${id}`, { path, uid }))).toBeUndefined();
  });

  it('reads nothing without a bundle of a container that the storage does not have', () => {
    write([web]);
    expect(podman.describe?.(query(id, undefined))).toBeUndefined();
  });
});

describe('podman.list', () => {
  const conmon = (...more: string[]) =>
    processAs(200, 1, [
      '/usr/bin/conmon',
      '--api-version',
      '1',
      '-c',
      id,
      '-u',
      id,
      '-b',
      path,
      '-n',
      'named',
      ...more,
    ]);
  const init = processAs(201, 200, ['nginx'], { ns: { ...host, mnt: 7 } });

  it('lists the child of each conmon, named by the list', () => {
    write([web]);
    expect(podman.list?.([processAs(1, 0, ['init']), conmon(), init, processAs(202, 201, ['worker'])])).toEqual([
      { id, name: 'web', runtime: 'podman', image: 'docker.io/library/nginx:1.27', init: 201, cgroups: [] },
    ]);
  });

  it('goes by the command line if no file says the name', () => {
    expect(podman.list?.([conmon(), init])).toEqual([{ id, name: 'named', runtime: 'podman', init: 201, cgroups: [] }]);
  });

  it('goes by the id if there is no name at all', () => {
    const nameless = processAs(200, 1, ['conmon', '-c', id, '-b', path]);
    expect(podman.list?.([nameless, init])).toMatchObject([{ id, name: id, init: 201 }]);
  });

  it.skipIf(uid !== 0)('reads the files of whom conmon runs for', () => {
    write([web]);
    chownSync(list(), 4711, 4711);
    expect(podman.list?.([{ ...conmon(), uid: 4711 }, init])).toMatchObject([{ name: 'web' }]);
    expect(podman.list?.([{ ...conmon(), uid: 4712 }, init])).toMatchObject([{ name: 'named' }]);
  });

  it('lists no container whose first process is not there', () => {
    expect(podman.list?.([conmon(), processAs(201, 1, ['nginx'])])).toEqual([]);
  });

  it.each([['-e'], ['--exec-process-spec', '/spec']])('lists none for who only entered one: %s', (...flag) => {
    expect(podman.list?.([conmon(...flag), init])).toEqual([]);
  });

  it.each([
    ['another program', ['/usr/bin/conmonitor', '-c', id]],
    ['no id', ['/usr/bin/conmon', '--version']],
    ['an id that podman does not make', ['/usr/bin/conmon', '-c', '../../etc']],
    ['a value that is missing', ['/usr/bin/conmon', '-c']],
    ['no arguments', []],
  ])('lists none for %s', (_what, args) => {
    expect(podman.list?.([processAs(200, 1, args), init])).toEqual([]);
  });

  it('lists no child of conmon that has the mounts of conmon: it is in no container', () => {
    expect(podman.list?.([conmon(), { ...init, ns: host }])).toEqual([]);
  });

  it('believes another program of that name only if root of this host runs it', () => {
    const asUser = { ...conmon(), uid: 65_534, exe: '/tmp/conmon' };
    expect(podman.list?.([asUser, init])).toEqual([]);
    expect(podman.list?.([{ ...asUser, exe: '/usr/bin/conmon (deleted)' }, init])).toHaveLength(1);
    expect(podman.list?.([{ ...asUser, exe: '/usr/bin/conmonitor' }, init])).toEqual([]);
    expect(podman.list?.([{ ...asUser, uid: 0 }, init])).toHaveLength(1);
    expect(podman.list?.([{ ...conmon(), elsewhere: true }, init])).toEqual([]);
  });

  it('stands a bundle that is no whole path', () => {
    const relative = processAs(200, 1, ['conmon', '-c', id, '-n', 'named', '-b', `overlay-containers/${id}/userdata`]);
    expect(podman.list?.([relative, init])).toMatchObject([{ name: 'named' }]);
  });

  it('reads arguments that are no text', () => {
    const damaged = { text: '\u{fffd}', bytes: new Uint8Array([0xff]) };
    const found = { ...conmon(), args: [...conmon().args, damaged] };
    expect(podman.list?.([found, init])).toMatchObject([{ name: 'named' }]);
  });
});

describe('podman.readCgroup', () => {
  it('knows containers and their monitors', () => {
    expect(podman.readCgroup?.(`libpod-${id}.scope`, ['machine.slice'])).toEqual({ id, runtime: 'podman' });
    expect(podman.readCgroup?.(`libpod-payload-${id}`, ['web.service'])).toEqual({ id, runtime: 'podman' });
    expect(podman.readCgroup?.(`libpod-conmon-${id}.scope`, ['machine.slice'])).toBe('monitor');
    expect(podman.readCgroup?.('conmon', ['libpod_parent'])).toBe('monitor');
  });

  it.each(['conmon', `libpod-${id.slice(1)}.scope`, `libpod-${id}.slice`, `libpod-conmon-${id}`, 'libpod_parent'])(
    'takes %j for nothing of its own',
    (folder) => {
      expect(podman.readCgroup?.(folder, ['machine.slice'])).toBeUndefined();
    },
  );
});
