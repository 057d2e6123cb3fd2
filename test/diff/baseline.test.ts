import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addToBaseline, baselineText, parseBaseline, readBaseline } from '../../src/diff/baseline.ts';
import { formatEntry, parseEntry } from '../../src/diff/baseline-line.ts';
import { compareBaseline } from '../../src/diff/compare.ts';
import { Judge } from '../../src/diff/judge.ts';
import { patternOf } from '../../src/diff/word.ts';
import { container, exec, inContainer, xyxy12Info } from '../fixtures/records.ts';
import { at } from '../fixtures/story.ts';
import { life, ran, summaryOf } from './support.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const entry = fc.record({
  container: anyText.map((text) => patternOf(text)),
  kind: fc.constantFrom('exec' as const, 'join' as const),
  exe: anyText.map((text) => patternOf(text)),
  shape: fc.array(
    anyText.map((text) => patternOf(text)),
    { maxLength: 6 },
  ),
  outcomes: fc.option(fc.uniqueArray(fc.constantFrom('0', '1', '255', 'SIGKILL', 'ENOENT', '?'), { minLength: 1 }), {
    nil: undefined,
  }),
});

it('reads back every entry that it writes, on one line without controls', () => {
  fc.assert(
    fc.property(entry, ({ outcomes, ...rest }) => {
      const whole = { ...rest, outcomes: outcomes && new Set(outcomes) };
      const line = formatEntry(whole);
      expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
      expect(parseEntry(line)).toEqual(whole);
    }),
  );
});

it('takes any text without failing, and says what is wrong', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void parseEntry(line)));
  fc.assert(fc.property(fc.stringMatching(/^web exec [ "\\*.=>a-z{}u0-9]*$/), (line) => void parseEntry(line)));
});

it.each([
  ['web', /CONTAINER/],
  ['web run /bin/ls', /CONTAINER/],
  ['web exec', /CONTAINER/],
  ['web exec "/bin/ls', /quote/],
  ['web exec /bin/ls => ', /outcomes/],
  ['web exec /bin/ls => zero', /outcomes/],
  ['web exec /bin/ls => 0 1', /outcomes/],
  ['web exec /bin/ls\\', /backslash/],
])('refuses %j', (line, why) => {
  expect(parseEntry(line)).toMatch(why);
  expect(() => parseBaseline(`\n${line}`, 'my.baseline')).toThrow(/my\.baseline: line 2/);
});

it('refuses a version that it does not know', () => {
  expect(() => parseBaseline('# nstrace baseline 2\n', 'b')).toThrow(/version 2/);
});

const records = [
  ...life('web'),
  ...ran(['nginx', '-g', 'daemon off;'], { signal: 'SIGTERM' }),
  ...ran(['sh', '-c', 'echo "hi" # *']),
  ...ran(['job', 'one']),
  ...ran(['job', 'two']),
  ...ran(['sh'], { origin: 'joined' }),
];

it('writes what is normal so that people can read it', () => {
  expect(baselineText(summaryOf(records)).split('\n').slice(3)).toEqual([
    '',
    'web exec /bin/job * => 0',
    'web exec /bin/nginx -g "daemon off;" => SIGTERM',
    'web exec /bin/sh -c "echo \\"hi\\" # \\*" => 0',
    'web join /bin/sh => 0',
    '',
  ]);
});

it('has nothing against what it was made of', () => {
  const summary = summaryOf(records);
  expect(compareBaseline(parseBaseline(baselineText(summary), 'b'), summary).findings).toEqual([]);
});

it('keeps comments and edits where lines are added', () => {
  const mine = '# nstrace baseline 1\n\n# the job\nweb   exec /bin/job *   => 0\n';
  const { text, added } = addToBaseline(mine, 'b', summaryOf(records));
  expect(text.startsWith(mine)).toBe(true);
  expect(added).toBe(3);
  expect(addToBaseline(text, 'b', summaryOf(records))).toEqual({ text, added: 0 });
});

it('judges a trace by execs and joins, and reports each line once', () => {
  const baseline = parseBaseline('web exec /bin/ls * => 0\n', 'b');
  const lines: string[] = [];
  const judge = new Judge(baseline, (line) => lines.push(line));
  const trace = [
    ...ran(['ls', '-l'], { code: 9 }),
    ...ran(['curl', 'x']),
    ...ran(['curl', 'x']),
    ...ran(['ls', 'y'], { origin: 'joined' }),
  ];
  for (const record of trace) {
    judge.take(record);
  }
  judge.end();
  expect(lines).toEqual(['web exec /bin/curl x => *', 'web join /bin/ls y => *']);
  expect(judge.findings).toBe(3);
});

it('waits for the name of a container', () => {
  const id = 'c'.repeat(64);
  const lines: string[] = [];
  const judge = new Judge(parseBaseline('web exec /usr/bin/ls -l\n', 'b'), (line) => lines.push(line));
  const info = { ...xyxy12Info, id, name: id, runtime: 'docker' };
  judge.take(exec({ ...inContainer, ...at(1), container: { id, name: id, runtime: 'docker' } }));
  judge.take(container({ ...at(100), op: 'named', container: { ...info, name: 'web' } }));
  judge.take(exec({ ...inContainer, ...at(200), container: { id, name: 'web', runtime: 'docker' } }));
  judge.end();
  expect(lines).toEqual([]);
});

it.each([
  ['/nowhere/baseline', 'there is no such file'],
  ['/', 'it is a folder'],
])('says why %s cannot be read', (file, why) => {
  expect(() => readBaseline(file)).toThrow(`cannot open ${file}: ${why}`);
});
