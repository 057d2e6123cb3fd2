import type { Stamp } from '../../event.ts';
import type { CpuLines } from '../cpu-lines.ts';
import type { Fields } from '../fields.ts';
import type { NamespaceCache } from '../namespaces.ts';

/** A new process. Where the probe did not find the child itself, only its pid, who called clone and the flags hold. */
export const beginFork = (stamp: Stamp, fields: Fields, cpu: CpuLines, namespaces: NamespaceCache): void => {
  fields.hex();
  const pid = fields.high;
  const whole = fields.low === pid;
  fields.hex();
  const by = fields.high;
  const ppid = whole ? fields.low : by;
  fields.hex();
  const level = whole ? fields.high : 0;
  const innermost = fields.low;
  const flags = fields.number();
  const start = fields.nanoseconds();
  fields.hex();
  const uid = fields.high;
  const gid = fields.low;
  const ns = namespaces.read(fields);
  const sent = fields.number();
  // Of another child, if this one was not found.
  const cgroupId = whole ? sent : 0;
  const comm = fields.comm();
  const nspid = level === 0 ? [pid] : [pid, innermost];
  const { mono, at, seq } = stamp;
  cpu.beginNested(
    {
      kind: 'fork',
      mono,
      at,
      cpu: stamp.cpu,
      seq,
      pid,
      start: whole ? start : { mono, at },
      ppid,
      by,
      flags,
      whole,
      uid,
      gid,
      nspid,
      ns,
      cgroupId,
      comm,
    },
    level,
  );
};
