import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { Checker, type CheckResult } from '../../src/recording/check.ts';
import { Reading } from '../../src/recording/read/reader.ts';
import { Repairer } from '../../src/recording/repair.ts';
import { openRecording } from '../../src/recording/write/file.ts';
import { toLine } from '../../src/recording/write/line.ts';
import { FileSink } from '../../src/recording/write/sinks/file.ts';
import { checkText } from '../../src/view/check.ts';
import { exec, exit, footer, header, lost, process } from '../fixtures/records.ts';
import { at } from '../fixtures/story.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-check-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();

const write = (name: string, text: string): string => {
  const path = `${folder}/${name}`;
  writeFileSync(path, text);
  return path;
};

/** Records a second apart, numbered from a number on. */
const lines = (records: readonly NstraceRecord[], first = 1): string[] =>
  records.map((record, index) => toLine({ ...record, ...at(1000 * (first + index)), seq: first + index }));

const whole = lines([header(), exec(), exec(), exit(), footer({ events: { header: 1, exec: 2, exit: 1 } })]);

/** Checks one recording, and writes what is good of it. */
const check = async (...paths: string[]): Promise<{ found: CheckResult; repaired: string; count: number }> => {
  const checker = new Checker();
  const target = `${folder}/repaired.ndjson`;
  const repairer = new Repairer(
    new FileSink(openRecording(target, { force: true }), (error) => expect.unreachable(error.message)),
  );
  const reading = new Reading(paths, {
    lines: true,
    carried: true,
    unknown: true,
    onDamage: (damage) => checker.damage(damage),
  });
  const recordings = await reading.recordings(signal);
  expect(recordings).toHaveLength(1);
  for await (const batch of recordings[0]!) {
    checker.take(batch);
    repairer.take(batch);
  }
  const count = await repairer.end();
  return { found: checker.finish(), repaired: target, count };
};

describe('Checker', () => {
  it('names a file that has nothing in it', async () => {
    const path = write('empty.ndjson', '');
    const { found } = await check(path);
    expect(found).toMatchObject({ verdict: 'damaged', files: [path], records: 0 });
    expect(checkText(found)).toContain(`${path}: damaged`);
  });

  it('finds a whole recording complete, and nothing missing', async () => {
    const { found } = await check(write('a.ndjson', whole.join('')));
    expect(found).toMatchObject({
      ...{ verdict: 'complete', recording: 'b7c1d0a2', host: 'box', records: 5, reason: 'Ctrl-C' },
      ...{ from: at(1000).time, to: at(5000).time, missing: [], damage: [], parts: [], absent: [], more: 0 },
    });
  });

  it('counts what is of a type that a later version has, and misses nothing', async () => {
    const later = (seq: number): string => `${JSON.stringify({ type: 'from-the-future', seq, more: [1] })}\n`;
    const [first, second] = lines([header(), exec()]);
    const [end] = lines([footer({ complete: true, events: { header: 1, exec: 1, 'from-the-future': 2 } })], 5);
    const file = write('later.ndjson', [first, second, later(3), later(4), end].join(''));
    const { found, repaired, count } = await check(file);
    expect(found).toMatchObject({ verdict: 'complete', records: 5, missing: [], damage: [] });
    expect(found.events).toMatchObject({ 'from-the-future': 2 });
    expect(count).toBe(5);
    expect(readFileSync(repaired, 'utf8').split('\n').slice(2, 4).join('\n')).toBe(`${later(3)}${later(4)}`.trim());
  });

  it('finds a valid one incomplete that lost something, and says when', async () => {
    const loss = lost({ from: at(100).time, to: at(200).time, count: 7, exact: false });
    const end = footer({ complete: false, lost: 7, events: { header: 1, lost: 1 } });
    const { found } = await check(write('a.ndjson', lines([header(), loss, end]).join('')));
    expect(found).toMatchObject({
      verdict: 'incomplete',
      missing: [{ count: 7, exact: false, from: at(100).time, to: at(200).time, stage: 'kernel' }],
    });
    expect(checkText(found)).toContain(
      `at least 7 events between ${at(100).time} and ${at(200).time}, lost in the kernel`,
    );
  });

  it('finds one incomplete whose footer says so, though nothing is known to be lost', async () => {
    const { found } = await check(write('a.ndjson', lines([header(), footer({ complete: false, cut: 2 })]).join('')));
    expect(found).toMatchObject({ verdict: 'incomplete', cut: 2, missing: [] });
  });

  it('finds one damaged that was cut off, and says from when on nothing is known', async () => {
    const { found } = await check(write('a.ndjson', whole.slice(0, 3).join('')));
    expect(found).toMatchObject({
      verdict: 'damaged',
      missing: [{ count: 0, exact: false, from: at(3000).time, stage: 'file' }],
      damage: [{ line: 0, what: 'it is incomplete: it was cut off after record 3' }],
    });
    expect(checkText(found)).toContain(`all after ${at(3000).time}: it was cut off`);
  });

  it('finds one damaged that lacks records, and says when they were', async () => {
    const { found } = await check(write('a.ndjson', [whole[0], whole[1], 'garbage\n', whole[3], whole[4]].join('')));
    expect(found).toMatchObject({
      verdict: 'damaged',
      missing: [{ count: 1, exact: true, from: at(2000).time, to: at(4000).time, stage: 'file' }],
    });
    expect(found.damage.map(({ line }) => line)).toEqual([3, 4]);
  });

  it.each<[string, NstraceRecord[]]>([
    ['counts other records', [header(), exec(), footer({ events: { header: 1, exec: 2 } })]],
    ['says that it is complete though something was lost', [header(), lost(), footer({ events: { lost: 1 } })]],
  ])('finds one damaged whose footer %s', async (_, records) => {
    const { found } = await check(write('a.ndjson', lines(records).join('')));
    expect(found.verdict).toBe('damaged');
    expect(found.damage[0]?.what).toContain('its footer');
  });

  it('finds parts complete, and says which are absent', async () => {
    const part = (number: number, first: number): string =>
      lines([header({ part: number }), process({ carried: true }), exec(), footer({ events: {} })], first).join('');
    const second = write('s.000002.ndjson', part(2, 5));
    const third = write('s.000003.ndjson', part(3, 9));
    const fifth = write('s.000005.ndjson', part(5, 17));
    const { found } = await check(third, second);
    expect(found).toMatchObject({
      verdict: 'complete',
      parts: [2, 3],
      absent: [1],
      files: [second, third],
      damage: [],
    });
    expect(checkText(found)).toMatch(/parts {4}2 to 3\n {2}absent {3}1: deleted, or not named/);
    const gap = (await check(second, third, fifth)).found;
    expect(gap).toMatchObject({
      ...{ verdict: 'damaged', parts: [2, 3, 5], absent: [1, 4] },
      missing: [{ count: 4, exact: true, from: at(12_000).time, to: at(17_000).time, stage: 'file' }],
    });
    expect(gap.events).toEqual({ header: 3, process: 1, exec: 3, footer: 3 });
  });

  it('lists no more than is read', async () => {
    const bad = Array.from({ length: 3000 }, () => 'garbage\n').join('');
    const { found } = await check(write('a.ndjson', whole[0] + bad + whole[4]));
    expect(found.damage).toHaveLength(1000);
    expect(found.more).toBe(2001);
    expect(checkText(found).split('\n').length).toBeLessThan(40);
    expect(checkText(found)).toContain('and 2981 more');
  });

  it('escapes what a recording says', async () => {
    const evil = lines([
      header({ recording: 'a\u001b[31m', host: { ...header().host, name: '\u001b]0;x' } }),
      footer(),
    ]);
    expect(checkText((await check(write('a.ndjson', evil.join('')))).found)).not.toContain('\u001b');
  });
});

