import type { ProcessRecord } from '../record/schema.ts';
import type { TimelineEntry } from './schema.ts';

/** A step of a timeline, as far as one record says it. Made for every record: no copies, no lists of fields. */
export const entryOf = (record: ProcessRecord): TimelineEntry => {
  const { type: kind, time, pid, nspid } = record;
  switch (record.type) {
    case 'process':
    case 'exec': {
      const { ppid, uid, comm, exe, args } = record;
      const entry: TimelineEntry = { at_ns: 0, time, kind, pid, nspid, depth: 0, ppid, uid, comm, exe, args };
      if (record.origin !== undefined) {
        entry.origin = record.origin;
      }
      if (record.args_base64 !== undefined) {
        entry.args_base64 = record.args_base64;
      }
      if (record.args_truncated) {
        entry.args_truncated = true;
      }
      if (record.type === 'exec' && record.ret !== 0) {
        entry.ret = record.ret;
        entry.errno = record.errno;
      }
      return entry;
    }
    case 'fork': {
      const { ppid, comm } = record;
      return { at_ns: 0, time, kind, pid, nspid, depth: 0, ppid, comm };
    }
    case 'exit': {
      const { ppid, duration_ns, core } = record;
      const entry: TimelineEntry = { at_ns: 0, time, kind, pid, nspid, depth: 0, ppid, duration_ns, core };
      if (record.comm !== undefined) {
        entry.comm = record.comm;
      }
      if (record.code !== undefined) {
        entry.code = record.code;
      }
      if (record.signal !== undefined) {
        entry.signal = record.signal;
      }
      if (record.oom) {
        entry.oom = true;
      }
      return entry;
    }
    case 'namespace': {
      const { op, comm, created, joined } = record;
      const entry: TimelineEntry = { at_ns: 0, time, kind, pid, nspid, depth: 0, op };
      if (comm !== undefined) {
        entry.comm = comm;
      }
      if (created !== undefined) {
        entry.created = { ...created };
      }
      if (joined !== undefined) {
        entry.joined = { ...joined };
      }
      return entry;
    }
    case 'cgroup': {
      const { op, path, new_path: to, hierarchy } = record;
      const paths = to === undefined ? [path] : [path, to];
      return { at_ns: 0, time, kind, pid, nspid, depth: 0, op, paths, hierarchies: [hierarchy] };
    }
  }
};
