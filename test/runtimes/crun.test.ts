import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOf } from '../../src/procfs/process.ts';
import { crunIn } from '../../src/runtimes/crun.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { query } from '../fixtures/query.ts';

const uid = process.getuid?.() ?? 0;
const id = 'xyxy12';

let root: string;
let states: string;
let crun: Runtime;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-crun-`);
  states = `${root}/crun`;
  crun = crunIn({ usual: states, owner: uid });
  mkdirSync(`${states}/${id}`, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, content: unknown): void =>
  writeFileSync(`${states}/${id}/${name}`, typeof content === 'string' ? content : JSON.stringify(content));

/** Lists containers with one whose init is this very process, with changes. */
const listWith = (changes: Record<string, unknown>) => {
  const { pid } = process;
  write('status', { pid, 'process-start-time': startOf(pid), 'cgroup-path': '/xyxy12', bundle: '/b', ...changes });
  return crun.list?.([]);
};

const state = { id, name: id, runtime: 'crun', init: process.pid, cgroups: ['/xyxy12'] };

describe('crun.list', () => {
  it('lists a container whose init lives', () => {
    expect(listWith({})).toEqual([state]);
  });

  it('has its cgroup from the root on, however crun wrote it', () => {
    expect(listWith({ 'cgroup-path': 'parent/xyxy12' })).toEqual([{ ...state, cgroups: ['/parent/xyxy12'] }]);
    expect(listWith({ 'cgroup-path': '' })).toEqual([{ ...state, cgroups: [] }]);
    expect(listWith({ 'cgroup-path': 5 })).toEqual([{ ...state, cgroups: [] }]);
  });

  it('knows podman by the bundle', () => {
    const bundle = `/var/lib/containers/storage/overlay-containers/${'a'.repeat(64)}/userdata`;
    expect(listWith({ bundle })).toMatchObject([{ id, runtime: 'podman' }]);
  });

  it('reads names from the copy of the configuration', () => {
    write('config.json', { annotations: { 'io.kubernetes.container.name': 'nginx' } });
    expect(listWith({})).toMatchObject([
      { id, name: 'nginx', runtime: 'crun', labels: { 'io.kubernetes.container.name': 'nginx' } },
    ]);
  });

  it.each(['', '{"annotations":', '{"annotations":[]}', '[]'])('stands the configuration %j', (config) => {
    write('config.json', config);
    expect(listWith({})).toEqual([state]);
  });

  it.each([
    ['its pid is text', { pid: String(process.pid) }],
    ['its start is text', { 'process-start-time': String(startOf(process.pid)) }],
    ['its start is missing', { 'process-start-time': undefined }],
  ])('lists nothing if %s', (_what, changes) => {
    expect(listWith(changes)).toEqual([]);
  });

  it.each([
    ['another process has the pid now', { 'process-start-time': 1 }],
    ['its init is gone', { pid: 2 ** 30 }],
  ])('lists no init if %s', (_what, changes) => {
    expect(listWith(changes)).toMatchObject([{ init: undefined }]);
  });

  it.each(['', '{"pid":', '[]', 'null', '5'])('lists nothing for the state %j', (content) => {
    write('status', content);
    expect(crun.list?.([])).toEqual([]);
  });

  it('follows no link in place of the state', () => {
    listWith({});
    mkdirSync(`${states}/second`);
    symlinkSync(`../${id}/status`, `${states}/second/status`);
    expect(crun.list?.([])).toEqual([state]);
  });

  it('lists nothing where crun never ran', () => {
    rmSync(states, { recursive: true });
    expect(crun.list?.([])).toEqual([]);
  });
});

describe('crun.describe', () => {
  it('goes by its own copy of the configuration before that of the bundle', () => {
    const path = `${root}/bundle`;
    mkdirSync(path);
    writeFileSync(`${path}/config.json`, '{"annotations":{"nerdctl/name":"bundle"}}');
    expect(crun.describe?.(query(id, { path, uid }))).toEqual({ name: 'bundle' });
    write('config.json', { annotations: { 'nerdctl/name': 'copy' } });
    expect(crun.describe?.(query(id, { path, uid }))).toEqual({ name: 'copy' });
  });

  it('knows nothing without files', () => {
    expect(crun.describe?.(query(id, undefined))).toBeUndefined();
    expect(crun.describe?.(query(id, { path: `${root}/none`, uid }))).toBeUndefined();
  });

  it('reads nothing of an id that is a path', () => {
    write('config.json', { annotations: { 'nerdctl/name': 'copy' } });
    expect(crun.describe?.(query(`../crun/${id}`, undefined))).toBeUndefined();
  });
});

describe('crun.readCgroup', () => {
  it('knows the scopes that systemd makes for it', () => {
    expect(crun.readCgroup?.('crun-xyxy12.scope', ['system.slice'])).toEqual({ id, runtime: 'crun' });
  });

  it.each(['crun-.scope', 'crun-xyxy12', 'xyxy12', 'xcrun-xyxy12.scope', 'crun-xyxy12.slice'])(
    'takes %j for nothing of its own',
    (folder) => {
      expect(crun.readCgroup?.(folder, ['system.slice'])).toBeUndefined();
    },
  );
});
