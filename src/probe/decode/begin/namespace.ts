import type { NamespaceEvent, Stamp } from '../../event.ts';
import type { CpuLines } from '../cpu-lines.ts';
import type { Fields } from '../fields.ts';
import type { NamespaceCache } from '../namespaces.ts';
import { readHead } from './head.ts';

/** A thread is about to call setns or unshare. */
export const beginLeave = (stamp: Stamp, fields: Fields, cpu: CpuLines, namespaces: NamespaceCache): void => {
  const { level, ...who } = readHead(fields);
  const vfork = fields.number();
  const before = namespaces.read(fields);
  cpu.beginNested({ kind: 'leave', ...stamp, ...who, vfork, before }, level);
};

/** That call succeeded. */
export const readEnter = (
  stamp: Stamp,
  op: NamespaceEvent['op'],
  fields: Fields,
  cpu: CpuLines,
  namespaces: NamespaceCache,
): void => {
  fields.hex();
  const tid = fields.low;
  cpu.emit({ kind: 'enter', ...stamp, op, tid, after: namespaces.read(fields) });
};
