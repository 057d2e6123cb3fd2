import { describe, expect, it } from 'vitest';
import { FailedExecs } from '../../src/model/failed-execs.ts';
import type { FoldedEvent } from '../../src/probe/event.ts';
import { failedExec } from '../fixtures/records.ts';

const folded = (pid: number, total: number, last = false): FoldedEvent => ({
  ...{ kind: 'folded', mono: '1', at: 1, cpu: -1, seq: 0 },
  ...{ pid, total, last },
});

describe('failed execs that were only counted', () => {
  it('are those since the last count, like the last one that was reported', () => {
    const failed = new FailedExecs();
    const [first, second] = [failedExec({ pid: 7, exe: '/a' }), failedExec({ pid: 7, exe: '/b' })];
    failed.note(7, first);
    expect(failed.count(folded(7, 10))).toEqual({ more: 10, record: first });
    failed.note(7, second);
    expect(failed.count(folded(7, 25))).toEqual({ more: 15, record: second });
    expect(failed.count(folded(7, 25))).toEqual({ more: 0, record: second });
  });

  it('are counted from 0 again by a bpftrace that was started again', () => {
    const failed = new FailedExecs();
    failed.note(7, failedExec({ pid: 7 }));
    failed.count(folded(7, 100));
    expect(failed.count(folded(7, 30))).toMatchObject({ more: 30 });
    expect(failed.count(folded(7, 40))).toMatchObject({ more: 10 });
  });

  it('wait for the last count where no record says what they are like', () => {
    const failed = new FailedExecs();
    expect(failed.count(folded(7, 10))).toEqual({ more: 0, record: undefined });
    expect(failed.count(folded(7, 12, true))).toEqual({ more: 12, record: undefined });
  });

  it('are of one life of a pid', () => {
    const failed = new FailedExecs();
    failed.note(7, failedExec({ pid: 7 }));
    expect(failed.count(folded(7, 10, true))).toMatchObject({ more: 10 });
    expect(failed.count(folded(7, 3, true))).toEqual({ more: 3, record: undefined });
    failed.note(8, failedExec({ pid: 8 }));
    failed.forget(8);
    expect(failed.count(folded(8, 3))).toEqual({ more: 0, record: undefined });
  });
});
