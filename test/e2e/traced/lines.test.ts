import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import * as engines from '../support/engine.ts';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { makeBundle } from '../support/runc.ts';
import { program, trace, traced } from '../support/trace.ts';

const folder = ownFolder();

/** Records as `replay` shows them. */
const shown = async (records: readonly NstraceRecord[], ...options: string[]): Promise<string> => {
  const file = join(folder, `${options.length}-${records.length}.ndjson`);
  await writeFile(file, linesOf(records));
  return (await run(program, 'replay', file, '--speed', 'max', '-o', 'table', ...options)).stdout;
};

describe('a line', () => {
  traced('about an end names the program that ended', async () => {
    const bundle = await makeBundle();
    const id = `nstrace-lines-${process.pid}`;
    try {
      const { records } = await trace([], () => bundle.run(id, ['sh', '-c', 'cat /none; true']));
      const lines = (await shown(records, '-e', 'exit', '-c', id)).split('\n');
      expect(lines.find((line) => line.includes('code 1'))).toMatch(/ cat code 1 after \d/);
    } finally {
      await bundle.remove();
    }
  });

  traced('is not printed for calls that change no namespace, of which a process has one record', async () => {
    const engine = await engines.oci('crun');
    const id = `nstrace-crun-${process.pid}`;
    try {
      const { records, of } = await trace([], async () => {
        await engine.start(id, 'sleep 6305');
        expect(await engine.enter(id, 'exit 4', 0)).toBe(4);
        await engine.remove(id);
      });
      const entering = of('exec').find(
        ({ args, container }) => container === null && args.slice(-4).join(' ') === `${id} sh -c exit 4`,
      )!;
      const crun = new Set([
        entering.pid,
        ...of('fork')
          .filter(({ ppid }) => ppid === entering.pid)
          .map(({ pid }) => pid),
      ]);
      const calls = of('namespace').filter(({ pid }) => crun.has(pid));
      const unchanged = calls.filter(({ repeated }) => repeated !== undefined);
      expect(unchanged.every(({ joined }) => Object.keys(joined ?? { some: 1 }).length === 0)).toBe(true);
      expect(unchanged.length).toBeGreaterThan(0);
      // One for each process and each of its programs, and none that changed nothing without a count.
      expect(new Set(unchanged.map(({ pid }) => pid)).size).toBe(unchanged.length);
      const silent = calls.filter(
        ({ repeated, joined = {}, created = {} }) =>
          repeated === undefined && Object.keys({ ...joined, ...created }).length === 0,
      );
      expect(silent).toEqual([]);
      const lines = (await shown(records, '-e', 'namespace')).split('\n');
      for (const { pid } of unchanged) {
        expect(lines.filter((line) => line.includes(` ${pid} `)).length).toBe(
          calls.filter((call) => call.pid === pid && call.repeated === undefined).length,
        );
      }
    } finally {
      await execa('crun', ['delete', '-f', id], { reject: false });
      await engine.close();
    }
  });
});
