import { capabilityNames } from '../kernel/capabilities.ts';
import { type Text, textOf } from '../kernel/text.ts';
import { isCut } from '../probe/decode/assembly/nested.ts';
import type { ExecEvent } from '../probe/event.ts';
import type { RecordOf } from '../record/schema.ts';
import { isStage } from './command.ts';
import type { Container } from './container.ts';
import type { Process } from './process.ts';

/** Fields that several types of records have, each left out where there is nothing to say. */

/** A process that is not traced, and may be a parent all the same: the tracer's own. */
export interface Untraced {
  readonly pid: number;
  readonly comm: string;
}

export const putParent = (
  record: { ppid: number; pcomm?: string | undefined },
  parent: Process | undefined,
  tracer: Untraced | undefined,
): void => {
  if (parent !== undefined) {
    record.pcomm = textOf(parent.comm);
  } else if (record.ppid === tracer?.pid) {
    record.pcomm = tracer.comm;
  }
};

/** Who logged in, and at which terminal. */
export const putLogin = (
  record: { auid?: number | undefined; session?: number | undefined; tty?: string | undefined },
  { auid, session, tty }: Process,
): void => {
  if (auid !== undefined && auid !== unset) {
    record.auid = auid;
  }
  if (session !== undefined && session !== unset) {
    record.session = session;
  }
  if (tty !== undefined) {
    record.tty = tty;
  }
};

/** The kernel's -1: nobody logged in. */
const unset = 0xffff_ffff;

type Rights = Pick<RecordOf<'exec'>, 'uid' | 'gid' | 'euid' | 'egid' | 'caps_gained'>;

export const putCredentials = (record: Rights, { credentials }: ExecEvent): void => {
  if (credentials !== undefined) {
    putEffective(record, credentials.euid, credentials.egid);
    if (credentials.gained !== 0n) {
      record.caps_gained = capabilityNames(credentials.gained);
    }
  }
};

/** Device as MAJOR:MINOR, as stat(1) and mountinfo have it. */
export const putFile = (record: RecordOf<'exec'>, { file }: ExecEvent): void => {
  if (file !== undefined) {
    record.exe_file = {
      device: `${file.device >>> 20}:${file.device & 0xf_ffff}`,
      inode: file.inode,
      ...(file.upper && { layer: 'upper' }),
      ...(file.deleted && { deleted: true }),
    };
  }
};

export const putEffective = (record: Rights, euid: number = record.uid, egid: number = record.gid): void => {
  if (euid !== record.uid) {
    record.euid = euid;
  }
  if (egid !== record.gid) {
    record.egid = egid;
  }
};

export const putOrigin = (record: Pick<RecordOf<'exec'>, 'origin'>, { origin }: Process): void => {
  if (origin !== undefined) {
    record.origin = origin;
  }
};

/**
 * Whether it runs outside of the container whose cgroup it may be in: a runtime moves its own stage there while that still
 * executes itself again.
 */
export const isOutside = (process: Process): boolean => {
  const { membership, invocation } = process;
  return (
    membership === undefined ||
    (membership.evidence === 'cgroup' && isStage(process) && invocation?.made === membership.container)
  );
};

/** The container that it runs a program in. */
export const containerOf = (process: Process): Container | undefined =>
  isOutside(process) ? process.membership?.container.outer : process.membership?.container;

/** How it works for a container from outside. */
export const putRole = (
  record: Pick<RecordOf<'exec'>, 'container' | 'role' | 'for'>,
  { role, command, invocation }: Process,
): void => {
  if (role !== undefined && record.container === null) {
    record.role = role;
    const made = command?.made ?? invocation?.made;
    if (made !== undefined) {
      record.for = made.ref;
    }
  }
};

export const putEvidence = (record: Pick<RecordOf<'exec'>, 'evidence'>, { membership }: Process): void => {
  if (membership !== undefined) {
    record.evidence = membership.evidence;
  }
};

/** The systemd unit of a process outside of containers. */
export const putUnit = (record: { unit?: string | undefined }, { membership, cgroups }: Process): void => {
  const unit = membership === undefined ? cgroups.unit : undefined;
  if (unit !== undefined) {
    record.unit = unit;
  }
};

/** Bytes of arguments as the kernel counts them, each with its NUL. */
export const bytesOf = (args: readonly Text[]): number =>
  args.reduce((sum, arg) => sum + (typeof arg === 'string' ? Buffer.byteLength(arg) : arg.bytes.length) + 1, 0);

/** Says so where the pids of the deepest namespaces are not all there. */
export const deepNested = <Kind extends { nspid: number[]; nspid_truncated?: boolean | undefined }>(
  record: Kind,
): Kind => {
  if (record.nspid.length > 1 && isCut(record.nspid)) {
    record.nspid_truncated = true;
  }
  return record;
};
