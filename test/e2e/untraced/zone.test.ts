import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { program } from '../support/trace.ts';

let folder = '';
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await makeFolder();
  await writeFile(file('a.ndjson'), linesOf(storyOf()));
  await writeFile(
    file('none.ndjson'),
    linesOf(storyOf().filter(({ type }) => type !== 'exec' && type !== 'container')),
  );
});
afterAll(() => removeFolder(folder));

const inTokyo = async (...args: string[]): Promise<string> =>
  (await execa(program, args, { env: { TZ: 'Asia/Tokyo' }, reject: false })).stdout;

/** What people read is in local time, with --utc in UTC, in every command; data are in UTC. */
describe('times that are shown', () => {
  it.each([
    ['check', () => ['check', file('a.ndjson')]],
    ['diff', () => ['diff', file('none.ndjson'), file('a.ndjson')]],
    ['timeline', () => ['timeline', file('a.ndjson'), '-c', 'web']],
    ['query', () => ['query', file('a.ndjson'), 'SELECT time FROM execs']],
    ['query -o markdown', () => ['query', file('a.ndjson'), 'SELECT time FROM execs', '-o', 'markdown']],
  ] as const)('are in the zone that was asked for: %s', async (_, args) => {
    const local = await inTokyo(...args());
    expect(local).toMatch(/T\d\d:\d\d:\d\d\.\d+\+09:00/);
    expect(local).not.toMatch(/T\d\d:\d\d:\d\d\.\d+Z/);
    const utc = await inTokyo(...args(), '--utc');
    expect(utc).toMatch(/T\d\d:\d\d:\d\d\.\d+Z/);
    expect(utc).not.toContain('+09:00');
  });

  it.each([
    ['query -o json', () => ['query', file('a.ndjson'), 'SELECT time FROM execs', '-o', 'json']],
    ['check -o json', () => ['check', file('a.ndjson'), '-o', 'json']],
    ['export --to csv', () => ['export', file('a.ndjson'), '--to', 'csv']],
  ] as const)('are in UTC as data: %s', async (_, args) => {
    const data = await inTokyo(...args());
    expect(data).toMatch(/T\d\d:\d\d:\d\d\.\d+Z/);
    expect(data).not.toContain('+09:00');
  });

  it('stand in the title of a report', async () => {
    expect(await inTokyo('report', file('a.ndjson'), '-o', '-')).toMatch(/<title>[^<]* \+09:00<\/title>/);
    expect(await inTokyo('report', file('a.ndjson'), '-o', '-', '--utc')).toMatch(/<title>[^<]* UTC<\/title>/);
  });
});
