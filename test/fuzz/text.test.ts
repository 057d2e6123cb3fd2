import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { ReportCollector } from '../../src/report/collect.ts';
import { reportHtml } from '../../src/report/html.ts';
import { columns } from '../../src/view/columns.ts';
import { inspectText } from '../../src/view/inspect.ts';
import { lanesText } from '../../src/view/lanes.ts';
import { LineView } from '../../src/view/lines.ts';
import { livesText } from '../../src/view/lives.ts';
import { quoteCommand } from '../../src/view/quote.ts';
import { timelineText } from '../../src/view/timeline.ts';
import { UserNames } from '../../src/view/users.ts';
import { whyText } from '../../src/view/why.ts';
import { inspected } from '../fixtures/now.ts';
import { cgroup, failedExec, header } from '../fixtures/records.ts';
import { at, inTime, lifeOf, timelinesOf } from '../fixtures/story.ts';
import { unsafe, withoutStyles } from '../tui/support.ts';
import { anyText, corpus, runs } from './support.ts';

/** Fields whose values the format fixes; all other text is somebody's choice. */
const fixed = new Set([
  ...[
    'type',
    'seq',
    'time',
    'mono',
    'started',
    'from',
    'to',
    'op',
    'origin',
    'evidence',
    'reason',
    'schema',
    'start_seen',
    'role',
  ],
]);

/** Every text in a record that somebody else chose, replaced. */
const spoil = <Value>(value: Value, text: () => string, key = ''): Value => {
  if (typeof value === 'string') {
    return (fixed.has(key) ? value : text()) as Value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => spoil(item, text, key)) as Value;
  }
  return typeof value === 'object' && value !== null
    ? (Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoil(inner, text, name)])) as Value)
    : value;
};

const story = (): NstraceRecord[] => [
  header({ ...at(0) }),
  ...inTime(...lifeOf({ id: 'web' })),
  failedExec({ ...at(900) }),
  cgroup({ ...at(901), op: 'rename', new_path: '/x' }),
];

const users = new UserNames();
const style = { quote: false, maxArgs: 10, users, unicode: true };
const texts = fc.array(anyText(), { minLength: 1, maxLength: 5 });

const eachOf = (list: readonly string[]): (() => string) => {
  let next = 0;
  return () => list[next++ % list.length]!;
};

const expectClean = (shown: string): void => {
  for (const line of shown.split('\n')) {
    if (unsafe.test(withoutStyles(line))) {
      expect.unreachable(JSON.stringify(line));
    }
  }
};

describe('text that others chose, in every field that has some,', () => {
  it('reaches a terminal as characters alone: lines, timelines, lanes, lives', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (list, quote) => {
        const records = spoil(story(), eachOf(list));
        const options = { columns: columns.map(({ name }) => name), color: true, kinds: true, startedMono: '0', users };
        const view = new LineView({ ...options, style: { quote, maxArgs: 10 } } as never);
        for (const record of records) {
          expectClean(view.line(record) ?? '');
        }
        const lives = timelinesOf(records);
        expectClean(livesText(lives, 80));
        for (const life of lives) {
          expectClean(timelineText(life, { ...style, quote }));
          expectClean(lanesText(life, style, 80));
        }
      }),
      { numRuns: runs(150), examples: corpus<string[]>('text').map(([list]) => [list, true] as [string[], boolean]) },
    );
  });

  it('reaches it so from inspect and why', () => {
    fc.assert(
      fc.property(texts, (list) => {
        const text = eachOf(list);
        const base = spoil(
          inspected({ cwd: '/', ancestry: [{ pid: 1, comm: 'x', args: ['y'], container: null, nspid: [1] } as never] }),
          text,
        );
        const namespaces = inspected().namespaces;
        expectClean(inspectText({ ...base, type: 'inspect', namespaces }, { users, width: undefined }));
        const container = spoil({ id: 'i', name: 'n', runtime: 'r' }, text);
        const about = {
          type: 'why',
          time: '2026-01-31T12:00:00Z',
          pid: 5,
          gone: false,
          nspid: [5, 1],
          ppid: 1,
        } as const;
        const said = { because: [text()], container_evidence: [text()] };
        const why = { evidence: 'init', origin: 'init' } as const;
        expectClean(
          whyText({
            ...about,
            ...why,
            ...said,
            nspid: [5, 1],
            comm: text(),
            args: list,
            container: { ...container, instance: 1 },
          }),
        );
      }),
      { numRuns: runs(300), examples: corpus<string[]>('text') },
    );
  });

  it('is no markup in a report', async () => {
    const parts = { script: 'let a;', style: 'a{}' };
    const page = async (list: readonly string[]): Promise<string> => {
      const collector = new ReportCollector();
      for (const record of spoil(story(), eachOf(list))) {
        collector.take(record);
      }
      return reportHtml(collector.finish(0)!, parts);
    };
    const marks = (html: string): string => html.replace(/[^<>"]/g, '');
    const plain = marks(await page(['plain']));
    await fc.assert(
      fc.asyncProperty(texts, async (list) => {
        expect(marks(await page(list))).toBe(plain);
      }),
      { numRuns: runs(60), examples: corpus<string[]>('text') },
    );
  });

  it('comes out of a shell as it went in, where it is quoted to be pasted', () => {
    const args = fc.array(
      anyText().map((text) => text.replaceAll('\0', '').toWellFormed()),
      { maxLength: 6 },
    );
    const lists = fc.sample(args, { numRuns: runs(300), seed: 1 });
    const script = lists.map((list) => `printf '%s\\0' begin ${quoteCommand(['x', ...list]).slice(1)}`).join('\n');
    const out = execFileSync('bash', [], {
      input: script,
      encoding: 'utf8',
      env: { LC_ALL: 'C.UTF-8' },
      maxBuffer: 1e8,
    });
    expect(out.split('\0').slice(0, -1)).toEqual(lists.flatMap((list) => ['begin', ...list]));
  });
});
