import type { ContainerInfo } from '../record/schema.ts';
import { hasWildcard, parseGlob } from './glob.ts';
import { globAnswer, globsTest } from './glob-test.ts';
import { type Matcher, ValueError } from './matcher.ts';
import { Selector } from './selector.ts';
import type { Subject } from './subject.ts';

export const containerTest = (values: readonly string[]): Matcher => {
  const selectors = values.map((value) => new Selector(value));
  const globs = values.filter(hasWildcard).map(parseGlob);
  return {
    selectors: values,
    of: ({ record, container, containers }) => {
      if (!('container' in record)) {
        return 'none';
      }
      if (container === undefined) {
        return selectors.some(({ isHost }) => isHost) ? 'yes' : 'none';
      }
      const name = record.container?.name ?? container.info.name;
      return selectors.some((selector) => selector.hits(container, name, containers))
        ? 'yes'
        : globAnswer(globs, container.nameAt(name));
    },
  };
};

export const podName = ({ pod, labels }: Pick<ContainerInfo, 'pod' | 'labels'>): string | undefined =>
  pod?.name ?? labels?.['io.kubernetes.pod.name'];

export const podNames = ({ container }: Subject): string[] => {
  if (container === undefined) {
    return [];
  }
  const { pod, labels } = container.info;
  const name = podName(container.info);
  const space = labels?.['io.kubernetes.pod.namespace'];
  return [
    ...(pod === undefined ? [] : [pod.id]),
    ...(name === undefined ? [] : [name]),
    ...(name === undefined || space === undefined ? [] : [`${space}/${name}`]),
  ];
};

export const labelTest = (values: readonly string[]): Matcher => {
  for (const value of values) {
    if (!value.includes('=')) {
      throw new ValueError(
        `${JSON.stringify(value)} is no label with a value`,
        `label:${value || 'app'}=VALUE, or =* for any`,
      );
    }
  }
  return globsTest(({ container }) =>
    Object.entries(container?.info.labels ?? {}).map(([key, text]) => `${key}=${text}`),
  )(values);
};
