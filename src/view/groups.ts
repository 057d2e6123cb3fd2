import { readFileSync } from 'node:fs';

/** The number of a group of this host, from /etc/group; undefined if it has none of that name. */
export const groupIdOf = (name: string, path = '/etc/group'): number | undefined => {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  const gid = line?.split(':')[2];
  return gid === undefined || gid === '' ? undefined : Number(gid);
};
