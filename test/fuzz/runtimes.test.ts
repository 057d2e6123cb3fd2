import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerdIn } from '../../src/runtimes/containerd.ts';
import { crunIn } from '../../src/runtimes/crun.ts';
import { readCgroup, readRuntimeCommand, runtimes } from '../../src/runtimes/index.ts';
import type { Description } from '../../src/runtimes/runtime.ts';
import { processAs } from '../fixtures/model.ts';
import { anyText, corpus, runs } from './support.ts';

const id = 'd0c5'.repeat(16);
const uid = process.geteuid?.() ?? 0;

/** One file under the names of all state files that runtimes read. */
let folder = '';
const names = ['config.json', 'containers.json', 'volatile-containers.json', 'status', 'state.json', 'config.v2.json'];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nstrace-fuzz-'));
  writeFileSync(join(folder, 'value'), '{}');
  for (const place of ['', id, 'web', `containers/${id}`, `space/${id}`, `runtime-runc/moby/${id}`]) {
    mkdirSync(join(folder, place), { recursive: true });
    for (const name of names) {
      linkSync(join(folder, 'value'), join(folder, place, name));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Keys that runtimes read, so that what is under them is looked at. */
const keys = fc.constantFrom(
  ...[
    'id',
    'Name',
    'name',
    'names',
    'Config',
    'Image',
    'Labels',
    'metadata',
    'image-name',
    'config',
    'labels',
    'cgroup_paths',
  ],
  ...[
    'init_process_pid',
    'init_process_start',
    'pid',
    'process-start-time',
    'cgroup-path',
    'bundle',
    'annotations',
    'linux',
  ],
  ...[
    'cgroupsPath',
    'namespaces',
    'path',
    'type',
    'mounts',
    'source',
    'hostname',
    'process',
    'args',
    'root',
    'Bundle',
    'ID',
  ],
  ...[
    'io.kubernetes.cri.container-name',
    'io.kubernetes.pod.name',
    'com.docker.compose.service',
    'org.opencontainers.image.ref.name',
  ],
  ...['io.kubernetes.cri-o.SandboxID', 'io.container.manager', '__proto__', 'constructor', 'toString', 'length'],
);
const leaf = fc.oneof(
  anyText(),
  fc.constantFrom(id, `/docker/${id}`, '/', '{"image-name":"x"}'),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
);
const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(keys, anyText(8)), tie('value'), { maxKeys: 6 }),
  ),
}));

const path = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'docker',
          `docker-${id}.scope`,
          id,
          'libpod_parent',
          `libpod-${id}.scope`,
          'kubepods.slice',
          'crio',
          'lxc.payload.x',
          'machine.slice',
        ],
      ),
      fc.constantFrom(
        ...[
          'systemd-nspawn@x.service',
          'machine-a\\x2db.scope',
          'snap.a.b.scope',
          `cri-containerd-${id}.scope`,
          'kubepods-pod1_2.slice',
          'system.slice',
        ],
      ),
      anyText(30),
    ),
    { maxLength: 6 },
  )
  .map((parts) => `/${parts.join('/')}`);

/** What crun lists and docker describes: the others are variations that few of them read. */
const whole = { pid: 1, 'process-start-time': 1, Name: '/web', Config: { Image: 'alpine', Labels: { a: 'b' } } };

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isPlain = ({ name, runtime, image, labels, pod, podName, root }: Description): boolean =>
  [name, runtime, image, pod?.id, pod?.name, podName, root, ...Object.values(labels ?? {})].every(isText);

describe('state files that say anything', () => {
  it('are no reason to fail, and give texts where texts are wanted', () => {
    let described = 0;
    let listed = 0;
    fc.assert(
      fc.property(anyJson, fc.constantFrom(id, 'web', '__proto__', '..'), path, (value, name, bundle) => {
        writeFileSync(join(folder, 'value'), JSON.stringify(value));
        const place = name === id ? folder : name === 'web' ? `${folder}/${id}/userdata` : bundle;
        const placed = [
          ...runtimes,
          crunIn({ usual: folder, owner: uid }),
          containerdIn({ states: folder, owner: uid }),
        ];
        const running = [
          processAs(5, 1, ['runc', '--root', folder, 'create', id]),
          processAs(6, 1, ['crun', '--root', `${folder}/space`, 'create', id]),
          processAs(7, 1, ['dockerd', '--data-root', folder, '--exec-root', folder]),
          processAs(8, 1, ['/usr/bin/conmon', '-c', id, '-n', name, '-b', folder], { uid }),
          processAs(9, 8, ['sh']),
        ];
        for (const state of placed.flatMap((runtime) => runtime.list?.(running) ?? [])) {
          expect(isPlain(state) && [state.id, state.name, ...state.cgroups].every(isText)).toBe(true);
          expect(state.init === undefined || Number.isSafeInteger(state.init)).toBe(true);
          listed += 1;
        }
        for (const runtime of placed) {
          const query = { runtime: runtime.name, id, root: folder, bundle: { path: place, uid }, data: [folder] };
          const description = runtime.describe?.(query);
          described += description === undefined ? 0 : 1;
          expect(isPlain(description ?? {})).toBe(true);
        }
      }),
      {
        numRuns: runs(300),
        examples: [[whole], ...corpus<unknown>('runtimes')].map(
          ([value]) => [value, id, '/b'] as [unknown, string, string],
        ),
      },
    );
    expect(described).toBeGreaterThan(0);
    expect(listed).toBeGreaterThan(0);
  });
});

describe('cgroup paths and command lines of anybody', () => {
  it('are no reason to fail', () => {
    fc.assert(
      fc.property(
        path,
        fc.array(anyText(), { maxLength: 8 }),
        fc.constantFrom(...runtimes.flatMap(({ programs = [] }) => programs)),
        (cgroup, args, program) => {
          const { owner } = readCgroup(cgroup);
          expect(owner === undefined || owner === 'monitor' || (owner.id !== '' && isText(owner.name))).toBe(true);
          const command = readRuntimeCommand([program, ...args], program);
          expect(Object.values(command ?? {}).every((value) => typeof value === 'string' || value === true)).toBe(true);
        },
      ),
      { numRuns: runs(3000), examples: corpus<[string, string[], string]>('cgroups').map(([value]) => value) },
    );
  });

  it('cost no more time where they are long', () => {
    for (const piece of ['a', '-', '\\x2d', 'libpod-', 'docker-', '/', '_', '@', '.scope', 'snap.', `${id}`]) {
      const began = performance.now();
      readCgroup(`/${piece.repeat(4000 / piece.length)}.scope`);
      readRuntimeCommand(['conmon', ...Array.from({ length: 300 }, () => piece.repeat(4000 / piece.length))], 'conmon');
      // Far more than it takes on any machine, far less than backtracking would.
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });
});
