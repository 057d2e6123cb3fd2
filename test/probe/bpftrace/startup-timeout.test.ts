import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { awaitStart } from '../../../src/probe/bpftrace/startup-timeout.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-patience-`);
  mkdirSync(`${root}/7`);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

const use = (ticks: number): void =>
  writeFileSync(`${root}/7/stat`, `7 (bpftrace) R 1 7 7 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 5 0\n`);

it('waits for as long as it is at work, and gives up what hangs', () => {
  const onHang = vi.fn();
  awaitStart(() => 7, onHang, root);
  for (let look = 1; look <= 40; look += 1) {
    use(look);
    vi.advanceTimersByTime(5000);
  }
  expect(onHang).not.toHaveBeenCalled();
  vi.advanceTimersByTime(59_000);
  expect(onHang).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(onHang).toHaveBeenCalledTimes(1);
});

it('gives up in the end what works without end, and what cannot be seen to work', () => {
  const onHang = vi.fn();
  awaitStart(() => 7, onHang, root);
  for (let look = 1; look <= 200; look += 1) {
    use(look);
    vi.advanceTimersByTime(5000);
  }
  expect(onHang).toHaveBeenCalledTimes(1);
  const unseen = vi.fn();
  awaitStart(() => 8, unseen, root);
  vi.advanceTimersByTime(61_000);
  expect(unseen).toHaveBeenCalledTimes(1);
});

it('ends with the wait', () => {
  const onHang = vi.fn();
  awaitStart(() => 7, onHang, root)();
  vi.advanceTimersByTime(1_000_000);
  expect(onHang).not.toHaveBeenCalled();
});
