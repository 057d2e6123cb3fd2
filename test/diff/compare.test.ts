import { expect, it } from 'vitest';
import { parseBaseline } from '../../src/diff/baseline.ts';
import { compare, compareBaseline, type Finding } from '../../src/diff/compare.ts';
import { comparisonText } from '../../src/diff/text.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { failedExec, inContainer } from '../fixtures/records.ts';
import { life, ran, summaryOf } from './support.ts';

const web = life('web');
const diff = (a: readonly NstraceRecord[], b: readonly NstraceRecord[]): Finding[] =>
  compare(summaryOf([...web, ...a]), summaryOf([...web, ...b])).findings;
const linesOf = (findings: readonly Finding[]): string[] =>
  findings.map(({ change, what, exe, shape = [] }) => [change, what, exe, ...shape].join(' ').trim());

it('finds no difference of a recording from itself', () => {
  const records = [...ran(['ls', '-l']), ...ran(['false'], { code: 1 }), ...ran(['sh'], { origin: 'joined' })];
  expect(diff(records, records)).toEqual([]);
});

it('finds programs and arguments that are new or gone', () => {
  const a = [...ran(['ls', '-l']), ...ran(['wget', 'x'])];
  const b = [...ran(['ls', '-a']), ...ran(['curl', 'x'])];
  expect(linesOf(diff(a, b)).sort()).toEqual([
    'gone arguments /bin/ls -l',
    'gone program /bin/wget x',
    'new arguments /bin/ls -a',
    'new program /bin/curl x',
  ]);
});

it('takes for no difference what changes from run to run', () => {
  const a = [...ran(['kill', '12345']), ...ran(['cat', '/tmp/a.b7Xq2z']), ...ran(['git', 'show', 'deadbeef12'])];
  const b = [...ran(['kill', '777777']), ...ran(['cat', '/tmp/z.Q2xx9k']), ...ran(['git', 'show', '0123abcd45'])];
  expect(diff(a, b)).toEqual([]);
});

it('learns which position varies within A', () => {
  const a = [...ran(['job', '--id', 'red', 'go']), ...ran(['job', '--id', 'blue', 'go'])];
  expect(diff(a, ran(['job', '--id', 'green', 'go']))).toEqual([]);
  expect(linesOf(diff(a, ran(['job', '--id', 'green', 'stop'])))).toContain('new arguments /bin/job --id green stop');
});

it('keeps the program of a command in one word', () => {
  const a = [...ran(['sh', '-c', 'sleep 1']), ...ran(['sh', '-c', 'sleep 2']), ...ran(['sh', '-c', 'ls'])];
  expect(diff(a, [...ran(['sh', '-c', 'sleep 3']), ...ran(['sh', '-c', 'ls'])])).toEqual([]);
  expect(linesOf(diff(a, [...a, ...ran(['sh', '-c', 'curl evil'])]))).toEqual(['new arguments /bin/sh -c curl evil']);
});

it('finds failures that were not there, and codes that changed', () => {
  expect(linesOf(diff(ran(['make']), ran(['make'], { code: 2 })))).toEqual(['new failure /bin/make']);
  expect(linesOf(diff(ran(['make'], { code: 2 }), ran(['make'], { code: 3 })))).toEqual(['changed outcome /bin/make']);
  const missing = failedExec({ ...inContainer, container: { id: 'web', name: 'web', runtime: 'runc' }, exe: '/bin/x' });
  expect(linesOf(diff([], [missing]))).toEqual(['new program /bin/x -l']);
});

it('finds who entered', () => {
  expect(linesOf(diff([], ran(['sh'], { origin: 'joined' })))).toEqual(['new join /bin/sh']);
  // Inside it ran anyway; brought in from outside it did not.
  expect(linesOf(diff(ran(['sh']), [...ran(['sh']), ...ran(['sh'], { origin: 'joined' })]))).toEqual([
    'new join /bin/sh',
  ]);
});

it('finds containers of one side only, and matches by image', () => {
  const a = [...life('web', 'nginx:1'), ...life('db', 'postgres:16')];
  const b = [...life('web2', 'nginx:1'), ...life('db', 'postgres:16')];
  expect(compare(summaryOf(a), summaryOf(b)).findings.map(({ change, container }) => [change, container])).toEqual([
    ['gone', 'web'],
    ['new', 'web2'],
  ]);
  const options = { match: 'image', numbers: 'long' } as const;
  expect(compare(summaryOf(a, options), summaryOf(b, options)).findings).toEqual([]);
});

it('distinguishes startups only beyond their noise', () => {
  const lives = (...ms: number[]) => ms.flatMap((value) => life('web', undefined, value * 1e6));
  const changes = (a: number[], b: number[]) =>
    compare(summaryOf(lives(...a)), summaryOf(lives(...b))).findings.map(({ what }) => what);
  expect(changes([40, 42, 44, 46], [41, 43, 47, 44])).toEqual([]);
  expect(changes([40, 42, 44, 46], [140, 142, 144, 146])).toEqual(['startup']);
  expect(changes([40, 42], [140, 142])).toEqual([]);
  expect(changes([40, 42, 44, 146], [141, 142, 144, 146])).toEqual([]);
});

it('reports against a baseline only what is not in it, with the line that would allow it', () => {
  const baseline = parseBaseline('web exec /bin/ls * => 0\nweb exec /bin/gone => 0\n', 'b');
  const seen = summaryOf([...web, ...ran(['ls', '-l']), ...ran(['curl', 'a b']), ...ran(['ls', 'x'], { code: 1 })]);
  const comparison = compareBaseline(baseline, seen);
  expect(linesOf(comparison.findings)).toEqual(['new failure /bin/ls x', 'new program /bin/curl a b']);
  const allowing = comparison.findings.map(({ line }) => line);
  expect(allowing).toEqual(['web exec /bin/ls x => 1', 'web exec /bin/curl "a b" => 0']);
  const more = parseBaseline(`web exec /bin/ls * => 0\n${allowing.join('\n')}`, 'b');
  expect(compareBaseline(more, seen).findings).toEqual([]);
});

it('distinguishes what a busybox executes as itself', () => {
  const applet = (name: string) =>
    ran([name, '/x']).map((record) => ({ ...record, exe: '/proc/self/exe' }) as NstraceRecord);
  expect(linesOf(diff(applet('cat'), [...applet('cat'), ...applet('rm')]))).toEqual(['new program rm /x']);
});

it('shows nothing that a terminal would act on', () => {
  const hostile = ran(['ls', '\x1b[2J\r\n\x9b\u202e'], { name: 'we\x1b]0;x\x07b' });
  const text = comparisonText(compare(summaryOf([]), summaryOf([...life('a\x1b[31m', 'i\nmage'), ...hostile])), true);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  expect(text).toContain('only in B');
});

it('takes a pattern of a program for what it says, and stars in names for themselves', () => {
  const baseline = parseBaseline('web exec /usr/bin/* ... => *\n"\\*x" exec /bin/ls => *\n', 'b');
  const found = (records: readonly NstraceRecord[]) => linesOf(compareBaseline(baseline, summaryOf(records)).findings);
  expect(found([...web, ...ran(['evil'])])).toEqual(['new program /bin/evil']);
  expect(found([...life('*x'), ...ran(['ls'], { name: '*x' })])).toEqual([]);
  expect(found([...life('yx'), ...ran(['ls'], { name: 'yx' })])).toEqual(['new program /bin/ls']);
});
