import type { ContainerInfo } from '../record/schema.ts';
import { escapeText } from './escape.ts';

type Named = Pick<ContainerInfo, 'name' | 'runtime'>;

/** What a container is called on a screen, escaped: one that is called host is not taken for the host. */
export const containerName = (container: Named | null): string =>
  container === null ? 'host' : escapeText(container.name === 'host' ? `${container.runtime}/host` : container.name);

/** A container and all that distinguishes it from others of its name: id, runtime, the runtime's root, a host pid. */
export const containerInFull = (container: ContainerInfo): string => {
  const { id, name, runtime, root, init } = container;
  const parts = [
    ...(id === name ? [] : [`id ${escapeText(id)}`]),
    ...(root === undefined ? [] : [`root ${escapeText(root)}`]),
    ...(init === undefined ? [] : [`pid ${init}`]),
  ];
  return `${containerName(container)} (${[escapeText(runtime), ...parts].join(', ')})`;
};
