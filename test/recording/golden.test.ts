import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { Checker } from '../../src/recording/check.ts';
import { Reading } from '../../src/recording/read/reader.ts';
import { timelineText } from '../../src/view/timeline.ts';
import { timelinesOf } from '../fixtures/story.ts';

/**
 * Recordings of released versions, made of what a test ran itself: every later version reads them as those did. They stay
 * as they are; a new version adds its own.
 */
const folder = fileURLToPath(new URL('../fixtures/recordings', import.meta.url));

const read = async (name: string) => {
  const checker = new Checker();
  const records: NstraceRecord[] = [];
  const reading = new Reading(`${folder}/${name}`, { onDamage: (damage) => checker.damage(damage) });
  for await (const batch of reading.batches(new AbortController().signal)) {
    checker.take(batch);
    records.push(...batch.records);
  }
  return { records, check: checker.finish() };
};

const style = { quote: false, maxArgs: 10, users: { nameOf: String }, unicode: true };

describe('a recording of 0.1.0', () => {
  it('is one of three', () => {
    expect(readdirSync(folder).sort()).toEqual(['0.1.0-all.ndjson.gz', '0.1.0-cut.ndjson', '0.1.0-runc.ndjson']);
  });

  it('of a container is whole, and says how it lived', async () => {
    const { records, check } = await read('0.1.0-runc.ndjson');
    expect(check).toMatchObject({ verdict: 'complete', records: 87, reason: 'command-ended', damage: [], missing: [] });
    const [life, ...others] = timelinesOf(records);
    expect(others).toEqual([]);
    expect(life).toMatchObject({
      ...{ code: 3, seen: false, container: { id: 'golden-web', name: 'golden-web', runtime: 'runc' } },
      counts: { exec: 5 },
    });
    const text = timelineText(life!, style);
    expect(text).toContain('sh -c ls / >/dev/null; /bin/nosuch; sleep 3; exit 3  STARTS');
    expect(text).toContain('ENDS the container');
    expect(text.match(/JOINS/g)).toHaveLength(2);
  });

  it('of all that a command ran is whole, with bytes that are not text', async () => {
    const { records, check } = await read('0.1.0-all.ndjson.gz');
    expect(check).toMatchObject({ verdict: 'complete', reason: 'terminated', damage: [] });
    const exact = records.find((record) => 'args_base64' in record && record.args_base64 !== undefined);
    expect(exact).toMatchObject({
      args: ['/bin/true', '\ufffd\ufffd', '', 'two words'],
      args_base64: ['L2Jpbi90cnVl', '//4=', '', 'dHdvIHdvcmRz'],
    });
    expect(records.filter(({ type }) => type === 'exit').length).toBeGreaterThan(10);
    // What was filtered by process has no containers as such, and their events all the same.
    const lives = timelinesOf(records);
    expect(lives.map(({ container }) => container.runtime).sort()).toEqual(['runc', 'unshare', 'unshare']);
  });

  it('that was cut off gives what it has', async () => {
    const { records, check } = await read('0.1.0-cut.ndjson');
    expect(check).toMatchObject({
      verdict: 'damaged',
      damage: [{ line: 0, what: `it is incomplete: it was cut off after record ${records.length}` }],
    });
    expect(records).toEqual((await read('0.1.0-runc.ndjson')).records.slice(0, records.length));
  });
});
