import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NstraceRecord, recordSchema } from '../../../src/record/schema.ts';
import { openRecording } from '../../../src/recording/write/file.ts';
import { type RotateOptions, RotatingWriter } from '../../../src/recording/write/rotate.ts';
import { FileSink } from '../../../src/recording/write/sinks/file.ts';
import { container, exec, header, lost, process } from '../../fixtures/records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const secondNs = 1_000_000_000;

/** A writer whose clock and probes a test moves. */
const begin = (changes: Partial<RotateOptions> = {}) => {
  const state = { mono: secondNs, made: 0, notices: [] as string[] };
  const now = () => ({
    time: `2026-01-02T03:04:05.${String(state.mono).padStart(12, '0').slice(0, 9)}Z`,
    mono: String(state.mono),
  });
  const writer = new RotatingWriter({
    path: join(folder, 's.ndjson'),
    ...{ maxBytes: undefined, maxMs: undefined, keep: undefined },
    open: (path) => new FileSink(openRecording(path, { force: false }), () => {}),
    carried: () => [container({ op: 'seen' }), process()],
    status: () => ({ now: now(), count: { made: state.made, delivered: state.made, lost: 0 } }),
    onNotice: (text) => state.notices.push(text),
    ...changes,
  });
  writer.write(header());
  return {
    writer,
    state,
    /** An exec, a probe line for it, and a heartbeat. The next one comes when the part before is whole. */
    run: async (ms: number): Promise<void> => {
      state.mono += ms * 1e6;
      state.made += 1;
      writer.write(exec());
      writer.flush();
      while (writer.isEnding) {
        await setImmediate();
      }
    },
    end: () => writer.end(now(), 'interrupt', { made: state.made, delivered: state.made, lost: 0 }),
  };
};

const pathOf = (number: number): string => join(folder, `s.00000${number}.ndjson`);

const part = (number: number): NstraceRecord[] =>
  readFileSync(pathOf(number), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => recordSchema.parse(JSON.parse(line)));

describe('RotatingWriter', () => {
  it('begins each part with a header and what lives, ends it with a footer, and counts on', async () => {
    const { run, end, writer } = begin({ maxMs: 1000 });
    for (let step = 0; step < 4; step += 1) {
      await run(600);
    }
    await end();
    const parts = [1, 2, 3].map(part);
    expect(parts.map((records) => records.map(({ type }) => type))).toEqual([
      ['header', 'exec', 'exec', 'footer'],
      ['header', 'container', 'process', 'exec', 'exec', 'footer'],
      ['header', 'container', 'process', 'footer'],
    ]);
    expect(parts.flat().map(({ seq }) => seq)).toEqual(parts.flat().map((_, index) => index + 1));
    expect(parts.map(([first]) => first)).toMatchObject(
      [1, 2, 3].map((number) => ({ part: number, recording: 'b7c1d0a2' })),
    );
    expect(parts.flat().filter((record) => 'carried' in record)).toHaveLength(4);
    expect(writer.totals).toMatchObject({ records: 14, execs: 4, complete: true });
  });

  it('says in each footer what that part holds', async () => {
    const { run, end } = begin({ maxMs: 1000 });
    await run(600);
    await run(600);
    await run(100);
    await end();
    const [one, two] = [part(1).at(-1), part(2).at(-1)];
    expect(one).toMatchObject({
      reason: 'rotated',
      probe: { made: 2, delivered: 2 },
      events: { exec: 2 },
      complete: true,
    });
    expect(two).toMatchObject({
      reason: 'interrupt',
      probe: { made: 1, delivered: 1 },
      events: { exec: 1, container: 1 },
    });
  });

  it('begins no part with an older moment than its records have', async () => {
    const { run, end } = begin({ maxMs: 1000 });
    await run(1500);
    await end();
    expect(Number(part(2)[0]?.mono)).toBeGreaterThanOrEqual(Number(part(1).at(-1)?.mono));
  });

  it('ends a part at a size, and holds as much of what happens as of what lives', async () => {
    const { run, end, writer } = begin({
      maxBytes: 10_000,
      carried: () => Array.from({ length: 40 }, () => process()),
    });
    for (let step = 0; step < 300; step += 1) {
      await run(1);
    }
    await end();
    expect(writer.paths.length).toBeGreaterThan(3);
    for (const records of [2, 3].map(part)) {
      expect(records.filter(({ type }) => type === 'exec').length).toBeGreaterThan(30);
    }
  });

  it('begins no part before the one before it is whole', async () => {
    const { run, end, writer } = begin({ maxMs: 1000 });
    const heartbeats = [run(1000), run(1000), run(1000)];
    expect(writer.paths).toHaveLength(2);
    await Promise.all(heartbeats);
    await run(1);
    expect(writer.paths).toHaveLength(3);
    await end();
    expect(writer.size).toBe([1, 2, 3].reduce((sum, number) => sum + statSync(pathOf(number)).size, 0));
    expect(writer.pending).toBe(0);
  });

  it('ends a part when it is asked to', async () => {
    const { run, end, writer } = begin();
    await run(1);
    writer.ask();
    await run(1);
    await run(1);
    await end();
    expect(writer.paths).toHaveLength(2);
    expect(part(1).filter(({ type }) => type === 'exec')).toHaveLength(2);
  });

  it('keeps the last parts only', async () => {
    const { run, end, writer } = begin({ maxMs: 1000, keep: 2 });
    for (let step = 0; step < 5; step += 1) {
      await run(1000);
    }
    await end();
    expect(writer.paths).toEqual([5, 6].map((number) => join(folder, `s.00000${number}.ndjson`)));
    expect([1, 2, 3, 4].some((number) => existsSync(join(folder, `s.00000${number}.ndjson`)))).toBe(false);
    expect(writer.removed).toBe(4);
  });

  it('is not complete where a part is not', async () => {
    const { run, end, writer } = begin({ maxMs: 1000 });
    writer.write(lost());
    await run(1000);
    await run(100);
    await end();
    expect(part(1).at(-1)).toMatchObject({ complete: false });
    expect(part(2).at(-1)).toMatchObject({ complete: true });
    expect(writer.totals.complete).toBe(false);
  });

  it('goes on in its part where the next one cannot be made, says so, and tries again later', async () => {
    writeFileSync(join(folder, 's.000002.ndjson'), 'of somebody else');
    const { run, end, writer, state } = begin({ maxMs: 1000 });
    await run(1000);
    await run(1000);
    expect(state.notices).toHaveLength(1);
    expect(state.notices[0]).toMatch(/goes on in .*s\.000001\.ndjson: .*exists/);
    rmSync(join(folder, 's.000002.ndjson'));
    await run(61_000);
    await end();
    expect(writer.paths).toHaveLength(2);
    expect(part(1).filter(({ type }) => type === 'exec')).toHaveLength(3);
  });
});
