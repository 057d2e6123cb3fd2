import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Effect } from '../../src/tui/keys/effect.ts';
import { Ui } from '../../src/tui/keys/ui.ts';
import type { Status } from '../../src/tui/paint/frame-input.ts';
import { makeTheme } from '../../src/tui/paint/theme.ts';
import type { Mode } from '../../src/tui/rows/rows.ts';
import { View } from '../../src/tui/view.ts';
import { exec } from '../fixtures/records.ts';
import { at, castOf, inTime, lifeOf, startOf } from '../fixtures/story.ts';
import { aBusyMachine, execs, tracing, users } from './support.ts';

const viewOf = (options: { isReplay?: boolean; mode?: Mode; size?: () => { columns: number; rows: number } } = {}) => {
  const effects: Effect[] = [];
  const status: { now: Status } = { now: tracing };
  const ui = new Ui({ isReplay: options.isReplay ?? false, users });
  ui.mode = options.mode ?? 'grouped';
  const view = new View({
    ui,
    theme: makeTheme({ colors: 'none', unicode: true }),
    users,
    size: options.size ?? (() => ({ columns: 100, rows: 30 })),
    status: () => status.now,
    onEffect: (effect) => effects.push(effect),
  });
  const text = (): string => view.frame.lines.map((line) => stripVTControlCharacters(line).trimEnd()).join('\n');
  const take = (...records: Parameters<View['store']['take']>[0][]): void => {
    for (const record of records) {
      view.store.take(record);
    }
  };
  return { view, effects, text, take, status };
};

describe('View', () => {
  afterEach(() => vi.useRealTimers());

  it('shows what was taken in when it is asked to, and notifies those who listen', () => {
    const { view, text, take } = viewOf();
    const onFrame = vi.fn();
    const stop = view.subscribe(onFrame);
    expect(text()).not.toContain('run 2');
    take(...execs(3));
    expect(text()).not.toContain('run 2');
    view.refresh();
    expect(text()).toContain('run 2');
    expect(onFrame).toHaveBeenCalledTimes(1);
    stop();
    view.refresh();
    expect(onFrame).toHaveBeenCalledTimes(1);
  });

  it('gives the same frame until there is another one, as React asks for', () => {
    const { view } = viewOf();
    expect(view.snapshot()).toBe(view.snapshot());
    const before = view.snapshot();
    view.refresh();
    expect(view.snapshot()).not.toBe(before);
  });

  it('shows at once what a key did, and passes on what it asks of others', () => {
    const { view, text, effects } = viewOf();
    view.press('?');
    expect(text()).toContain('one line');
    expect(effects).toEqual([]);
    view.press('escape');
    view.press('q');
    expect(effects).toEqual([{ type: 'quit' }]);
  });

  it('makes frames by itself while things happen, and while time passes', () => {
    vi.useFakeTimers();
    const { view, take } = viewOf();
    const onFrame = vi.fn();
    view.subscribe(onFrame);
    view.start();
    take(...execs(3));
    vi.advanceTimersByTime(150);
    expect(onFrame).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(5000);
    const idle = onFrame.mock.calls.length;
    expect(idle).toBeGreaterThanOrEqual(4);
    expect(idle).toBeLessThanOrEqual(8);
    view.stop();
    take(...execs(3));
    vi.advanceTimersByTime(60_000);
    expect(onFrame).toHaveBeenCalledTimes(idle);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes the size of the terminal each time, and leaves its last line free', () => {
    const size = { columns: 80, rows: 24 };
    const { view } = viewOf({ size: () => size });
    expect(view.frame.lines).toHaveLength(23);
    expect(view.frame.lines[0]).toHaveLength(80);
    Object.assign(size, { columns: 120, rows: 40 });
    view.refresh();
    expect(view.frame.lines).toHaveLength(39);
    expect(view.frame.lines[0]).toHaveLength(120);
  });

  it('never makes more lines, or longer ones, than a small terminal has', () => {
    for (const [columns, rows] of [
      [10, 3],
      [19, 24],
      [80, 4],
      [80, 3],
      [1, 1],
    ] as const) {
      const { view, take } = viewOf({ size: () => ({ columns, rows }) });
      take(...aBusyMachine());
      view.refresh();
      expect(view.frame.lines.length, `${columns} x ${rows}`).toBeLessThanOrEqual(rows);
      expect(view.frame.lines[0]!.length, `${columns} x ${rows}`).toBeLessThanOrEqual(columns);
    }
  });
});

describe('a recording that is wound back', () => {
  const played = () => {
    const all = viewOf({ isReplay: true });
    all.take(...inTime(...lifeOf(), ...startOf({ id: 'other', base: 90_000, from: 300 })));
    all.view.refresh();
    return all;
  };

  it('begins with an empty screen, and shows only what is played from then on', () => {
    const { view, text, take } = played();
    expect(text()).toContain('sh -c ls -l');
    view.restart();
    view.refresh();
    expect(text()).not.toContain('sh -c ls -l');
    take(exec({ ...at(0), args: ['again'] }));
    view.refresh();
    expect(text()).toContain('again');
  });

  it('shows the container that was opened as it is now, and nothing of others in it', () => {
    const { view, text, take } = played();
    view.press('/');
    for (const letter of 'c:xyxy12') {
      view.press(letter);
    }
    for (const key of ['enter', 'g', 'enter', '/', 'ctrl+u', 'enter']) {
      view.press(key);
    }
    expect(view.ui.focus).toMatchObject({ by: 'container', key: 'runc//xyxy12' });
    view.restart();
    take(
      ...Array.from({ length: 40 }, (_, index) => exec({ ...at(index), pid: 9000 + index, args: ['elsewhere'] })),
      exec({ ...at(50), ...castOf().inside(10123, 1), args: ['within'] }),
    );
    view.refresh();
    if (view.ui.focus !== undefined) {
      expect(text()).not.toContain('elsewhere');
    }
    expect(text()).toContain('within');
  });

  it('keeps the filter and the mode', () => {
    const { view, text, take } = played();
    for (const key of ['tab', '/', ...'curl', 'enter']) {
      view.press(key);
    }
    view.restart();
    take(exec({ args: ['curl', 'x'] }), exec({ args: ['ls'] }));
    view.refresh();
    expect(text()).toContain('[flat]');
    expect(text()).toContain('curl x');
    expect(text()).not.toMatch(/ ls$/m);
  });

  it('shows the end though the cursor was on an event that is not there any more', () => {
    const { view, text, take } = played();
    for (const key of ['tab', 'k']) {
      view.press(key);
    }
    view.restart();
    take(...execs(3));
    view.refresh();
    expect(text()).toContain('run 2');
    view.press('k');
    view.press('enter');
    expect(text()).toMatch(/exec at/);
  });
});
