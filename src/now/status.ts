import { capabilityNames } from '../kernel/capabilities.ts';
import { readProcText } from '../procfs/read.ts';
import type { InspectRecord } from './schema.ts';

/** Rights and confinement of a process, from /proc/PID/status and its neighbours; what may not be read is left out. */
export const readRights = (
  pid: number,
): Pick<InspectRecord, 'ids' | 'capabilities' | 'seccomp' | 'no_new_privs' | 'lsm'> => {
  const status = readProcText(`/proc/${pid}/status`) ?? '';
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]?.trim();
  const numbers = (name: string): number[] => (field(name) ?? '').split(/\s+/).filter(Boolean).map(Number);
  const mask = (name: string): string[] => capabilityNames(BigInt(`0x${field(name) ?? '0'}`));
  const label = (readProcText(`/proc/${pid}/attr/current`) ?? '').replace(/[\0\n]+$/, '');
  const seccomp = field('Seccomp');
  return {
    ids: {
      uid: numbers('Uid'),
      gid: numbers('Gid'),
      groups: numbers('Groups'),
      uid_map: readMap(`/proc/${pid}/uid_map`),
      gid_map: readMap(`/proc/${pid}/gid_map`),
    },
    capabilities: {
      effective: mask('CapEff'),
      permitted: mask('CapPrm'),
      inheritable: mask('CapInh'),
      bounding: mask('CapBnd'),
      ambient: mask('CapAmb'),
    },
    ...(seccomp === undefined ? {} : { seccomp: seccompModes[Number(seccomp)] ?? seccomp }),
    ...(field('NoNewPrivs') === undefined ? {} : { no_new_privs: field('NoNewPrivs') === '1' }),
    ...(label === '' ? {} : { lsm: label }),
  };
};

const seccompModes = ['off', 'strict', 'filter'] as const;

/** Lines of inside, outside, length (user_namespaces(7)). */
const readMap = (path: string): number[][] =>
  (readProcText(path) ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((row) => row.length === 3);
