import type { Stamp } from '../../event.ts';
import { oomFlag } from '../../wire.ts';
import type { CpuLines } from '../cpu-lines.ts';
import type { Fields } from '../fields.ts';
import { readHead } from './head.ts';

/** The end of a process. */
export const beginExit = ({ mono, at, cpu: number, seq }: Stamp, fields: Fields, cpu: CpuLines): void => {
  const { level, pid, tid, start, ppid, nspid, pidns } = readHead(fields);
  const wait = fields.number();
  const vfork = fields.number();
  const comm = fields.comm();
  const oom = (wait & oomFlag) !== 0;
  const status = wait & 0xffff;
  cpu.beginNested(
    { kind: 'exit', mono, at, cpu: number, seq, pid, tid, start, ppid, nspid, pidns, status, vfork, comm, oom },
    level,
  );
};
