import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { run } from '../e2e/support/run.ts';
import { type Trace, tool, traced } from '../e2e/support/trace.ts';
import { addRow } from './table.ts';

/** A test that makes a row of the table: `work` does it, checks what is promised, and returns what was seen. */
export const fault = (done: string, promised: string, work: () => Promise<string>, timeout = 90_000): void =>
  traced(
    done,
    async () => {
      const part = basename(expect.getState().testPath ?? '', '.test.ts');
      try {
        addRow({ part, done, promised, seen: await work() });
      } catch (error) {
        addRow({ part, done, promised, seen: `NOT AS PROMISED: ${String(error).split('\n')[0]}` });
        throw error;
      }
    },
    timeout,
  );

/** posix_spawns a program that ends at once, one after the other. */
export const spawn = (count: number, mark: string, ...args: string[]) =>
  run(tool('spawn'), String(count), tool('noop'), mark, ...args);

/** The same from two processes at once. */
export const spawnTwice = (count: number, mark: string) => Promise.all([spawn(count, mark), spawn(count, mark)]);

/** How many execs with this mark were seen, and how many of these processes ended. */
export const livesOf = ({ of }: Trace, mark: string): { execs: number; exits: number } => {
  const pids = new Set<number>();
  let execs = 0;
  for (const { args, pid } of of('exec')) {
    if (args[1] === mark) {
      execs += 1;
      pids.add(pid);
    }
  }
  return { execs, exits: of('exit').filter(({ pid }) => pids.has(pid)).length };
};

/** Execs and exits that came after a later one. */
export const outOfOrder = (records: readonly NstraceRecord[]): number => {
  const ordered = records.filter(({ type }) => type === 'exec' || type === 'exit');
  return ordered.filter(({ mono }, index) => index > 0 && BigInt(mono) < BigInt(ordered[index - 1]!.mono)).length;
};

/** What must hold of every trace: lines made = delivered + lost, and loss is said where there is any. */
export const expectAccounts = ({ footer, of }: Trace): void => {
  const { made, delivered, lost } = footer.probe;
  expect(made).toBe(delivered + lost);
  const losses = of('lost');
  expect(footer.lost).toBe(losses.reduce((sum, { count }) => sum + count, 0));
  expect(footer.complete).toBe(losses.length === 0 && footer.cut === 0);
  expect(losses.every(({ from, to }) => from <= to)).toBe(true);
};

export const accounts = ({ footer, of }: Trace): string => {
  const exact = of('lost').every((lost) => lost.exact);
  const lost = footer.lost === 0 && exact ? '0' : `${exact ? '' : 'at least '}${footer.lost}`;
  return `lost ${lost}, complete: ${footer.complete}`;
};

/** Processes that use up all CPUs while something is done. */
export const whileStarved = async (work: () => Promise<void>): Promise<void> => {
  const hogs = Array.from({ length: 4 }, () => execa('sh', ['-c', 'while :; do :; done'], { reject: false }));
  try {
    await work();
  } finally {
    for (const hog of hogs) {
      hog.kill('SIGKILL');
    }
    await Promise.all(hogs);
  }
};

/** Resident memory of a process, in MB. */
export const memoryOf = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

/** Waits until something holds, at most 30 s. */
export const until = async (holds: () => Promise<boolean> | boolean): Promise<boolean> => {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await holds()) {
      return true;
    }
    await sleep(50);
  }
  return false;
};
