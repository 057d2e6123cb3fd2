import type { Nanoseconds } from '../../../kernel/time.ts';
import type { Fields } from '../fields.ts';

/** Which process, as far as the lines X, S and G say. */
export interface Head {
  /** Levels of pid namespaces below the host's. Beyond 1, an n line has the pids in between. */
  level: number;
  pid: number;
  tid: number;
  ppid: number;
  start: Nanoseconds;
  nspid: number[];
  pidns: number;
}

/** pid and tid, parent and place in the innermost namespace, start, pid namespace. */
export const readHead = (fields: Fields): Head => {
  fields.hex();
  const pid = fields.high;
  const tid = fields.low;
  fields.hex();
  const ppid = fields.high;
  const level = fields.low >>> 24;
  const innermost = fields.low & 0xff_ffff;
  const start = fields.nanoseconds();
  return { level, pid, tid, ppid, start, nspid: level === 0 ? [pid] : [pid, innermost], pidns: fields.number() };
};