describe('Repairer', () => {
  const again = async (...text: (string | undefined)[]) => {
    const { repaired, count } = await check(write('a.ndjson', text.join('')));
    const content = readFileSync(repaired, 'utf8');
    return { found: (await check(write('again.ndjson', content))).found, content, count };
  };

  it('leaves a whole recording as it is', async () => {
    const { found, content, count } = await again(...whole);
    expect(content.split('\n').slice(0, 4)).toEqual(whole.slice(0, 4).map((line) => line.trimEnd()));
    expect(found).toMatchObject({ verdict: 'complete', records: 5 });
    expect(count).toBe(5);
  });

  it('gives one that was cut off a footer that is true', async () => {
    const { found, content } = await again(...whole.slice(0, 3), whole[3]!.slice(0, 30));
    expect(found).toMatchObject({ verdict: 'incomplete', reason: 'cut-off', records: 5, damage: [] });
    expect(JSON.parse(content.split('\n').at(-2)!)).toMatchObject({
      ...{ type: 'footer', complete: false, lost: 0, events: { header: 1, exec: 2, lost: 1 } },
    });
  });

  it('says where records are missing, from the earlier to the later time where the clock was set back', async () => {
    const back = lines([exec(), footer()], 4).map((line) => line.replaceAll(at(4000).time, at(1500).time));
    const { found } = await again(whole[0], whole[1], ...back);
    expect(found.missing).toMatchObject([{ count: 1, from: at(1500).time, to: at(2000).time }]);
  });

  it('says where records are missing', async () => {
    const { found } = await again(whole[0], whole[1], 'garbage\n', whole[3], whole[4]);
    expect(found).toMatchObject({
      ...{ verdict: 'incomplete', damage: [], records: 5 },
      missing: [{ count: 1, exact: true, from: at(2000).time, to: at(4000).time, stage: 'disk' }],
    });
  });

  it('makes one recording of parts', async () => {
    const part = (number: number, first: number): string =>
      lines([header({ part: number }), process({ carried: true }), exec(), footer({ events: {} })], first).join('');
    const { repaired } = await check(write('s.000001.ndjson', part(1, 1)), write('s.000002.ndjson', part(2, 5)));
    const { found } = await check(repaired);
    expect(found).toMatchObject({
      verdict: 'complete',
      parts: [],
      records: 5,
      events: { header: 1, process: 1, exec: 2, footer: 1 },
    });
  });

  it('makes nothing of what has no header', async () => {
    expect((await again(...whole.slice(1))).count).toBe(0);
  });
});
