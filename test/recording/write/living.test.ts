import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../../src/record/schema.ts';
import { Living } from '../../../src/recording/write/living.ts';
import {
  cgroup,
  container,
  containerNs,
  exec,
  exit,
  failedExec,
  fork,
  hostNs,
  inContainer,
  namespace,
  process,
  xyxy12,
  xyxy12Info,
} from '../../fixtures/records.ts';

const now = { time: '2026-01-02T04:00:00.000000001Z', mono: '9000000000' };

const living = (...records: Parameters<Living['take']>[0][]) => {
  const all = new Living();
  for (const record of records) {
    all.take(record);
  }
  return all.records(now);
};

describe('Living', () => {
  it('carries every field of what a process executed', () => {
    const record = exec({
      ...inContainer,
      ...{
        pcomm: 'sh',
        uid: 7,
        gid: 8,
        comm: 'caf\ufffd',
        comm_base64: 'Y2Fm6Q==',
        exe: '/x\ufffd',
        exe_base64: 'L3jp',
      },
      ...{ exe_truncated: true, cwd: '/w\ufffd', cwd_base64: 'L3fp', args: ['x\ufffd'], args_base64: ['eOk='] },
      ...{ args_bytes: 3, args_truncated: true, origin: 'born', unit: 'u.service', nspid_truncated: true },
      ...{ old_tid: 99, errno: undefined, folded: undefined },
    });
    Object.assign(record, { auid: 1000, tty: 'pts/3', of_a_newer_version: [1] });
    const [carried] = living(record);
    const { ret: _, old_tid: __, errno: ___, folded: ____, ...fields } = record;
    expect(carried).toEqual({ ...fields, ...now, type: 'process', seq: 0, started: record.time });
    expect(recordSchema.safeParse({ ...carried, seq: 1 }).success).toBe(true);
  });

  it('says of a child that has executed nothing what its parent runs', () => {
    const parent = process({ pid: 1, args: ['server'], origin: undefined });
    const [, child] = living(parent, fork({ pid: 2, ppid: 1, comm: 'worker', nspid: [2] }));
    expect(child).toMatchObject({ pid: 2, ppid: 1, comm: 'worker', args: ['server'], nspid: [2], type: 'process' });
  });

  it('leaves out what has ended, and what failed to run', () => {
    const records = living(
      exec({ pid: 1 }),
      exec({ pid: 2 }),
      failedExec({ pid: 1, args: ['nope'] }),
      exit({ pid: 2 }),
    );
    expect(records).toMatchObject([{ pid: 1, args: ['ls', '-l'] }]);
  });

  it('says where a process stands now, not where it executed', () => {
    const moved = { pid: 1, ns: containerNs, container: xyxy12, nspid: [1, 7] };
    const [first] = living(exec({ pid: 1 }), namespace({ ...moved, op: 'setns', joined: { pid: containerNs.pid } }));
    expect(first).toMatchObject(moved);
    const [second] = living(exec({ pid: 1 }), cgroup({ ...moved, op: 'attach' }));
    expect(second).toMatchObject(moved);
  });

  it('does not take a thread, or who makes a cgroup, for a process that moves', () => {
    const there = { pid: 1, ns: containerNs, container: xyxy12 };
    const records = living(exec({ pid: 1 }), namespace({ ...there, tid: 5 }), cgroup({ ...there, op: 'mkdir' }));
    expect(records).toMatchObject([{ ns: hostNs, container: null }]);
  });

  it('carries containers that are not removed, as they are known now, before processes', () => {
    const named = { ...xyxy12Info, name: 'web', image: 'nginx' };
    const gone = { id: 'gone', name: 'gone', runtime: 'runc' };
    const records = living(
      exec(inContainer),
      container({ op: 'created' }),
      container({ op: 'created', container: gone }),
      container({ op: 'removed', container: gone }),
      container({ op: 'named', container: named }),
    );
    expect(records.map(({ type }) => type)).toEqual(['container', 'process']);
    expect(records[0]).toEqual({ type: 'container', seq: 0, ...now, op: 'seen', container: named });
    expect(records[1]?.container).toEqual({ ...xyxy12, name: 'web' });
  });

  it('keeps instances of one id apart', () => {
    const life = (instance: number) => ({ ...xyxy12Info, instance });
    const records = living(
      container({ op: 'created', container: life(1) }),
      container({ op: 'removed', container: life(1) }),
      container({ op: 'created', container: life(2) }),
    );
    expect(records).toMatchObject([{ container: { instance: 2 } }]);
  });
});
