import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { makeBundle } from '../support/runc.ts';
import { bpftraceOption, parseRecord, program, tool, traced } from '../support/trace.ts';

const folder = ownFolder();

const read = async (path: string): Promise<NstraceRecord[]> => {
  const bytes = await readFile(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  return text.trimEnd().split('\n').map(parseRecord);
};

/** Starts to record, and resolves when that is said. */
const start = async (...options: string[]) => {
  const child = execa(program, ['record', ...options, ...bpftraceOption], { reject: false, stdin: 'ignore' });
  const output = { text: '' };
  child.stderr.on('data', (chunk: Buffer) => {
    output.text += chunk.toString();
  });
  for (let tries = 0; tries < 3000 && !output.text.includes('recording to'); tries += 1) {
    await sleep(20);
  }
  expect(output.text).toContain('recording to');
  return { child, output };
};

const ourArgs = (records: readonly NstraceRecord[], mark: string): string[] =>
  records.flatMap((record) =>
    record.type === 'exec' && record.args[1]?.startsWith(mark) ? [record.args[1].slice(mark.length)] : [],
  );

describe('record --rotate', () => {
  traced('makes parts that can be read alone, and miss nothing together', async () => {
    const mark = 'parts-';
    const file = join(folder, 's.ndjson');
    const { child, output } = await start('-o', file, '--rotate', '1h', '--compress', '-e', 'exec');
    for (let part = 0; part < 3; part += 1) {
      for (let number = 0; number < 20; number += 1) {
        await run(tool('noop'), `${mark}${part}.${number}`);
      }
      // Like logrotate: a hangup begins a new part, as often as it comes.
      child.kill(part < 2 ? 'SIGHUP' : 'SIGINT');
      if (part < 2) {
        // Two of them before it comes to itself are one.
        await expect.poll(() => existsSync(join(folder, `s.00000${part + 2}.ndjson.gz`))).toBe(true);
      }
    }
    expect((await child).exitCode).toBe(0);
    expect(output.text).toMatch(/records in 3 parts, .*s\.000001\.ndjson\.gz to .*s\.000003\.ndjson\.gz: .*complete/);
    const names = (await readdir(folder)).filter((name) => name.startsWith('s.')).sort();
    expect(names).toEqual([1, 2, 3].map((number) => `s.00000${number}.ndjson.gz`));
    const parts = await Promise.all(names.map((name) => read(join(folder, name))));
    expect(parts.map((records) => records[0])).toMatchObject([1, 2, 3].map((part) => ({ type: 'header', part })));
    expect(new Set(parts.map(([first]) => first?.type === 'header' && first.recording)).size).toBe(1);
    expect(parts.map((records) => records.at(-1))).toMatchObject([
      { type: 'footer', reason: 'rotated', complete: true },
      { type: 'footer', reason: 'rotated', complete: true },
      { type: 'footer', reason: 'interrupt', complete: true },
    ]);
    expect(parts.flat().map(({ seq }) => seq)).toEqual(parts.flat().map((_, index) => index + 1));
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    expect(ourArgs(parts.flat(), mark)).toEqual(
      [0, 1, 2].flatMap((part) => numbers.map((number) => `${part}.${number}`)),
    );
    const carried = parts[2]!.filter((record) => record.type === 'process' && record.carried);
    expect(carried.length).toBeGreaterThan(5);
    expect((await stat(join(folder, names[1]!))).mode & 0o777).toBe(0o600);
    const shown = await run(program, 'replay', file, '--where', `n:noop$ ${mark}`, '-o', 'json');
    expect(
      ourArgs(
        shown.stdout.split('\n').map((line) => parseRecord(line)),
        mark,
      ),
    ).toHaveLength(60);
  });

  traced('keeps the last parts by size, and no older one is left of another recording', async () => {
    const file = join(folder, 'k.ndjson');
    const { child } = await start('-o', file, '--rotate', '20KB', '--keep', '2');
    for (let round = 0; round < 6; round += 1) {
      await run(tool('spawn'), '200', tool('noop'));
      await sleep(200);
    }
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/older parts were removed \(--keep\)/);
    const names = (await readdir(folder)).filter((name) => name.startsWith('k.'));
    expect(names).toHaveLength(2);
    const again = await run(program, 'record', '-o', file, '--rotate', '1h', '--duration', '1', ...bpftraceOption);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain('remove its parts with --force');
    expect((await readdir(folder)).filter((name) => name.startsWith('k.'))).toEqual(names);
    const forced = ['--force', '--rotate', '1h', '--duration', '1', ...bpftraceOption];
    expect((await run(program, 'record', '-o', file, ...forced)).exitCode).toBe(0);
    expect((await readdir(folder)).filter((name) => name.startsWith('k.'))).toEqual(['k.000001.ndjson']);
  });
});

describe('record --only', () => {
  traced('has one exec of a command that is one', async () => {
    const file = join(folder, 'false.ndjson');
    const ran = await run(program, 'record', '--only', '-o', file, ...bpftraceOption, '--', 'false');
    expect(ran.exitCode).toBe(1);
    const records = await read(file);
    expect(records.map(({ type }) => type)).toEqual(['header', 'exec', 'exit', 'footer']);
    expect(records[1]).toMatchObject({ args: ['false'] });
  });

  traced('has the containers that the command starts, and says how many others it left out', async () => {
    const bundle = await makeBundle();
    const other = await makeBundle();
    try {
      const file = join(folder, 'only.ndjson');
      const child = execa(
        program,
        [
          'record',
          '--only',
          '-o',
          file,
          ...bpftraceOption,
          '--',
          'sh',
          '-c',
          'touch "$1/begun"; until [ -e "$1/go" ]; do sleep 0.1; done; exec "$0" run -b "$1" only-ours',
          'runc',
          bundle.folder,
        ],
        { reject: false, stdin: 'ignore', env: { PATH: process.env.PATH ?? '' } },
      );
      await bundle.write(['sh', '-c', 'true; exit 5']);
      for (let tries = 0; tries < 3000 && !existsSync(join(bundle.folder, 'begun')); tries += 1) {
        await sleep(20);
      }
      await other.run('only-other', ['true']);
      await writeFile(join(bundle.folder, 'go'), '');
      const { exitCode, stderr } = await child;
      const records = await read(file);
      expect(exitCode).toBe(5);
      const containers = new Set(
        records.flatMap((record) => ('container' in record && record.container ? [record.container.id] : [])),
      );
      expect([...containers]).toEqual(['only-ours']);
      const ops = records.flatMap((record) => (record.type === 'container' ? [record.op] : []));
      expect(ops).toEqual(expect.arrayContaining(['created', 'started', 'stopped']));
      expect(stderr).toMatch(/other container.* left out/);
    } finally {
      await execa('runc', ['delete', '-f', 'only-ours'], { reject: false });
      await bundle.remove();
      await other.remove();
    }
  });
});

describe('record --until stopped', () => {
  traced('ends when the container has stopped, with its code', async () => {
    const bundle = await makeBundle();
    try {
      const file = join(folder, 'until.ndjson');
      const { child } = await start('-o', file, '-c', 'until-me', '--until', 'stopped');
      await bundle.run('until-me', ['sh', '-c', 'exit 42']);
      expect((await child).exitCode).toBe(42);
      const records = await read(file);
      expect(records.at(-1)).toMatchObject({ type: 'footer', reason: 'container-stopped', complete: true });
      const ends = records.filter((record) => record.type === 'container' && record.op === 'stopped');
      expect(ends).toMatchObject([{ code: 42 }]);
    } finally {
      await bundle.remove();
    }
  });
});
