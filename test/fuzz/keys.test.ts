import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bindings } from '../../src/tui/keys/bindings.ts';
import { menus } from '../../src/tui/keys/menu.ts';
import { widthOf } from '../../src/view/width.ts';
import { at, lifeOf } from '../fixtures/story.ts';
import { aBusyMachine, Desk, execs, unsafe, withoutStyles } from '../tui/support.ts';
import { anyText, corpus, runs } from './support.ts';

/** Keys that do something, by their names, and whatever a terminal could send. */
const key = fc.oneof(
  fc.constantFrom(
    ...bindings.flatMap((binding) => Object.keys(binding.keys)).filter((name) => !name.startsWith('ctrl+c')),
    ...Object.values(menus).flatMap(({ items }) => items.map((item) => item.key)),
    ...['0', '9', 'backspace', 'delete', 'ctrl+w', 'return', 'escape', 'c:web', 'exit:!0', '"'],
  ),
  anyText(12),
);

type Step = { key: string } | { size: [number, number] } | { click: number } | { story: number } | { clear: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ key }) },
  {
    weight: 1,
    arbitrary: fc.record({ size: fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 })) }),
  },
  { weight: 1, arbitrary: fc.record({ click: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ story: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ clear: true }) },
);

const stories = [
  () => aBusyMachine(),
  () => [...lifeOf({ id: 'gone', base: 50_000 }), ...lifeOf({ id: 'gone', base: 60_000, from: 5000 })],
  () => execs(20, 1000),
];

it('any keys, clicks, sizes and events in any order leave a whole screen', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isReplay) => {
      const replay = { file: 'a.ndjson', position: 1, length: 9, speed: 1 };
      const desk = new Desk({ isReplay, status: isReplay ? { replay } : {} });
      let now = 0;
      for (const one of steps) {
        now += 50;
        if ('key' in one) {
          desk.press(one.key);
        } else if ('size' in one) {
          [desk.columns, desk.rows] = one.size;
        } else if ('click' in one) {
          desk.ui.click(one.click, desk.frame.layout);
        } else if ('story' in one) {
          desk.take(...stories[one.story]!());
          desk.store.passed(at(now).mono);
        } else {
          desk.store.clearEnded();
        }
        const { lines } = desk.frame;
        expect(lines.length).toBe(desk.rows);
        for (const line of lines) {
          expect(widthOf(withoutStyles(line))).toBe(desk.columns);
          expect(withoutStyles(line)).not.toMatch(unsafe);
        }
      }
    }),
    { numRuns: runs(60), examples: corpus<Step[]>('keys').map(([steps]) => [steps, false] as [Step[], boolean]) },
  );
});
