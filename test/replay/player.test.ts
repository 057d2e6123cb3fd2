import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { type Controls, Player } from '../../src/replay/player.ts';
import { container, exec, exit, failedExec, lost } from '../fixtures/records.ts';
import { at } from '../fixtures/story.ts';

const aborters: AbortController[] = [];
afterEach(() => {
  for (const aborter of aborters.splice(0)) {
    aborter.abort();
  }
});

/** Plays these records; what was shown is what came since it last began anew. */
const play = (records: readonly NstraceRecord[], speed = 1) => {
  const aborter = new AbortController();
  aborters.push(aborter);
  const all = {
    shown: [] as string[],
    restarts: 0,
    opened: 0,
    open: 0,
    times: [] as bigint[],
    failure: undefined as unknown,
  };
  const player = new Player({
    open: async function* (signal) {
      all.opened += 1;
      all.open += 1;
      try {
        for (const record of records) {
          await sleep(0);
          if (signal.aborted) {
            return;
          }
          yield { records: [record], next: undefined };
        }
      } finally {
        all.open -= 1;
      }
    },
    speed,
    onRecord: (record) => all.shown.push('args' in record ? (record.args[0] ?? '') : record.type),
    onTime: (mono) => all.times.push(BigInt(mono)),
    onRestart: () => {
      all.shown = [];
      all.restarts += 1;
    },
  });
  const done = player.run(aborter.signal).catch((error: unknown) => {
    all.failure = error;
  });
  const shows = (...wanted: string[]) => expect.poll(() => all.shown).toEqual(wanted);
  const stop = async (): Promise<void> => {
    aborter.abort();
    await done;
  };
  return Object.assign(all, { player, shows, stop, done });
};

/** What the keys of the view do. */
const keys: ((player: Controls) => void)[] = [
  (player) => player.seek(-5),
  (player) => player.seek(-1e9),
  (player) => player.seek(5),
  (player) => player.seek(1e9),
  (player) => player.toggle(),
  (player) => player.faster(2),
  (player) => player.faster(0.5),
  (player) => player.jump('exit'),
  (player) => player.jump('start'),
];

/** A record at that second. */
const tick = (seconds: number): NstraceRecord => exec({ ...at(seconds * 1000), args: [`at-${seconds}`] });
const hour = 3600;

