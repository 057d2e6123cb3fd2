import { chownSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleOfLabels, describeAnnotations, readBundle } from '../../src/runtimes/annotations.ts';
import { describeContainer } from '../../src/runtimes/index.ts';
import { query } from '../fixtures/query.ts';

const uid = process.getuid?.() ?? 0;
const podUid = '3f2b8c1e-0a1b-4c2d-9e3f-0123456789ab';

const ofContainerd = {
  'io.kubernetes.cri.container-type': 'container',
  'io.kubernetes.cri.container-name': 'nginx',
  'io.kubernetes.cri.image-name': 'docker.io/library/nginx:1.27',
  'io.kubernetes.cri.sandbox-id': 'b'.repeat(64),
  'io.kubernetes.cri.sandbox-name': 'web-0',
  'io.kubernetes.cri.sandbox-namespace': 'prod',
  'io.kubernetes.cri.sandbox-uid': podUid,
};

const ofCrio = {
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.ContainerName': `k8s_nginx_web-0_prod_${podUid}_0`,
  'io.kubernetes.cri-o.Name': `k8s_nginx_web-0_prod_${podUid}_0`,
  'io.kubernetes.cri-o.ImageName': 'docker.io/library/nginx:1.27',
  'io.kubernetes.cri-o.Image': 'sha256:abc',
  'io.kubernetes.container.name': 'nginx',
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'prod',
  'io.kubernetes.pod.uid': podUid,
};

const pod = {
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'prod',
  'io.kubernetes.pod.uid': podUid,
};

describe('describeAnnotations', () => {
  it.each([
    ['containerd', ofContainerd],
    ['CRI-O', ofCrio],
  ])('reads a container of a pod: %s', (_runtime, annotations) => {
    expect(describeAnnotations(annotations)).toEqual({
      name: 'nginx',
      pod: { id: podUid, name: 'web-0' },
      image: 'docker.io/library/nginx:1.27',
      labels: { ...pod, 'io.kubernetes.container.name': 'nginx', 'io.kubernetes.container.type': 'container' },
    });
  });

  it.each([
    [
      'containerd',
      {
        'io.kubernetes.cri.container-type': 'sandbox',
        'io.kubernetes.cri.sandbox-name': 'web-0',
        'io.kubernetes.cri.sandbox-namespace': 'prod',
        'io.kubernetes.cri.sandbox-uid': podUid,
      },
    ],
    [
      'CRI-O',
      {
        'io.kubernetes.cri-o.ContainerType': 'sandbox',
        'io.kubernetes.cri-o.KubeName': 'web-0',
        'io.kubernetes.cri-o.Namespace': 'prod',
        'io.kubernetes.container.name': 'POD',
        'io.kubernetes.pod.uid': podUid,
      },
    ],
  ])('names the sandbox of a pod like the pod, and distinguishes it: %s', (_runtime, annotations) => {
    expect(describeAnnotations(annotations)).toEqual({
      name: 'web-0',
      pod: { id: podUid, name: 'web-0' },
      labels: { ...pod, 'io.kubernetes.container.type': 'sandbox' },
    });
  });

  it('reads the name that nerdctl gave', () => {
    expect(describeAnnotations({ 'nerdctl/name': 'web', 'nerdctl/namespace': 'default' })).toEqual({ name: 'web' });
  });

  it('takes the image by its number if CRI-O has no name of it', () => {
    const { 'io.kubernetes.cri-o.ImageName': _, ...annotations } = ofCrio;
    expect(describeAnnotations(annotations).image).toBe('sha256:abc');
  });

  it('passes over what is empty or no text', () => {
    const annotations = {
      'io.kubernetes.cri.container-name': 5,
      'io.kubernetes.container.name': '',
      'nerdctl/name': 'web',
      'io.kubernetes.cri.image-name': null,
      'io.kubernetes.cri-o.ImageName': ['x'],
      'io.kubernetes.cri.sandbox-name': { a: 1 },
    };
    expect(describeAnnotations(annotations)).toEqual({ name: 'web' });
  });

  it('lets out nothing else that the annotations hold', () => {
    expect(describeAnnotations({ 'my/secret': 'hunter2', 'run.oci.handler': 'crun' })).toEqual({});
  });
});

