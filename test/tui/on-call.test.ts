import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { Desk } from './support.ts';

/**
 * A recording of three containers of runc on a real kernel: `web` starts programs all the time and was entered, `worker` ended
 * three times (1, 0, 42) and runs again, `quiet` sleeps.
 */
const recording = readFileSync(join(import.meta.dirname, '../fixtures/on-call.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as NstraceRecord);

const opened = (): Desk => {
  const desk = new Desk().take(...recording);
  // The first frame is there before anybody presses a key.
  expect(desk.body[0]).toMatch(/^NAME +STATE/);
  return desk;
};

const looksLike = async (desk: Desk, name: string): Promise<void> => {
  await expect(`${desk.text}\n`).toMatchFileSnapshot(`../screens/on-call-${name}.txt`);
};

describe('what the person on call asks, with three keys at most', () => {
  it('which container ran a wrong command: / and the word', async () => {
    const desk = opened();
    desk.press('/');
    desk.type('rm -rf').press('enter');
    expect(desk.body.slice(1).map((line) => line.split(/\s+/)[0])).toEqual(['web']);
    expect(desk.body[1]).toContain('rm -rf');
    await looksLike(desk, 'wrong-command');
  });

  it('who entered it: e sorts by that, Enter opens', async () => {
    const desk = opened();
    desk.press('s', 'e', 'enter');
    expect(desk.second).toMatch(/^web /);
    expect(desk.text).toMatch(/^entered {2}once \d+s ago by root: runc exec web sh -c rm -rf \/tmp\/cache; nosuch$/m);
    expect(desk.text).toMatch(/^entered {2}4 times for the same, last \d+s ago: cat \/etc\/passwd$/m);
    await looksLike(desk, 'entered');
  });

  it('how its last lives ended, who started it, how often: r sorts by restarts, Enter opens', async () => {
    const desk = opened();
    desk.press('s', 'r');
    expect(desk.body[1]).toMatch(/^worker +running +3 /);
    desk.press('enter');
    expect(desk.text).toMatch(/^started {2}\d+s ago by root: runc run -d -b worker worker$/m);
    expect(desk.text).toMatch(/^ended {4}3 times, the last first: code 42 after .*; code 0 after /m);
    await looksLike(desk, 'lives');
  });

  it('which process is busy: x sorts by execs, Enter opens', async () => {
    const desk = opened();
    desk.press('s', 'x', 'enter');
    expect(desk.second).toMatch(/^web /);
    expect(desk.text).toMatch(/^busy {5}pid \d+, \d+ programs started, \d\.\d\/s now: sh -c while :; do sleep 0\.2/m);
    await looksLike(desk, 'busy');
  });

  it('what has just changed: it is what the table is sorted by', async () => {
    const desk = opened();
    desk.press('s', 'c');
    expect(desk.body.slice(1, 3).map((line) => line.split(/\s+/)[0])).toEqual(['worker', 'web']);
    await looksLike(desk, 'changed');
  });

  it('what this process is and where it comes from: Enter, k, Enter', async () => {
    const desk = opened();
    desk.press('enter', 'k', 'enter');
    expect(desk.text).toMatch(/^who$/m);
    expect(desk.text).toMatch(/^ {2}container {2}worker \(runc\)/m);
    expect(desk.text).toMatch(/^ancestry$/m);
    await looksLike(desk, 'process');
  });
});
