import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { bindings } from '../../src/tui/keys/bindings.ts';
import { menus } from '../../src/tui/keys/menu.ts';
import { widthOf } from '../../src/view/width.ts';
import { at, lifeOf } from '../fixtures/story.ts';
import { aBusyMachine, Desk, execs, hostileText, unsafe, withoutStyles } from './support.ts';

/** Numbers as if by chance, the same in every run. */
const chance = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
};

const keys = [
  ...bindings.flatMap((binding) => Object.keys(binding.keys)).filter((key) => !key.startsWith('ctrl+c')),
  ...Object.values(menus).flatMap(({ items }) => items.map(({ key }) => key)),
  ...['0', '1', '9', 'backspace', 'delete', 'ctrl+w', 'c:web', 'exit:!0', 'nosuch:', '"', '日', hostileText],
];

const sizes = [
  [80, 24],
  [40, 12],
  [120, 40],
  [20, 4],
  [200, 60],
] as const;

/** Records that come between keys. */
const stories: (() => NstraceRecord[])[] = [
  () => aBusyMachine(),
  () => [...lifeOf({ id: 'gone', base: 50_000 }), ...lifeOf({ id: 'gone', base: 60_000, from: 5000 })],
  () => execs(20, 1000),
];

describe('any keys in any order', () => {
  it.each([1, 2, 3, 4, 5, 6])('leave a whole screen, walk %i', (seed) => {
    const next = chance(seed);
    const [columns, rows] = sizes[seed % sizes.length]!;
    const replay = { file: 'a.ndjson', position: 1, length: 9, speed: 1 };
    const isReplay = seed % 2 === 0;
    const desk = new Desk({ columns, rows, isReplay, status: isReplay ? { replay } : {} });
    const pressed: string[] = [];
    for (let step = 0; step < 200; step += 1) {
      if (next(10) === 0) {
        desk.take(...stories[next(stories.length)]!());
        desk.store.passed(at(step * 50).mono);
      }
      if (next(60) === 0) {
        desk.store.clearEnded();
      }
      if (next(40) === 0) {
        [desk.columns, desk.rows] = sizes[next(sizes.length)]!;
      }
      if (next(20) === 0) {
        desk.ui.click(next(desk.rows), desk.frame.layout);
      }
      const key = keys[next(keys.length)]!;
      pressed.push(key);
      desk.press(key);
      const { lines } = desk.frame;
      const where = `after ${pressed.slice(-8).join(' ')}`;
      expect(lines, where).toHaveLength(desk.rows);
      for (const line of lines) {
        expect(widthOf(withoutStyles(line)), where).toBe(desk.columns);
        expect(withoutStyles(line), where).not.toMatch(unsafe);
      }
    }
  });
});
