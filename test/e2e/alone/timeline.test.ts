import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject } from 'vitest';
import type { Timeline } from '../../../src/timeline/schema.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run, wake } from '../support/run.ts';
import { type Bundle, makeBundle } from '../support/runc.ts';
import { bpftraceOption, program, traced, tracedOutsideChroot } from '../support/trace.ts';

const schema = join(import.meta.dirname, '../../../docs/nstrace-timeline-1.schema.json');
const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(schema, 'utf8')));

const parse = (stdout: string): Timeline[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const timeline = JSON.parse(line);
      expect(validate(timeline), JSON.stringify(validate.errors)).toBe(true);
      return timeline as Timeline;
    });

const id = `nstrace-story-${process.pid}`;
const folder = ownFolder();
let bundle: Bundle;
beforeEach(async () => {
  if (inject('cannotTrace') === '') {
    bundle = await makeBundle();
  }
});
afterEach(() => bundle?.remove());

/** Records what `work` does. */
const record = async (file: string, work: () => Promise<unknown>): Promise<void> => {
  const child = execa(program, ['record', '-o', file, '--force', ...bpftraceOption], { reject: false });
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('"type":"header"');
  await work();
  await sleep(300);
  child.kill('SIGINT');
  await child;
};

describe("the article's story", () => {
  tracedOutsideChroot('is reported as what runc did', async () => {
    const file = join(folder, 'story.ndjson');
    const topIn = async (): Promise<number | undefined> => {
      const line = (await readFile(file, 'utf8')).split('\n').find((text) => text.includes('"args":["top","-b"]'));
      return line?.endsWith('}') ? JSON.parse(line).pid : undefined;
    };
    await record(file, async () => {
      const began = performance.now();
      const ran = bundle.run(id, ['sh', '-c', 'sleep 6021; exit 5']);
      // runc says that it runs a moment before its program does.
      await expect.poll(() => readFile(file, 'utf8')).toContain('"args":["sleep","6021"]');
      const entered = execa('runc', ['exec', id, 'top', '-b'], { reject: false, stdin: 'ignore' });
      await expect.poll(topIn).toBeDefined();
      // So long a part of the whole life that it is to be seen in its lane.
      await sleep(Math.max(1000, (performance.now() - began) / 2));
      // Not runc, which passes signals on only from some time on.
      process.kill((await topIn())!, 'SIGTERM');
      await entered;
      await wake(6021);
      await ran;
    });
    const { stdout, exitCode } = await run(program, 'timeline', file, '-c', id, '-o', 'json');
    expect(exitCode).toBe(0);
    const [timeline, ...others] = parse(stdout);
    expect(others).toEqual([]);
    expect(timeline).toMatchObject({ container: { id, runtime: 'runc' }, seen: false, code: 5, dropped: 0, lost: 0 });
    expect(timeline!.asked?.args?.slice(-1)).toEqual([id]);
    const steps = timeline!.entries;
    const index = (found: (step: Timeline['entries'][number]) => boolean | undefined) => {
      const at = steps.findIndex(found);
      expect(at, JSON.stringify(steps)).toBeGreaterThanOrEqual(0);
      return at;
    };
    const order = [
      index(({ kind, args }) => kind === 'exec' && args?.[1] === 'run'),
      index(({ op }) => op === 'mkdir'),
      index(({ op, created }) => op === 'unshare' && created?.mnt !== undefined && created.net !== undefined),
      index(({ starts, args }) => starts && args?.[0] === 'sh'),
      index(({ kind, args }) => kind === 'exec' && args?.[1] === 'exec' && args.at(-1) === '-b'),
      index(({ op, joined }) => op === 'setns' && joined?.pid !== undefined),
      index(({ joined_by: by, args }) => by !== undefined && args?.[0] === 'top'),
      index(({ kind, signal, pid }) => kind === 'exit' && signal !== undefined && pid > 0),
      index(({ ends, code }) => ends && code === 5),
      index(({ op }) => op === 'rmdir'),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const joined = steps.find(({ joined_by: by }) => by !== undefined)!;
    const brought = steps.find(({ kind, pid }) => kind === 'exec' && pid === joined.joined_by?.pid)!;
    expect(brought.args?.slice(1, 2)).toEqual(['exec']);
    // The one who joined the namespaces, and left.
    const middle = steps.find(({ op, pid }) => op === 'setns' && pid !== joined.pid)!;
    expect(steps.some(({ kind, pid }) => kind === 'exit' && pid === middle.pid)).toBe(true);
    const text = (await run('env', 'LANG=C.UTF-8', 'LC_ALL=C.UTF-8', program, 'timeline', file, '-c', id)).stdout;
    expect(text).toMatch(/▶ sh -c sleep 6021; exit 5 {2}STARTS [\d.]+ m?s after it was asked for: runtime/);
    expect(text).toMatch(/makes namespaces: .*mnt/);
    expect(text).toMatch(/▶ top -b {2}JOINS, brought by pid \d+: \S*runc exec/);
    expect(text).toMatch(/exits with 5 after [\d.]+ m?s {2}ENDS the container/);
    const lanes = (await run('env', 'LC_ALL=C', program, 'timeline', file, '-c', id, '--lanes')).stdout;
    expect(lanes).toMatch(/top -b +.*J=+\| SIG/);
    const lines = (await run(program, 'replay', file, '-c', id, '-e', 'exec,exit')).stdout;
    expect(lines).toMatch(new RegExp(`^${id} +\\d+ +\\d+ +1 +\\d+ +0 exec sh -c sleep 6021; exit 5$`, 'm'));
  });

  traced('is reported while it happens, when the container has ended', async () => {
    const child = execa(program, ['timeline', '-c', id, ...bpftraceOption], { reject: false, stdin: 'ignore' });
    let printed = '';
    let said = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await expect.poll(() => said).toContain(`waiting for a container ${id}`);
    await bundle.run(id, ['true', 'first']);
    await expect.poll(() => printed).toMatch(/true first {2}STARTS[\s\S]*is gone/);
    await bundle.run(id, ['true', 'second']);
    await expect.poll(() => printed).toMatch(/true second {2}STARTS[\s\S]*is gone/);
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(0);
  });
});

describe('many at once', () => {
  /** Pids are soon used again: the counter begins anew after the largest one. */
  const fewPids = async (work: () => Promise<void>): Promise<void> => {
    const file = '/proc/sys/kernel/pid_max';
    const before = readFileSync(file, 'utf8');
    // Threads have pids as well.
    const used = Number(/\/(\d+)/.exec(readFileSync('/proc/loadavg', 'utf8'))![1]);
    await writeFile(file, String(used + 400));
    try {
      await work();
    } finally {
      await writeFile(file, before);
    }
  };

  traced('fifty containers that live a moment each are fifty whole timelines, though pids are reused', async () => {
    const file = join(folder, 'burst.ndjson');
    const names = Array.from({ length: 50 }, (_, index) => `${id}-burst-${index}`);
    const bundles = await Promise.all(Array.from({ length: 5 }, () => makeBundle()));
    try {
      await fewPids(() =>
        record(file, async () => {
          await Promise.all(
            bundles.map(async (own, lane) => {
              for (const name of names.filter((_, index) => index % bundles.length === lane)) {
                expect((await own.run(name, ['sh', '-c', `echo ${name}; ls /; ls /; exit 4`])).exitCode).toBe(4);
              }
            }),
          );
        }),
      );
    } finally {
      await Promise.all(bundles.map((own) => own.remove()));
    }
    const { stdout } = await run(program, 'timeline', file, '-o', 'json', '-c', '!host');
    const timelines = parse(stdout);
    for (const name of names) {
      const own = timelines.filter(({ container }) => container.id === name);
      expect(own).toHaveLength(1);
      const [{ entries, ...facts }] = own as [Timeline];
      expect(facts).toMatchObject({ code: 4, lost: 0, dropped: 0, asked: { comm: 'runc' } });
      expect(facts.started_ns).toBeLessThan(facts.stopped_ns!);
      expect(facts.stopped_ns).toBeLessThan(facts.removed_ns!);
      expect(entries.filter(({ starts }) => starts).map(({ args }) => args?.[2])).toEqual([
        `echo ${name}; ls /; ls /; exit 4`,
      ]);
      expect(entries.filter(({ ends }) => ends)).toHaveLength(1);
      expect(entries.filter(({ op }) => op === 'unshare').length).toBeGreaterThan(0);
      // Nothing of another one.
      const words = entries.flatMap(({ args = [] }) => args).filter((word) => word.includes('-burst-'));
      expect(words.every((word) => word === name || word === `echo ${name}; ls /; ls /; exit 4`)).toBe(true);
    }
    const exits = timelines.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'exit'));
    expect(new Set(exits.map(({ pid }) => pid)).size).toBeLessThan(exits.length);
    expect((await run('tail', '-1', file)).stdout).toContain('"complete":true');
  });
});

describe('memory that runs out', () => {
  traced('is reported as what ended the process and the container', async () => {
    const file = join(folder, 'oom.ndjson');
    const small = await makeBundle((spec) => {
      (spec as unknown as { linux: Record<string, unknown> }).linux.resources = { memory: { limit: 32_000_000 } };
    });
    try {
      await record(file, () => small.run(id, ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=100M', 'count=1']));
    } finally {
      await small.remove();
    }
    const [timeline] = parse((await run(program, 'timeline', file, '-c', id, '--json')).stdout);
    expect(timeline).toMatchObject({ signal: 'SIGKILL', oom: true });
    expect(timeline?.entries.find(({ ends }) => ends)).toMatchObject({ signal: 'SIGKILL', oom: true });
    expect((await run(program, 'timeline', file, '-c', id)).stdout).toContain('SIGKILL, out of memory');
  });
});