describe('readBundle', () => {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(`${tmpdir()}/nstrace-bundle-`);
  });
  afterEach(() => rmSync(path, { recursive: true }));

  const write = (config: unknown): void =>
    writeFileSync(`${path}/config.json`, typeof config === 'string' ? config : JSON.stringify(config));

  it('reads the annotations of a configuration', () => {
    write({ annotations: { 'nerdctl/name': 'web' }, process: { env: ['PASSWORD=hunter2'] } });
    expect(readBundle({ path, uid })).toEqual({ name: 'web' });
  });

  it('reads nothing without a bundle, and nothing from one that depends on where nstrace runs', () => {
    write({ annotations: { 'nerdctl/name': 'web' } });
    expect(readBundle(undefined)).toBeUndefined();
    const up = process.cwd().replace(/[^/]+/g, '..').slice(1);
    expect(readBundle({ path: `${up}${path}`, uid })).toBeUndefined();
  });

  it.each([
    '',
    '{"annotations":',
    '[]',
    'null',
    '{}',
    '{"annotations":null}',
    '{"annotations":["nerdctl/name"]}',
    '{"annotations":"nerdctl/name"}',
  ])('reads nothing from the configuration %j', (config) => {
    write(config);
    expect(readBundle({ path, uid })).toBeUndefined();
  });

  it('reads nothing where no configuration is', () => {
    expect(readBundle({ path, uid })).toBeUndefined();
    expect(readBundle({ path: `${path}/none`, uid })).toBeUndefined();
  });

  it('follows no link in place of the configuration', () => {
    write({ annotations: { 'nerdctl/name': 'web' } });
    renameSync(`${path}/config.json`, `${path}/real.json`);
    symlinkSync('real.json', `${path}/config.json`);
    expect(readBundle({ path, uid })).toBeUndefined();
  });

  it('reads no configuration that is too long to be one', () => {
    write({ annotations: { 'nerdctl/name': 'web' }, padding: 'x'.repeat(5 * 1024 * 1024) });
    expect(readBundle({ path, uid })).toBeUndefined();
  });

  it.skipIf(uid !== 0)('reads a file of the user who called the runtime, and of nobody else', () => {
    write({ annotations: { 'nerdctl/name': 'web' } });
    chownSync(`${path}/config.json`, 4711, 4711);
    expect(readBundle({ path, uid: 4711 })).toEqual({ name: 'web' });
    expect(readBundle({ path, uid: 4712 })).toBeUndefined();
    expect(readBundle({ path, uid: 0 })).toBeUndefined();
  });

  it.each(['cri-o', 'containerd', 'runc', 'crun', 'podman'])('is what %s goes by', (runtime) => {
    write({ annotations: ofCrio });
    expect(describeContainer(query(`nstrace-${'d'.repeat(56)}`, { path, uid }, { runtime }))).toMatchObject({
      name: 'nginx',
      labels: pod,
    });
  });
});

describe('bundleOfLabels', () => {
  it('finds the bundle among the labels of libcontainer', () => {
    expect(bundleOfLabels(['a=b', 'bundle=/run/b=c', 'bundle=/other'])).toBe('/run/b=c');
  });

  it.each([
    ['nothing', undefined],
    ['other labels', ['a=b', 'mybundle=/x']],
    ['text', 'bundle=/x'],
    ['an object', { bundle: '/x' }],
    ['no text', [5, null, {}, ['bundle=/x']]],
  ])('finds none in %s', (_what, labels) => {
    expect(bundleOfLabels(labels)).toBeUndefined();
  });
});
