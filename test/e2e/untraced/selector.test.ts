import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ContainerInfo } from '../../../src/record/schema.ts';
import * as records from '../../fixtures/records.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

const folder = ownFolder();
const first: ContainerInfo = { id: 'web-1', name: 'web-1', runtime: 'runc', instance: 1 };
const second: ContainerInfo = { id: 'web', name: 'web', runtime: 'runc', instance: 2 };
const inside = ({ id, name, runtime, instance }: ContainerInfo) => ({ id, name, runtime, instance: instance! });

it.each(['web', '4026532999', '77'])(
  'every command takes the same records by -c %s, from the beginning on',
  async (selector) => {
    const started = { ...second, pidns: 4026532999, init: 77 };
    const session = [
      records.header(),
      records.container({ op: 'created', container: first }),
      records.exec({ container: inside(first) }),
      records.exec({ container: inside(second) }),
      records.container({ op: 'created', container: second }),
      records.container({ op: 'started', container: started }),
      records.container({ op: 'removed', container: started }),
      records.footer(),
    ];
    const file = join(folder, 'selector.ndjson');
    await writeFile(
      file,
      session.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join(''),
    );
    const ask = async (...words: string[]): Promise<string[]> => {
      const { stdout, stderr } = await run(program, ...words, '-c', selector);
      expect(stderr, words[0]).toBe('');
      return stdout.split(/\r?\n/);
    };
    const replayed = (await ask('replay', file, '--json')).map((line) => JSON.parse(line));
    expect(replayed.flatMap(({ container }) => container?.instance ?? [])).toEqual([2, 2, 2, 2]);
    const sql = 'SELECT instance FROM records WHERE instance IS NOT NULL';
    expect(await ask('query', file, sql, '-o', 'csv')).toEqual(['instance', '2', '2', '2', '2']);
    const exported = (await ask('export', file, '--to', 'csv')).slice(1).map((line) => line.split(',')[6]);
    expect(exported.filter(Boolean)).toEqual(['web', 'web', 'web', 'web']);
    const lives = (await ask('timeline', file, '--json')).map((line) => JSON.parse(line).container.name);
    expect(lives).toEqual(['web']);
  },
);

it.each(['replay', 'timeline', 'export --to csv', 'report -o -'])(
  'one of several that is not there is a status of 1: %s',
  async (command) => {
    const file = join(folder, 'several.ndjson');
    const story = [records.header(), records.exec({ container: inside(second) }), records.footer()];
    await writeFile(file, story.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join(''));
    const words = [...command.split(' '), file, '-c', 'web'];
    expect((await run(program, ...words)).exitCode).toBe(0);
    expect(await run(program, ...words, '-c', 'nosuch')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there was no container nosuch'),
    });
  },
);