describe('Player', () => {
  it('plays all records in their order, and is at the end then', async () => {
    const { player, shows, stop } = play([tick(0), tick(10), tick(20)], 1024);
    await shows('at-0', 'at-10', 'at-20');
    await expect.poll(() => player.ended).toBe(true);
    expect(player).toMatchObject({ position: 20, playing: false });
    await stop();
  });

  it('shows the first record at once, and waits until the next one is due', async () => {
    const { shows, shown, stop } = play([tick(0), tick(hour)]);
    await shows('at-0');
    await sleep(100);
    expect(shown).toEqual(['at-0']);
    await stop();
  });

  it('reports that time goes on between records, never back', async () => {
    const { times, shows } = play([tick(0), tick(400)], 1024);
    await shows('at-0', 'at-400');
    expect(times.length).toBeGreaterThan(0);
    expect([...times].sort((a, b) => Number(a - b))).toEqual(times);
    expect(times.at(-1)! <= BigInt(at(400_000).mono)).toBe(true);
  });

  it('holds, and goes on where it was', async () => {
    const { player, shows, shown, times } = play([tick(0), tick(3000), tick(1000 * hour)]);
    await shows('at-0');
    player.toggle();
    player.faster(1024);
    expect(player.playing).toBe(false);
    await sleep(80);
    const { position } = player;
    const count = times.length;
    await sleep(300);
    expect(player.position).toBe(position);
    expect(times).toHaveLength(count);
    expect(shown).toEqual(['at-0']);
    player.toggle();
    await shows('at-0', 'at-3000');
  });

  it('is faster and slower, within bounds', async () => {
    const { player } = play([tick(0), tick(hour)]);
    player.faster(2);
    expect(player.speed).toBe(2);
    for (let step = 0; step < 30; step += 1) {
      player.faster(2);
    }
    expect(player.speed).toBe(1024);
    for (let step = 0; step < 60; step += 1) {
      player.faster(0.5);
    }
    expect(player.speed).toBe(1 / 16);
  });

  it('plays at another speed from the moment at which it is asked to', async () => {
    const { player, shows } = play([tick(0), tick(50)], 1 / 16);
    await shows('at-0');
    for (let step = 0; step < 14; step += 1) {
      player.faster(2);
    }
    await shows('at-0', 'at-50');
  });

  it('goes on to a later time, over all that is before it, and shows that', async () => {
    const { player, shows } = play([tick(0), tick(10), tick(20), tick(hour)]);
    await shows('at-0');
    player.toggle();
    const from = player.position;
    player.seek(20);
    await shows('at-0', 'at-10', 'at-20');
    await expect.poll(() => player.position).toBeCloseTo(from + 20, 1);
    expect(player.playing).toBe(false);
  });

  it('stays before a record that is later than where it was to go', async () => {
    const { player, shows, shown } = play([tick(0), tick(hour)]);
    await shows('at-0');
    player.toggle();
    const from = player.position;
    player.seek(5);
    await sleep(200);
    expect(shown).toEqual(['at-0']);
    await expect.poll(() => player.position).toBeCloseTo(from + 5, 1);
    player.seek(5);
    await sleep(200);
    await expect.poll(() => player.position).toBeCloseTo(from + 10, 1);
  });

  it('goes back to an earlier time: it begins anew and shows what was before', async () => {
    const run = play([tick(0), tick(10), tick(20), tick(30), tick(hour)]);
    const { player, shows } = run;
    await shows('at-0');
    player.toggle();
    const from = player.position;
    player.seek(30);
    await shows('at-0', 'at-10', 'at-20', 'at-30');
    player.seek(-10);
    await shows('at-0', 'at-10', 'at-20');
    expect(run.restarts).toBe(1);
    await expect.poll(() => player.position).toBeCloseTo(from + 20, 1);
  });

  it('goes back into a time in which nothing happened', async () => {
    const run = play([tick(0), tick(100), tick(hour)]);
    await run.shows('at-0');
    run.player.toggle();
    run.player.seek(100 - run.player.position);
    await run.shows('at-0', 'at-100');
    run.player.seek(-5);
    await expect.poll(() => run.restarts).toBe(1);
    await expect.poll(() => run.player.position).toBeCloseTo(95, 1);
    expect(run.shown).toEqual(['at-0']);
  });

  it('goes back no further than to the beginning', async () => {
    const run = play([tick(0), tick(10), tick(hour)]);
    await run.shows('at-0');
    run.player.toggle();
    run.player.seek(10);
    await run.shows('at-0', 'at-10');
    run.player.seek(-1000);
    await expect.poll(() => run.restarts).toBe(1);
    await run.shows('at-0');
    expect(run.player.position).toBe(0);
  });

  it('goes on to the end and no further, and back from there', async () => {
    const run = play([tick(0), tick(10), tick(20)]);
    await run.shows('at-0');
    run.player.seek(1e6);
    await run.shows('at-0', 'at-10', 'at-20');
    await expect.poll(() => run.player.ended).toBe(true);
    run.player.seek(1e6);
    await sleep(50);
    expect(run.player).toMatchObject({ ended: true, position: 20 });
    run.player.seek(-10);
    await run.shows('at-0', 'at-10');
    expect(run.player.ended).toBe(false);
  });

  it('plays anew from the beginning when it is at its end', async () => {
    const run = play([tick(0), tick(10)], 1024);
    await run.shows('at-0', 'at-10');
    await expect.poll(() => run.player.ended).toBe(true);
    run.player.toggle();
    await expect.poll(() => run.restarts).toBe(1);
    await run.shows('at-0', 'at-10');
    await expect.poll(() => run.player.ended).toBe(true);
    expect(run.opened).toBe(2);
  });

  it.each([
    ['start', container({ ...at(20_000), op: 'started' })],
    ['join', container({ ...at(20_000), op: 'joined' })],
    ['exit', exit({ ...at(20_000), code: 0 })],
    ['error', exit({ ...at(20_000), code: 2 })],
    ['error', exit({ ...at(20_000), signal: 'SIGKILL' })],
    ['error', lost(at(20_000))],
    ['error', failedExec({ ...at(20_000), args: ['wanted'] })],
  ] as const)('jumps to the next %s and holds there', async (kind, wanted) => {
    const other = container({ ...at(10_000), op: 'created' });
    const { player, shows, shown, stop } = play([tick(0), other, tick(15), wanted, tick(hour)]);
    await shows('at-0');
    player.jump(kind);
    const name = 'args' in wanted ? 'wanted' : wanted.type;
    await shows('at-0', 'container', 'at-15', name);
    await sleep(50);
    expect(shown).toHaveLength(4);
    expect(player).toMatchObject({ playing: false, position: 20 });
    await stop();
  });

  it('jumps on to the one after it', async () => {
    const { player, shows } = play([tick(0), exit(at(hour * 1000)), exit(at(2 * hour * 1000)), tick(3 * hour)]);
    await shows('at-0');
    player.jump('exit');
    await shows('at-0', 'exit');
    player.jump('exit');
    await shows('at-0', 'exit', 'exit');
  });

  it('an exit with code 0 is no error', async () => {
    const { player, shows } = play([tick(0), exit({ ...at(hour * 1000), code: 0 }), tick(2 * hour), tick(3 * hour)]);
    await shows('at-0');
    player.jump('error');
    await shows('at-0', 'exit', `at-${2 * hour}`, `at-${3 * hour}`);
    await expect.poll(() => player.ended).toBe(true);
  });

  it('closes what it read from when it goes back, and when it ends', async () => {
    const run = play([tick(0), tick(10), tick(hour)]);
    await run.shows('at-0');
    run.player.seek(10);
    await run.shows('at-0', 'at-10');
    run.player.seek(-10);
    await run.shows('at-0');
    expect(run).toMatchObject({ opened: 2, open: 1 });
    await run.stop();
    expect(run.open).toBe(0);
  });

  it('ends at once when it is asked to, playing, held and at the end', async () => {
    for (const prepare of [
      () => {},
      ({ player }: ReturnType<typeof play>) => player.toggle(),
      ({ player }: ReturnType<typeof play>) => player.seek(1e6),
    ]) {
      const run = play([tick(0), tick(hour)]);
      await run.shows('at-0');
      prepare(run);
      await sleep(20);
      await run.stop();
      expect(run.failure).toBeUndefined();
    }
  });

  it('does not go back in time where records of several CPUs are not in order', async () => {
    const { player, shows } = play([tick(0), tick(10), tick(9), tick(20)], 1024);
    await shows('at-0', 'at-10', 'at-9', 'at-20');
    await expect.poll(() => player.position).toBe(20);
  });

  it('shows nothing of an empty recording, and waits at its end', async () => {
    const { player, shown, stop } = play([]);
    await expect.poll(() => player.ended).toBe(true);
    expect(shown).toEqual([]);
    expect(player.position).toBe(0);
    player.seek(-5);
    player.jump('exit');
    player.toggle();
    await sleep(50);
    await stop();
  });

  it('does not go back before the first record is there', async () => {
    const { player, shows, stop } = play([tick(0), tick(10), tick(1000 * hour)], 1024);
    player.seek(-5);
    player.seek(5);
    expect(player.position).toBe(0);
    await shows('at-0', 'at-10');
    await stop();
  });

  it('is at its beginning while it begins anew, however often one goes back', async () => {
    const run = play([tick(0), tick(10), tick(hour)]);
    await run.shows('at-0');
    run.player.toggle();
    run.player.seek(10);
    await run.shows('at-0', 'at-10');
    for (let press = 0; press < 3; press += 1) {
      run.player.seek(-5);
      expect(run.player.position).toBeGreaterThanOrEqual(0);
      await sleep(0);
      expect(run.player.position).toBeGreaterThanOrEqual(0);
    }
    await run.shows('at-0');
    expect(run.player.position).toBe(0);
  });

  it('has a position within the recording and fails at nothing, whatever is pressed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...keys), { minLength: 1, maxLength: 30 }),
        fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
        async (pressed, waits) => {
          const run = play([tick(0), tick(10), exit(at(20_000)), tick(30)], 64);
          for (const [index, press] of pressed.entries()) {
            press(run.player);
            expect(run.player.position).toBeGreaterThanOrEqual(0);
            expect(run.player.position).toBeLessThanOrEqual(30);
            if (waits[index]) {
              await sleep(1);
            }
          }
          await run.stop();
          expect(run.failure).toBeUndefined();
          expect(run.open).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reports that the recording cannot be read', async () => {
    const player = new Player({
      // biome-ignore lint/correctness/useYield: it fails before it has anything to give.
      open: async function* () {
        throw new Error('it is gone');
      },
      speed: 1,
      onRecord: () => {},
      onTime: () => {},
      onRestart: () => {},
    });
    await expect(player.run(new AbortController().signal)).rejects.toThrow('it is gone');
  });
});

