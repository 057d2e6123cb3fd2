import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { listContainers, readCgroup, readRuntimeCommand, runtimes } from '../../src/runtimes/index.ts';
import type { Description } from '../../src/runtimes/runtime.ts';
import { processAs } from '../fixtures/model.ts';
import { anyText, corpus, runs } from './support.ts';

/** What all state files hold now, whatever their paths: the files themselves are read in test/runtimes. */
const files = vi.hoisted(() => ({ value: {} as unknown, ids: [] as string[] }));
vi.mock('../../src/runtimes/state-file.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/runtimes/state-file.ts')>();
  return {
    ...original,
    listIds: () => files.ids,
    readStateFile: () => (original.isObject(files.value) ? files.value : undefined),
    readStateList: () => (Array.isArray(files.value) ? files.value : []),
  };
});

const id = 'd0c5'.repeat(16);

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

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isPlain = ({ name, runtime, image, labels, pod, podName, root }: Description): boolean =>
  [name, runtime, image, pod?.id, pod?.name, podName, root, ...Object.values(labels ?? {})].every(isText);

describe('state files that say anything', () => {
  it('are no reason to fail, and give texts where texts are wanted', () => {
    let described = 0;
    fc.assert(
      fc.property(anyJson, fc.constantFrom(id, 'web', '__proto__', '..'), path, (value, name, bundle) => {
        files.value = value;
        files.ids = [name, id];
        const running = [
          processAs(7, 1, ['dockerd', '--data-root', bundle]),
          processAs(8, 1, ['/usr/bin/conmon', '-c', id, '-n', name, '-b', bundle]),
          processAs(9, 8, ['sh']),
        ];
        for (const state of listContainers(running)) {
          expect(isPlain(state) && [state.id, state.name, ...state.cgroups].every(isText)).toBe(true);
          expect(state.init === undefined || Number.isSafeInteger(state.init)).toBe(true);
        }
        for (const runtime of runtimes) {
          const query = { runtime: runtime.name, id, root: bundle, bundle: { path: bundle, uid: 0 }, data: [bundle] };
          const description = runtime.describe?.(query);
          described += description === undefined ? 0 : 1;
          expect(isPlain(description ?? {})).toBe(true);
        }
      }),
      {
        numRuns: runs(1500),
        examples: corpus<unknown>('runtimes').map(([value]) => [value, id, '/b'] as [unknown, string, string]),
      },
    );
    expect(described).toBeGreaterThan(0);
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
      expect(performance.now() - began).toBeLessThan(2000);
    }
  });
});
