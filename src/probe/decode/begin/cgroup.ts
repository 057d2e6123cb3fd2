import type { CgroupEvent, Stamp } from '../../event.ts';
import { CgroupAssembly } from '../assembly/cgroup.ts';
import type { CpuLines } from '../cpu-lines.ts';
import type { Fields } from '../fields.ts';

/** What happened to a cgroup. */
export const beginCgroup = (stamp: Stamp, op: CgroupEvent['op'], fields: Fields, cpu: CpuLines): void => {
  fields.hex();
  const by = fields.high;
  const root = fields.number();
  const id = fields.number();
  const pid = fields.number();
  const event: CgroupEvent = { kind: 'cgroup', ...stamp, op, by, pid, root, id, path: '' };
  cpu.begin(new CgroupAssembly(event, fields));
};