describe('Player with checkpoints', () => {
  const count = 120_000;
  const perBatch = 1000;
  /** A recording of one record a second, which notes where reading begins, and how much is read. */
  const long = () => {
    const opened: number[] = [];
    let taken = 0;
    let sum = 0;
    const player = new Player<number, { sum: number }>({
      open: async function* (signal, from = 0) {
        opened.push(from);
        for (let first = from; first < count && !signal.aborted; first += perBatch) {
          await sleep(0);
          yield {
            records: Array.from({ length: perBatch }, (_, index) => tick(first + index)),
            next: first + perBatch,
          };
        }
      },
      speed: Number.POSITIVE_INFINITY,
      onRecord: () => {
        taken += 1;
        sum += 1;
      },
      onTime: () => {},
      save: () => ({ sum }),
      onRestart: (state) => {
        sum = state?.sum ?? 0;
      },
    });
    return { player, opened, taken: () => taken, sum: () => sum };
  };

  it('goes back without reading all that is before', async () => {
    const { player, opened, taken, sum } = long();
    const aborter = new AbortController();
    aborters.push(aborter);
    void player.run(aborter.signal);
    await expect.poll(() => player.ended).toBe(true);
    expect(sum()).toBe(count);
    const before = taken();
    player.seek(-10);
    await expect.poll(() => player.position).toBe(count - 11);
    await expect.poll(() => sum()).toBe(count - 10);
    expect(opened[1]).toBeGreaterThan(0);
    expect(taken() - before).toBeLessThan(count / 1.5);
  });

  it('goes back to its beginning', async () => {
    const { player, opened, sum } = long();
    const aborter = new AbortController();
    aborters.push(aborter);
    void player.run(aborter.signal);
    await expect.poll(() => player.ended).toBe(true);
    player.seek(-1e9);
    await expect.poll(() => sum()).toBe(1);
    expect(player.position).toBe(0);
    expect(opened).toEqual([0, 0]);
  });
});
