import type { FailedExecEvent, Stamp } from '../../event.ts';
import { begunFlag } from '../../wire.ts';
import { BegunExecAssembly } from '../assembly/begun.ts';
import { FailedExecAssembly } from '../assembly/failed.ts';
import type { CpuLines } from '../cpu-lines.ts';
import type { Fields } from '../fields.ts';
import { readHead } from './head.ts';

/** An exec that failed. */
export const beginFailed = (stamp: Stamp, fields: Fields, cpu: CpuLines): void => {
  const { level: _, ...who } = readHead(fields);
  fields.hex();
  const uid = fields.high;
  const gid = fields.low;
  const ret = -fields.number();
  const vfork = fields.number();
  fields.hex();
  const argc = fields.high === begunFlag ? fields.low : undefined;
  const event: FailedExecEvent = {
    kind: 'failed',
    ...stamp,
    ...who,
    vfork,
    uid,
    gid,
    ret,
    comm: undefined,
    exe: '',
    exeWhole: true,
    args: [],
    truncated: false,
  };
  cpu.begin(argc === undefined ? new FailedExecAssembly(event) : new BegunExecAssembly(event, argc));
};

/** How many failed execs of a process were only counted. */
export const readFolded = (stamp: Stamp, fields: Fields, cpu: CpuLines): void => {
  fields.hex();
  const pid = fields.high;
  cpu.emit({ kind: 'folded', ...stamp, pid, total: fields.number(), last: true });
};
