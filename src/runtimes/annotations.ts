import type { Bundle, Description, Labels } from './runtime.ts';
import { isObject, readStateFile, stringOf } from './state-file.ts';

/**
 * What the annotations of an OCI configuration say: containerd (internal/cri/annotations), CRI-O (internal/annotations) and
 * nerdctl put names there. The labels keep the names that Kubernetes itself gives to its containers.
 */
export const describeAnnotations = (annotations: Record<string, unknown>): Description => {
  const first = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => stringOf(annotations[key])).find((value) => value !== undefined && value !== '');
  const kind = first('io.kubernetes.cri.container-type', 'io.kubernetes.cri-o.ContainerType');
  const pod = first('io.kubernetes.cri.sandbox-name', 'io.kubernetes.pod.name', 'io.kubernetes.cri-o.KubeName');
  const container = first('io.kubernetes.cri.container-name', 'io.kubernetes.container.name');
  const labels: Record<string, string | undefined> = {
    'io.kubernetes.pod.name': pod,
    'io.kubernetes.pod.namespace': first(
      'io.kubernetes.cri.sandbox-namespace',
      'io.kubernetes.pod.namespace',
      'io.kubernetes.cri-o.Namespace',
    ),
    'io.kubernetes.pod.uid': first('io.kubernetes.cri.sandbox-uid', 'io.kubernetes.pod.uid'),
    'io.kubernetes.container.name': kind === 'sandbox' ? undefined : container,
    'io.kubernetes.container.type': kind,
  };
  const name = kind === 'sandbox' ? pod : (container ?? first('nerdctl/name'));
  const image = first('io.kubernetes.cri.image-name', 'io.kubernetes.cri-o.ImageName', 'io.kubernetes.cri-o.Image');
  const uid = labels['io.kubernetes.pod.uid'];
  return {
    ...(uid === undefined ? {} : { pod: { id: uid, ...(pod === undefined ? {} : { name: pod }) } }),
    ...(name === undefined ? {} : { name }),
    ...(image === undefined ? {} : { image }),
    ...(Object.values(labels).some((value) => value !== undefined) ? { labels: present(labels) } : {}),
  };
};

const present = (labels: Record<string, string | undefined>): Labels =>
  Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** What the configuration in a bundle says. It must belong to root or to who called the runtime. */
export const readBundle = (bundle: Bundle | undefined): Description | undefined => {
  const annotations = readBundleConfig(bundle)?.annotations;
  return isObject(annotations) ? describeAnnotations(annotations) : undefined;
};

export const readBundleConfig = (bundle: Bundle | undefined): Record<string, unknown> | undefined =>
  bundle?.path.startsWith('/') ? readStateFile(`${bundle.path}/config.json`, { owner: bundle.uid }) : undefined;

/** libcontainer's own label for it. */
export const bundleOfLabels = (labels: unknown): string | undefined => {
  const label = Array.isArray(labels) ? labels.find((entry) => String(entry).startsWith('bundle=')) : undefined;
  return typeof label === 'string' ? label.slice('bundle='.length) : undefined;
};
