import { stripVTControlCharacters } from 'node:util';
import { cleanup, render } from 'ink-testing-library';
import { createElement } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/tui/keys/effect.ts';
import { Ui } from '../../../src/tui/keys/ui.ts';
import { makeTheme } from '../../../src/tui/paint/theme.ts';
import { App } from '../../../src/tui/terminal/app.ts';
import { View } from '../../../src/tui/view.ts';
import { exec } from '../../fixtures/records.ts';
import { castOf } from '../../fixtures/story.ts';
import { execs, hostile, hostileText, tracing, unsafe, users, withoutStyles } from '../support.ts';

afterEach(cleanup);

const up = '\x1b[A';
const down = '\x1b[B';

/** Lets React do what it put off, which takes some turns of the loop: how long they take is nothing to us. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
};

const show = async (color = false) => {
  const size = { columns: 100, rows: 20 };
  const effects: Effect[] = [];
  const ui = new Ui({ isReplay: false, users });
  ui.mode = 'grouped';
  const view = new View({
    ui,
    theme: makeTheme({ colors: color ? 'dark' : 'none', unicode: true }),
    users,
    size: () => size,
    status: () => tracing,
    onEffect: (effect) => effects.push(effect),
  });
  const { stdin, lastFrame } = render(createElement(App, { view }));
  await settle();
  const press = async (...inputs: string[]): Promise<void> => {
    for (const input of inputs) {
      stdin.write(input);
      await settle();
    }
  };
  const raw = (): string => lastFrame() ?? '';
  const lines = (): string[] => stripVTControlCharacters(raw()).split('\n');
  const take = async (...records: Parameters<View['store']['take']>[0][]): Promise<void> => {
    for (const record of records) {
      view.store.take(record);
    }
    view.refresh();
    await settle();
  };
  return { view, size, effects, press, raw, lines, take, text: () => lines().join('\n') };
};

describe('App', () => {
  it('shows exactly the lines of the frame', async () => {
    const { view, lines, take } = await show();
    await take(...execs(5));
    expect(lines().map((line) => line.trimEnd())).toEqual(
      view.frame.lines.map((line) => stripVTControlCharacters(line).trimEnd()),
    );
    expect(lines()).toHaveLength(19);
  });

  it('keeps the colours of the frame', async () => {
    const { raw, take } = await show(true);
    await take(...execs(5));
    // Ink writes styles in its own way.
    expect(raw()).toMatch(/\x1b\[36mnstrace/);
    expect(raw()).toMatch(/\x1b\[32m● tracing/);
  });

  it('shows what comes', async () => {
    const { text, take } = await show();
    await take(...execs(3));
    expect(text()).toContain('run 2');
    await take(...execs(1, 3));
    expect(text()).toContain('run 3');
  });

  it('takes letters, arrows, Tab, Enter and Esc', async () => {
    const { view, press, text, take } = await show();
    await take(...execs(5));
    await press('\t');
    expect(view.ui.mode).toBe('flat');
    await press(up, up, down, up);
    expect(view.ui.cursor).toBe('e3');
    await press('\r');
    expect(text()).toContain('exec at 2026');
    await press('\x1b');
    await press('\x1b');
    expect(view.ui.overlay.name).toBeUndefined();
    await press('?');
    expect(text()).toContain('Moving');
  });

  it.each(['\x1b[H', '\x1bOH', '\x1b[1~'])('takes Home as terminals send it: %j', async (sequence) => {
    const { view, press, take } = await show();
    await take(...execs(50));
    await press('\t', 'k', 'k', sequence);
    expect(view.ui.cursor).toBe('e0');
  });

  it.each(['\x1b[F', '\x1bOF', '\x1b[4~'])('takes End as terminals send it: %j', async (sequence) => {
    const { view, press, take } = await show();
    await take(...execs(50));
    await press('\t', 'k', 'k', sequence);
    expect(view.ui.cursor).toBeUndefined();
    expect(view.ui.follow).toBe(true);
  });

  it('takes pages as terminals send them', async () => {
    const { view, press, take } = await show();
    await take(...execs(50));
    await press('\t', 'k', '\x1b[5~');
    expect(view.ui.cursor).toBe('e34');
    await press('\x1b[6~');
    expect(view.ui.cursor).toBe('e49');
  });

  it('takes a filter letter by letter', async () => {
    const { view, press, text, take } = await show();
    await take(exec({ args: ['alpha'] }), exec({ args: ['beta'] }));
    await press('/', 'a', 'l', 'p');
    expect(view.ui.prompt.text).toBe('alp');
    expect(text()).toContain('alpha');
    expect(text()).not.toContain('beta');
    await press('\x7f', '\x7f', '\x7f');
    expect(text()).toContain('beta');
  });

  it('takes keys that come in one piece one by one', async () => {
    const { view, press, text, take } = await show();
    await take(exec({ args: ['alpha'] }), exec({ args: ['beta'] }));
    await press('/alp\r');
    expect([view.ui.prompt.text, view.ui.query.text]).toEqual([undefined, 'alp']);
    expect(text()).not.toContain('beta');
    await press(`${up}${up}`);
    expect(view.ui.cursor).toBeDefined();
  });

  it('takes Backspace and Tab that come in one piece with others as what they are', async () => {
    const { view, press, take } = await show();
    await take(...execs(3));
    await press('/', 'abc', '\x7f\x7f');
    expect(view.ui.prompt.text).toBe('a');
    await press('b\x7f\x7f');
    expect(view.ui.prompt.text).toBe('');
    await press('\r', '\t\t');
    expect(view.ui.mode).toBe('tree');
  });

  it('hears Ctrl-C in whatever piece it comes', async () => {
    const { effects, press } = await show();
    await press('\x03');
    expect(effects).toEqual([{ type: 'quit' }]);
    await press('/', 'ab\x03');
    expect(effects).toEqual([{ type: 'quit' }, { type: 'quit' }]);
  });

  it.each(['two\nlines', 'a\x07b', 'a\x9bb', 'a\u202eb', 'a\x00b'])(
    'never shows pasted control characters: %j',
    async (text) => {
      const { press, raw, lines } = await show();
      await press('/', text);
      expect(lines()).toHaveLength(19);
      expect(withoutStyles(raw()).replaceAll('\n', '')).not.toMatch(unsafe);
    },
  );

  it('takes wide letters and emoji', async () => {
    const { view, press } = await show();
    await press('/', '日本', '😀');
    expect(view.ui.prompt.text).toBe('日本😀');
    await press('\x7f');
    expect(view.ui.prompt.text).toBe('日本');
  });

  it('follows the size of the terminal', async () => {
    const { view, size, lines, take } = await show();
    await take(...execs(50));
    Object.assign(size, { columns: 60, rows: 12 });
    view.refresh();
    await settle();
    expect(lines()).toHaveLength(11);
    expect(Math.max(...lines().map((line) => line.length))).toBe(60);
    Object.assign(size, { columns: 90, rows: 30 });
    view.refresh();
    await settle();
    expect(lines()).toHaveLength(29);
  });

  it('gives nothing raw to the terminal that a program chose', async () => {
    const { press, raw, take } = await show();
    const container = { id: hostileText, name: hostileText, runtime: hostileText };
    await take(exec({ ...castOf().inside(7, 1), container, comm: hostileText, args: [hostileText] }));
    for (const key of ['\t', '\t', '\t', '\t', '\t', 'k', '\r']) {
      await press(key);
      expect(withoutStyles(raw()).replaceAll('\n', '')).not.toMatch(unsafe);
      expect(raw()).not.toContain(hostile.title);
    }
  });

  it('asks others for what it cannot do itself', async () => {
    const { effects, press } = await show();
    await press('r', 'x', 'q');
    expect(effects.map(({ type }) => type)).toEqual(['record', 'clear', 'quit']);
  });
});
