import type { Namespaces } from '../kernel/namespaces.ts';
import { nsPerTick } from '../kernel/time.ts';
import { readNamespaces, startOf } from './process.ts';
import { procRoot, readProcLink, readProcText } from './read.ts';

/** PROC_PID_INIT_INO (include/linux/proc_ns.h): the inode of the first pid namespace, the same on every boot. */
const hostPidns = 0xeffffffc;

/** The pid namespace that we are in, by its inode; undefined where /proc does not show us. */
export const ownPidns = (root = procRoot): number | undefined => {
  const link = readProcLink(`${root}/self/ns/pid`)?.toString('latin1');
  return link === undefined ? undefined : Number(/\[(\d+)\]/.exec(link)?.[1]);
};

/** Whether pids mean the same to us and to the kernel. Not by NSpid: a /proc of the inner namespace hides the outer ones. */
export const inHostPidns = (root = procRoot): boolean => ownPidns(root) === hostPidns;

/** PROC_TIME_INIT_INO: the first time namespace. */
const hostTimens = 0xeffffffa;

/** Whether times of /proc are those of the kernel. A kernel without time namespaces has no others. */
export const inHostTimens = (root = procRoot): boolean => {
  const link = readProcLink(`${root}/self/ns/time`)?.toString('latin1');
  return link === undefined || Number(/\[(\d+)\]/.exec(link)?.[1]) === hostTimens;
};

/** PROC_USER_INIT_INO: the first user namespace. */
const hostUserns = 0xeffffffd;

/** Whether our rights are rights over the kernel: root of another user namespace may not trace. */
export const inHostUserns = (root = procRoot): boolean => {
  const link = readProcLink(`${root}/self/ns/user`)?.toString('latin1');
  return link === undefined || Number(/\[(\d+)\]/.exec(link)?.[1]) === hostUserns;
};

/**
 * The namespaces of the host: those of pid 1; where that shows them to nobody those of pid 2, a thread of the kernel; our
 * own can be others, in a unit or a container.
 */
export const readHostNamespaces = (root = procRoot): Namespaces =>
  readNamespaces(`${root}/1`) ?? readNamespaces(`${root}/2`) ?? readNamespaces(`${root}/self`)!;

/** CAP_SYS_PTRACE (capability.h), as a bit. */
const sysPtrace = 1n << 19n;

/** Whether the kernel shows us the namespaces of processes that have other rights than we (ptrace(2), "access mode checking"). */
export const maySeeNamespaces = (root = procRoot): boolean => {
  const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(readProcText(`${root}/self/status`) ?? '')?.[1];
  return effective === undefined || (BigInt(`0x${effective}`) & sysPtrace) !== 0n;
};

/** Who we are to the kernel: a pid alone could be another process, in another namespace or at another time. */
export interface Self {
  readonly pid: number;
  readonly startTicks: number;
  readonly pidns: number;
}

export const ownIdentity = (root = procRoot): Self => ({
  pid: process.pid,
  startTicks: (startOf(process.pid, root) ?? 0) - timeOffsetTicks(root),
  pidns: ownPidns(root) ?? 0,
});

/** What a time namespace adds to the boot time that /proc shows us (time_namespaces(7)). */
const timeOffsetTicks = (root: string): number => {
  const offsets = readProcText(`${root}/self/timens_offsets`) ?? '';
  const [, seconds, nanos] = /^boottime\s+(-?\d+)\s+(\d+)$/m.exec(offsets) ?? [];
  return seconds === undefined ? 0 : Math.floor((Number(seconds) * 1e9 + Number(nanos)) / nsPerTick);
};
