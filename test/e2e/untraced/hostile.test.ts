import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { escapeText } from '../../../src/view/escape.ts';
import { cgroup, container, exec, exit, fork, lost } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';
import { hostile, hostileText, unsafe } from '../../tui/support.ts';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { Terminal } from '../support/terminal.ts';
import { program } from '../support/trace.ts';

/** Texts that processes chose, in every field that can have one: whatever a recording becomes, they act on nothing. */
const texts = [
  ...Object.values(hostile),
  ...['=1+2', '@SUM(A1)', '\t=cmd|x', '|x', '`x` $(x)', '"],"x":[', "'; DROP TABLE execs; --", '**x** [a](b)'],
  ...['</script><script>x</script>', '__proto__', '\\u001b', '{"type":"footer"}', 'a\0b', '%00%1b', '\ud800', ''],
];

const strange = (text: string, index: number): NstraceRecord[] => {
  const ref = { id: `${text}${index}`, name: text, runtime: text };
  const here = { ...at(400 + index), pid: 5000 + index, container: ref };
  return [
    container({ ...here, op: 'created', container: { ...ref, image: text }, by: byOf(text) }),
    fork({ ...here, comm: text }),
    exec({ ...here, comm: text, exe: text, cwd: text, tty: text, args: [text, text], origin: 'joined' }),
    exec({ ...here, comm: text, exe: text, args: [text], ret: -2, errno: text }),
    cgroup({ ...here, path: text, hierarchy: text }),
    exit({ ...here, comm: text, exe: text, signal: text }),
    container({ ...here, op: 'joined', pid: 5000 + index, container: ref, by: byOf(text) }),
    lost({ ...at(400 + index), stage: text as 'kernel' }),
  ];
};

const byOf = (text: string) => ({ pid: 4000, uid: 0, comm: text, args: [text] });

const folder = ownFolder();
let file = '';
beforeAll(async () => {
  file = join(folder, 'hostile.ndjson');
  const records = [...texts, hostileText].flatMap(strange);
  await writeFile(file, linesOf(storyOf(...records)));
});

/** What nothing may hold that people read; lines of CSV end in both. */
const acting = (text: string): string[] => text.split('\n').filter((line) => unsafe.test(line.replace(/\r$/, '')));

const forPeople: readonly (readonly string[])[] = [
  ['replay', '-e', 'all', '-x', '--columns', 'container,pid,ppid,args'],
  ['replay', '-e', 'all', '-x', '-q', '--group-by', 'image'],
  ['timeline', '-x'],
  ['timeline', '-x', '--lanes'],
  ['check'],
  ['export', '--to', 'csv'],
  ['query', 'FROM execs'],
  ['query', 'FROM execs', '-o', 'markdown'],
  ['query', 'FROM containers', '-o', 'json'],
  ['query', '--run', 'who-entered'],
  ['timeline', '-x', '-o', 'json'],
  ['check', '-o', 'json'],
];

/** The recording stands where the command expects it. */
const withFile = ([command = '', ...args]: readonly string[], ...files: string[]): string[] =>
  command === 'query' && !args[0]!.startsWith('-') ? [command, ...files, ...args] : [command, ...args, ...files];

describe('hostile text', () => {
  it.each(forPeople.map((args) => [args.join(' '), args] as const))('acts on nothing in %s', async (_, args) => {
    const { stdout, stderr } = await run(program, ...withFile(args, file));
    expect(stdout.length).toBeGreaterThan(500);
    expect(acting(stdout)).toEqual([]);
    expect(acting(stderr)).toEqual([]);
  });

  it('acts on nothing in a diff, and is the same text in its JSON', async () => {
    const plain = join(folder, 'plain.ndjson');
    await writeFile(plain, linesOf(storyOf()));
    const { stdout } = await run(program, 'diff', plain, file);
    expect(acting(stdout)).toEqual([]);
    const json = await run(program, 'diff', plain, file, '-o', 'json');
    expect(acting(json.stdout)).toEqual([]);
    const names = json.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { container?: string }).container);
    expect(names).toContain(hostile.color);
  });

  it('acts on nothing in a baseline, which allows what it was made of', async () => {
    const baseline = join(folder, 'hostile.baseline');
    expect((await run(program, 'baseline', file, '-o', baseline)).exitCode).toBe(0);
    expect(acting(await readFile(baseline, 'utf8'))).toEqual([]);
    const { exitCode, stdout } = await run(program, 'diff', '--baseline', baseline, file);
    expect(stdout).toMatch(/^no difference/);
    expect(exitCode).toBe(0);
  });

  it.each(['ecs', 'ocsf', 'otlp-json', 'chrome-json'])(
    'is text to programs in %s, one object a line',
    async (format) => {
      const { stdout, exitCode } = await run(program, 'export', file, '--to', format);
      expect(exitCode).toBe(0);
      const lines = format === 'chrome-json' ? [stdout] : stdout.trim().split('\n');
      const parsed = lines.map((line) => JSON.parse(line) as unknown);
      // Viewers of traces are for people: there it is escaped, in events for programs it is the same text.
      const red = format === 'chrome-json' ? escapeText(hostile.color) : hostile.color;
      expect(JSON.stringify(parsed).includes(JSON.stringify(red).slice(1, -1))).toBe(true);
    },
  );

  it('begins no cell of CSV as a formula', async () => {
    const { stdout } = await run(program, 'export', file, '--to', 'csv');
    expect(stdout.match(/(?:^|,)"?\s*[=+@|]/gm)).toBeNull();
    const asked = await run(program, 'query', file, 'SELECT container_name, exe FROM execs', '-o', 'csv');
    expect(asked.stdout.match(/(?:^|,)"?\s*[=+@|]/gm)).toBeNull();
  });

  it('is in a report as data only', async () => {
    const { stdout } = await run(program, 'report', file, '-o', '-');
    expect(stdout.match(/<script/g)).toHaveLength(2);
    expect(acting(stdout.replace(/<script>[\s\S]*$/, '').replace(/<style>[\s\S]*<\/style>/, ''))).toEqual([]);
  });

  it.each([
    ['replay', '-e', 'all', '-x', '-o', 'json', '--speed', 'max'],
    ['export', '--to', 'ecs'],
    ['timeline', '-o', 'json'],
    ['query', 'FROM failed', '-o', 'csv'],
  ])('acts on no terminal in %s', async (...args) => {
    const terminal = new Terminal(withFile(args, file), { columns: 200 });
    await terminal.exited;
    expect(terminal.raw.length).toBeGreaterThan(500);
    expect(acting(terminal.raw.replaceAll('\r\n', '\n').replaceAll(/\r\x1b\[K/g, ''))).toEqual([]);
    expect(terminal.titles).toEqual([]);
  });
});
