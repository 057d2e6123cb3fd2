import { describe, expect, it } from 'vitest';
import { OnlyCommand } from '../../src/filter/only.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import {
  cgroup,
  container,
  exec,
  exit,
  failedExec,
  footer,
  fork,
  header,
  inContainer,
  lost,
  namespace,
  process,
} from '../fixtures/records.ts';

const nstrace = 50;
const command = 100;

/** Of these records in this order, those that are kept. */
const kept = (records: readonly NstraceRecord[], launchers = 0) => {
  const only = new OnlyCommand(launchers);
  only.begin(command);
  return { records: records.filter((record) => only.wants(record)), others: only.others };
};

describe('OnlyCommand', () => {
  it('keeps the command and what descends from it, not what launched it or runs beside it', () => {
    const launched = [process({ pid: 1 }), fork({ pid: command, ppid: nstrace }), exec({ pid: 7 })];
    const ours = [
      exec({ pid: command, ppid: nstrace }),
      fork({ pid: 101, ppid: command }),
      failedExec({ pid: 101 }),
      exec({ pid: 101, ppid: command }),
      fork({ pid: 102, ppid: 7, by_pid: 101 }),
      namespace({ pid: 102 }),
      exit({ pid: 101 }),
      exit({ pid: command }),
      exec({ pid: 102, ppid: 1 }),
      exit({ pid: 102 }),
    ];
    const frame = [header(), lost(), footer()];
    expect(kept([...frame, ...launched, ...ours]).records).toEqual([...frame, ...ours]);
  });

  it('keeps one exec of a command that does nothing', () => {
    const records = [fork({ pid: command, ppid: nstrace }), exec({ pid: command }), exit({ pid: command })];
    expect(kept(records).records).toEqual(records.slice(1));
  });

  it('takes the second program for the command where a launcher runs in its pid first', () => {
    const records = [
      exec({ pid: command, args: ['setpriv'] }),
      failedExec({ pid: command, args: ['make'] }),
      exec({ pid: command, args: ['make'] }),
    ];
    expect(kept(records, 1).records).toEqual(records.slice(2));
    expect(kept(records.slice(0, 2), 1).records).toEqual([]);
  });

  it('does not take a new process for the descendant that had its pid', () => {
    const records = [
      exec({ pid: command }),
      fork({ pid: 101, ppid: command }),
      exit({ pid: 101 }),
      fork({ pid: 101, ppid: 1 }),
      exec({ pid: 101, ppid: 1 }),
    ];
    expect(kept(records).records).toEqual(records.slice(0, 3));
  });

  describe('containers', () => {
    const by = (pid: number) => ({ pid, uid: 0, comm: 'runc', args: ['runc'] });
    const inside = exec({ ...inContainer, pid: 900, ppid: 800 });
    const about = [
      cgroup({ ...inContainer, pid: 800 }),
      inside,
      container({ op: 'stopped' }),
      container({ op: 'removed' }),
    ];

    it('count if who made them descends from the command', () => {
      const records = [exec({ pid: command }), container({ op: 'created', by: by(command) }), ...about];
      expect(kept(records)).toEqual({ records, others: 0 });
    });

    it('count if who asked for them does, though a daemon made them', () => {
      const asked = { ...by(101), evidence: ['socket'] };
      const records = [
        exec({ pid: command }),
        fork({ pid: 101, ppid: command }),
        exit({ pid: 101 }),
        container({ op: 'created', by: by(800), asked_by: asked }),
        ...about,
      ];
      expect(kept(records)).toEqual({ records, others: 0 });
    });

    it('count from the moment on at which it is known who asked', () => {
      const asked = { ...by(command), evidence: ['socket'] };
      const records = [
        exec({ pid: command }),
        container({ op: 'created', by: by(800) }),
        container({ op: 'started', asked_by: asked }),
      ];
      expect(kept(records)).toEqual({ records: [records[0], records[2]], others: 0 });
    });

    it('of others are left out and counted', () => {
      const records = [exec({ pid: command }), container({ op: 'created', by: by(800) }), ...about];
      expect(kept(records)).toEqual({ records: records.slice(0, 1), others: 1 });
    });

    it('that the command enters are kept as far as it enters them', () => {
      const records = [
        exec({ pid: command }),
        container({ op: 'joined', pid: command }),
        exec({ ...inContainer, pid: command }),
        inside,
      ];
      expect(kept(records).records).toEqual(records.slice(0, 3));
    });
  });
});
