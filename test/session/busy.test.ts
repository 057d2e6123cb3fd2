import { describe, expect, it } from 'vitest';
import { Busy, type CpuReading, maxProcesses, readCpu } from '../../src/session/busy.ts';

const reader = (readings: Record<number, CpuReading>) => (pid: number) => readings[pid];
const busyWith = (...pids: readonly number[]): Busy => {
  const busy = new Busy();
  for (const pid of pids) {
    busy.add(pid);
  }
  return busy;
};
const at = (cpuTicks: number, startTicks = 5): CpuReading => ({ startTicks, cpuTicks });

describe('Busy', () => {
  it('says which processes used most CPU since the time before, and nothing at the first time', () => {
    const busy = busyWith(1, 2, 3, 4, 5);
    expect(busy.read(reader({ 1: at(100), 2: at(100), 3: at(0), 4: at(7), 5: at(9) }))).toEqual([]);
    expect(busy.read(reader({ 1: at(101), 2: at(150), 3: at(0), 4: at(27), 5: at(12) }))).toEqual([
      { pid: 2, cpu_ns: 500_000_000 },
      { pid: 4, cpu_ns: 200_000_000 },
      { pid: 5, cpu_ns: 30_000_000 },
    ]);
  });

  it('takes none for another that has its pid now, and forgets those that ended', () => {
    const busy = busyWith(1, 2);
    busy.read(reader({ 1: at(1), 2: at(1) }));
    busy.delete(2);
    expect(busy.read(reader({ 1: at(900, 6), 2: at(900) }))).toEqual([]);
    expect(busy.read(reader({ 1: at(901, 6) }))).toEqual([{ pid: 1, cpu_ns: 10_000_000 }]);
  });

  it('says nothing where it does not look at all of them', () => {
    const busy = busyWith(...Array.from({ length: maxProcesses + 1 }, (_, index) => index + 1));
    const looked: number[] = [];
    expect(
      busy.read((pid) => {
        looked.push(pid);
        return at(1);
      }),
    ).toEqual([]);
    expect(looked).toEqual([]);
  });

  it('reads what this process used', () => {
    const before = readCpu(process.pid)!;
    const used = (): number => process.cpuUsage().user + process.cpuUsage().system;
    for (const end = used() + 50_000; used() < end; );
    expect(readCpu(process.pid)!.cpuTicks).toBeGreaterThan(before.cpuTicks);
    expect(readCpu(process.pid)!.startTicks).toBe(before.startTicks);
  });
});
