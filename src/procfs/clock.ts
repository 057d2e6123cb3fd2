import { closeSync, openSync, readSync } from 'node:fs';
import type { Nanoseconds } from '../kernel/time.ts';
import { readProcText } from './read.ts';

/** The first CPU's clocks stand at the beginning of /proc/timer_list, behind at most some thousand timers. */
const timerListBytes = 1024 * 1024;

/**
 * What is to be added to CLOCK_BOOTTIME to get the wall clock, in ns. Exact from the kernel's own list; where only root of
 * the host may read that, and we are not, to 10 ms.
 */
export const readWallOffset = (): bigint => fromTimerList(readHead('/proc/timer_list')) ?? fromUptime();

/** Clock 1 is CLOCK_REALTIME, clock 2 is CLOCK_BOOTTIME; both offsets are from CLOCK_MONOTONIC (kernel/time/timer_list.c). */
export const fromTimerList = (text: string): bigint | undefined => {
  const real = offsetOf(text, 1);
  const boot = offsetOf(text, 2);
  return real === undefined || boot === undefined || real === 0n ? undefined : real - boot;
};

/** CLOCK_BOOTTIME now, at most a millisecond too late: Node has no such clock. */
export const bootTime = (offset = readWallOffset()): Nanoseconds => {
  const mono = BigInt(Date.now() + 1) * 1_000_000n - offset;
  return { mono: String(mono), at: Number(mono) };
};

const offsetOf = (text: string, clock: number): bigint | undefined => {
  const from = text.indexOf(` clock ${clock}:`);
  const match = from < 0 ? null : /\.offset:\s+(\d+) nsecs/.exec(text.slice(from, from + 400));
  return match ? BigInt(match[1]!) : undefined;
};

const fromUptime = (): bigint => {
  const uptime = Number((readProcText('/proc/uptime') ?? '0').split(' ')[0]);
  return BigInt(Date.now()) * 1_000_000n - BigInt(Math.round(uptime * 1000)) * 1_000_000n;
};

const readHead = (path: string): string => {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(timerListBytes);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = readSync(descriptor, buffer, length, buffer.length - length, null);
      }
      return buffer.toString('latin1', 0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
};

/** Notices that the wall clock was set, or that the machine slept, without asking the kernel each time. */
export class WallClockWatch {
  #difference = difference();

  /** Whether wall clock and monotonic clock have moved apart since the last call. */
  changed(): boolean {
    const now = difference();
    const moved = now - this.#difference;
    if (moved > driftMs || moved < -driftMs) {
      this.#difference = now;
      return true;
    }
    return false;
  }
}

const driftMs = 5;

const difference = (): number => Date.now() - Number(process.hrtime.bigint() / 1000n) / 1000;
