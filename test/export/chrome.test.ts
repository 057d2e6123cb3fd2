import { expect, it } from 'vitest';
import { footer, header, process } from '../fixtures/records.ts';
import { lifeOf, at as when } from '../fixtures/story.ts';
import { exported, numbered } from './support.ts';

interface Event {
  ph: string;
  ts?: number;
  pid: number;
  tid: number;
  name?: string;
  id?: number;
  bp?: string;
  args?: Record<string, unknown>;
}

const begin = { ...when(0), mono: '5000000000' };
const story = numbered([header(begin), process({ pid: 400, ...begin }), ...lifeOf(), footer(when(1010))]);

const eventsOf = async (records = story): Promise<Event[]> =>
  (JSON.parse((await exported('chrome-json', records)).toString()) as { traceEvents: Event[] }).traceEvents;

it('nests begins and ends on each thread, by name', async () => {
  const threads = new Map<string, string[]>();
  for (const { ph, pid, tid, name } of await eventsOf()) {
    const key = `${pid} ${tid}`;
    const open = threads.get(key) ?? [];
    threads.set(key, open);
    if (ph === 'B') {
      open.push(name!);
    } else if (ph === 'E') {
      expect(open.pop()).toBe(name);
    }
  }
  expect(threads.size).toBeGreaterThan(5);
});

it('names containers and processes, and has every nanosecond', async () => {
  const text = (await exported('chrome-json', story)).toString();
  expect(text).toContain('"name":"process_name","pid":1');
  expect(text).toContain('"args":{"name":"xyxy12 (runc)"}');
  expect(text).toContain('"ts":110000.000');
  const exit = (await eventsOf()).find(({ ph, args }) => ph === 'E' && args?.signal === 'SIGTERM');
  expect(exit).toMatchObject({ ts: 200_000, tid: 611 });
});

it('has an arrow from who entered', async () => {
  const arrows = (await eventsOf()).filter(({ ph }) => ph === 's' || ph === 'f');
  expect(arrows.map(({ ph, tid, id, bp }) => [ph, tid, id, bp])).toEqual([
    ['s', 500, 1, undefined],
    ['f', 10123, 1, 'e'],
    ['s', 600, 2, undefined],
    ['f', 611, 2, 'e'],
  ]);
});

it('is JSON also of nothing', async () => {
  expect(await eventsOf([])).toEqual([]);
});
