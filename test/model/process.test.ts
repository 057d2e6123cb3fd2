import { describe, expect, it } from 'vitest';
import { running } from '../../src/model/new-process.ts';
import { type Process, ProcessTable } from '../../src/model/process.ts';
import { processAs } from '../fixtures/model.ts';
import { hostNs } from '../fixtures/records.ts';

/** Clock ticks are a hundredth of a second. */
const processOf = (pid: number, start: string): Process =>
  Object.assign(running(processAs(pid, 1, ['sh'], { startTicks: Number(start.slice(0, -7)) }), hostNs), { start });
const who = (pid: number, mono: string) => ({ pid, start: { mono, at: Number(mono) } });

describe('processes by pid', () => {
  it('are found by pid and start', () => {
    const table = new ProcessTable();
    const process = processOf(7, '421234567');
    expect(table.add(process)).toBeUndefined();
    expect([table.get(7), table.find(7, 42), table.find(7, 43), table.find(8, 42)]).toEqual([
      process,
      process,
      undefined,
      undefined,
    ]);
    expect([table.size, [...table.values()]]).toEqual([1, [process]]);
  });

  it('that have one pid within one tick differ by their starts in ns', () => {
    const table = new ProcessTable();
    const process = processOf(7, '421234567');
    table.add(process);
    expect(table.of(who(7, '421234567'))).toBe(process);
    expect(table.of(who(7, '421234568'))).toBeUndefined();
    expect(table.of(who(7, '420000000'))).toBe(process);
    expect(table.of(who(7, '430000000'))).toBeUndefined();
    expect(table.of(who(8, '421234567'))).toBeUndefined();
  });

  it('that only /proc knew have their start from the first event that says it', () => {
    const table = new ProcessTable();
    const process = processOf(7, '420000000');
    table.add(process);
    expect(table.of(who(7, '420000000'))).toBe(process);
    expect(process.start).toBe('420000000');
    expect(table.of(who(7, '421234567'))).toBe(process);
    expect(process.start).toBe('421234567');
    expect(table.of(who(7, '421234568'))).toBeUndefined();
  });

  it('that take a pid give the one that had it', () => {
    const table = new ProcessTable();
    const [before, now] = [processOf(7, '421234567'), processOf(7, '431234567')];
    table.add(before);
    expect(table.add(now)).toBe(before);
    table.remove(before);
    expect([table.get(7), before.ended, now.ended]).toEqual([now, true, false]);
    table.remove(now);
    expect([table.get(7), now.ended]).toEqual([undefined, true]);
  });

  it('that end keep a parent that lives, and none that has ended', () => {
    const table = new ProcessTable();
    const [parent, first, second] = [processOf(7, '420000000'), processOf(8, '430000000'), processOf(9, '430000000')];
    first.parent = parent;
    second.parent = parent;
    table.remove(first);
    expect(first.parent).toBe(parent);
    table.remove(parent);
    table.remove(second);
    expect(second.parent).toBeUndefined();
  });
});
