import { existsSync } from 'node:fs';
import { execa } from 'execa';

/** Above a namespace: the one it was made in, and the user namespace that owns it. */
export interface NamespaceParents {
  readonly parent: number | undefined;
  readonly owner: number | undefined;
}

const places = ['/usr/bin/lsns', '/bin/lsns'] as const;
const timeoutMs = 60_000;

/**
 * Parents and owners of namespaces. Only ioctl_ns(2) gives them, which Node cannot call: util-linux's lsns (2.38 and newer)
 * does. Empty if it is not there.
 */
export const readNamespaceParents = async (): Promise<ReadonlyMap<number, NamespaceParents>> => {
  const lsns = places.find(existsSync);
  const kin = new Map<number, NamespaceParents>();
  if (lsns === undefined) {
    return kin;
  }
  const { stdout, failed } = await execa(lsns, ['--json', '--output', 'NS,PNS,ONS'], {
    reject: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: timeoutMs,
    extendEnv: false,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  if (failed) {
    return kin;
  }
  try {
    for (const { ns, pns, ons } of JSON.parse(stdout).namespaces) {
      kin.set(Number(ns), { parent: Number(pns) || undefined, owner: Number(ons) || undefined });
    }
  } catch {
    // An lsns that says it otherwise.
  }
  return kin;
};
