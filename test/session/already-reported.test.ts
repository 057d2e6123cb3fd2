import { describe, expect, it } from 'vitest';
import type { KernelEvent } from '../../src/probe/event.ts';
import type { ProcProcess } from '../../src/procfs/process.ts';
import { exitsIn, reportedBy } from '../../src/session/already-reported.ts';
import { processAs } from '../fixtures/model.ts';

/** A process that began at this tick of 10 ms, and some ns later. */
const who = (pid: number, tick: number) => {
  const at = tick * 10_000_000 + 1234;
  return { pid, start: { mono: String(at), at } };
};
const event = (kind: string, pid: number, tick: number, more: object = {}) =>
  ({ kind, ...who(pid, tick), ...more }) as unknown as KernelEvent;
const found = (pid: number, startTicks: number): ProcProcess => processAs(pid, 1, ['sh'], { startTicks });

describe('the exits in a stream', () => {
  it('are of a process, not of another that has the same pid', () => {
    const ended = exitsIn([event('exit', 7, 100), event('exec', 8, 100, { vfork: 0 })]);
    expect(ended(found(7, 100))).toBe(true);
    expect(ended(found(7, 101))).toBe(false);
    expect(ended(found(8, 100))).toBe(false);
  });
});

describe('what a stream reports by itself', () => {
  it('is a birth, or a program that was executed', () => {
    const reported = reportedBy([event('fork', 7, 100), event('exec', 8, 100, { vfork: 0 })]);
    expect(reported(7, 100)).toBe('born');
    expect(reported(8, 100)).toBe('ran');
    expect(reported(8, 99)).toBeUndefined();
    expect(reported(9, 100)).toBeUndefined();
  });

  it('is a birth also where the exec comes with the fork before it', () => {
    expect(reportedBy([event('exec', 7, 100, { vfork: 0x4000 })])(7, 100)).toBe('born');
  });

  it('stays a birth whatever runs later', () => {
    const reported = reportedBy([event('fork', 7, 100), event('exec', 7, 100, { vfork: 0 })]);
    expect(reported(7, 100)).toBe('born');
  });
});
