import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { maxLogEvents } from '../../../src/tui/store/event-log.ts';
import { exec, failedExec, lost, usage } from '../../fixtures/records.ts';
import { at, castOf, lifeOf, startOf } from '../../fixtures/story.ts';
import { aBusyMachine, Desk, execs, inWeb, unsafe, web, withoutStyles } from '../support.ts';

const { inside } = castOf();
const flat = (...records: readonly NstraceRecord[]): Desk => {
  return new Desk({ mode: 'flat' }).take(...records);
};

describe('the keys of modes, order and kinds', () => {
  it('Tab and m go through all modes and begin anew', () => {
    const desk = new Desk().take(...aBusyMachine());
    const seen = ['tab', 'm', 'tab', 'm', 'tab'].map((key) => {
      desk.press(key);
      return desk.ui.mode;
    });
    expect(seen).toEqual(['grouped', 'flat', 'tree', 'lanes', 'containers']);
  });

  it('s and a letter sort by a column, a capital in reverse, S sorts again', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('s', 'n');
    expect(desk.ui.sort).toEqual({ column: 'name', reversed: false });
    expect(desk.body.slice(1).map((line) => line.split(' ')[0])).toEqual(['web', 'xyxy12', 'host']);
    desk.press('s', 'N');
    expect(desk.body.slice(1).map((line) => line.split(' ')[0])).toEqual(['xyxy12', 'web', 'host']);
    desk.store.passed(at(2000).mono);
    desk.press('s', 'x');
    expect(desk.body.slice(1).map((line) => line.split(' ')[0])).toEqual(['xyxy12', 'web', 'host']);
    desk.take(exec({ ...at(1000), ...inWeb, args: ['busy'] }), exec({ ...at(1000), ...inWeb, args: ['busy'] }));
    for (let more = 0; more < 20; more += 1) {
      desk.take(exec({ ...at(3900), ...inWeb, args: ['busy'] }));
    }
    desk.store.passed(at(5000).mono);
    expect(desk.body.slice(1).map((line) => line.split(' ')[0])).toEqual(['xyxy12', 'web', 'host']);
    desk.press('S');
    expect(desk.body.slice(1).map((line) => line.split(' ')[0])).toEqual(['web', 'xyxy12', 'host']);
  });

  it('e opens the kinds, j k and Space or a number switch one, Esc and e go back', () => {
    const desk = flat(exec({ args: ['ran'] }), failedExec({ args: ['broken'] }));
    desk.press('e', 'j', ' ');
    expect(desk.ui.kinds.shown.has('failed')).toBe(false);
    desk.press('escape');
    expect(desk.text).not.toContain('broken');
    desk.press('e', '2', 'k', 'enter', 'e');
    expect(desk.ui.overlay.name).toBeUndefined();
    expect([desk.ui.kinds.shown.has('failed'), desk.ui.kinds.shown.has('exec')]).toEqual([true, false]);
    expect(desk.text).toContain('broken');
    expect(desk.text).not.toContain('ran');
  });

  it('the cursor of the kinds stays within them', () => {
    const desk = new Desk();
    desk.press('e', 'k', 'k', ' ');
    expect(desk.ui.kinds.shown.has('exec')).toBe(false);
    desk.press(...'jjjjjjjjjjjj', ' ');
    expect(desk.ui.kinds.shown.has('cgroup')).toBe(true);
  });

  it('+ and - make the time of the lanes shorter and longer, within bounds', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('tab', 'tab', 'tab', 'tab', '+');
    expect(desk.ui.windowNs).toBe(30e9);
    desk.press('-', '-');
    expect(desk.ui.windowNs).toBe(120e9);
    desk.press(...'+'.repeat(30));
    expect(desk.ui.windowNs).toBeGreaterThan(0);
    desk.press(...'-'.repeat(60));
    expect(desk.ui.windowNs).toBeLessThanOrEqual(3600e9);
  });
});

describe('keys that ask something of others', () => {
  it.each([
    ['q', { type: 'quit' }],
    ['ctrl+c', { type: 'quit' }],
    ['ctrl+z', { type: 'suspend' }],
    ['r', { type: 'record' }],
    ['x', { type: 'clear' }],
  ])('%s asks to %j', (key, effect) => {
    expect(new Desk().take(...aBusyMachine()).press(key)).toEqual(effect);
  });

  it.each(['ctrl+c', 'ctrl+z'])('%s is heard while typing, and over help', (key) => {
    expect(new Desk().press('/', 'a', key)).toBeDefined();
    expect(new Desk().press('?', key)).toBeDefined();
  });

  it('q typed into the filter does not quit', () => {
    const desk = new Desk();
    expect(desk.press('/', 'q')).toBeUndefined();
    expect(desk.ui.prompt.text).toBe('q');
  });

  it('q closes what is on top before it quits', () => {
    const desk = new Desk();
    expect(desk.press('?', 'q')).toBeUndefined();
    expect(desk.press('q')).toEqual({ type: 'quit' });
  });

  it('a key without a meaning leaves details open', () => {
    const desk = flat(...execs(3));
    desk.press('k', 'enter', 'y');
    expect(desk.ui.overlay.name).toBe('details');
    desk.press('escape');
    expect(desk.ui.overlay.name).toBeUndefined();
  });

  it('c opens what can be copied of the line under the cursor, also out of its details', () => {
    const desk = flat(...execs(3));
    expect(desk.press('c')).toBeUndefined();
    expect(desk.second).toContain('no line is chosen');
    expect(desk.press('k', 'k', 'c', 'c')).toEqual({ type: 'copy', what: 'command', text: 'run 1' });
    expect(desk.press('enter', 'c', 'p')).toEqual({ type: 'copy', what: 'pid', text: '1001' });
    expect(desk.ui.overlay.name).toBe('details');
    expect(desk.press('escape', 'c', 'i')).toEqual({ type: 'copy', what: 'id', text: undefined });
  });

  it('c copies of containers and processes, too', () => {
    const desk = new Desk().take(...aBusyMachine());
    expect(desk.press('j', 'c', 'a')).toMatchObject({ text: 'xyxy12' });
    expect(desk.press('c', 'w')).toMatchObject({ text: 'runc exec -t xyxy12 sh' });
    expect(desk.press('c', 'd')).toMatchObject({ text: '4026532572' });
    desk.press('enter', 'tab', 'j', 'j');
    expect(desk.press('c', 'c')).toMatchObject({ text: 'sleep 1' });
    expect(desk.press('c', 'n')).toMatchObject({ text: '10' });
  });

  it('a live view has no keys for playing, and a replay none for recording', () => {
    const live = new Desk().take(...aBusyMachine());
    for (const key of ['left', 'right', ']', '+', '-']) {
      expect(live.press(key), key).toBeUndefined();
    }
    expect(new Desk({ isReplay: true }).press('r')).toBeUndefined();
  });

  it.each([
    [' ', { type: 'play' }],
    ['+', { type: 'speed', factor: 2 }],
    ['-', { type: 'speed', factor: 0.5 }],
    ['left', { type: 'seek', seconds: -5 }],
    ['right', { type: 'seek', seconds: 5 }],
  ])('in a replay %j asks to %j', (key, effect) => {
    expect(new Desk({ isReplay: true }).take(...aBusyMachine()).press(key)).toEqual(effect);
  });

  it.each([
    ['s', 'start'],
    ['x', 'exit'],
    ['e', 'error'],
    ['j', 'join'],
  ])('in a replay ] and %s go to the next %s', (key, to) => {
    expect(new Desk({ isReplay: true }).take(...aBusyMachine()).press(']', key)).toEqual({ type: 'jump', to });
  });

  it('M switches the mouse', () => {
    const desk = new Desk();
    expect([desk.press('M'), desk.press('M')]).toEqual([
      { type: 'mouse', on: true },
      { type: 'mouse', on: false },
    ]);
  });

  it('every key that the footer of a replay names does something', () => {
    const desk = new Desk({ isReplay: true, columns: 200 }).take(...aBusyMachine());
    expect(desk.foot).toContain('seek');
    const keys = / {2}(\S+) (\S+) seek/.exec(desk.foot)!.slice(1, 3);
    const names: Record<string, string> = { '←': 'left', '→': 'right' };
    expect(keys.map((key) => desk.press(names[key] ?? key))).toEqual([
      { type: 'seek', seconds: -5 },
      { type: 'seek', seconds: 5 },
    ]);
  });
});

describe('typing a filter', () => {
  it('filters with every letter', () => {
    const desk = flat(exec({ args: ['alpha'] }), exec({ args: ['alarm'] }), exec({ args: ['beta'] }));
    desk.press('/');
    expect(desk.body).toHaveLength(3);
    desk.type('al');
    expect(desk.body).toHaveLength(2);
    desk.type('p');
    expect(desk.body).toHaveLength(1);
    desk.press('backspace');
    expect(desk.body).toHaveLength(2);
    desk.press('delete', 'backspace');
    expect(desk.body).toHaveLength(3);
    expect(desk.ui.prompt.text).toBe('');
  });

  it('Enter keeps the filter, / goes on with it, Esc clears it', () => {
    const desk = flat(...execs(20));
    desk.press('/');
    desk.type('run 1').press('enter');
    expect([desk.ui.prompt.text, desk.ui.query.text]).toEqual([undefined, 'run 1']);
    desk.press('/');
    expect(desk.ui.prompt.text).toBe('run 1');
    desk.press('escape');
    expect([desk.ui.prompt.text, desk.ui.query.text]).toEqual([undefined, '']);
    desk.press('/');
    desk.type('run 1').press('enter', 'escape');
    expect(desk.ui.query.text).toBe('');
  });

  it('Enter says of a word that cannot be understood that it is left out, until the next key', () => {
    const desk = flat(...execs(20));
    desk.press('/');
    desk.type('name:api run').press('enter');
    expect(desk.ui.notice?.text).toMatch(/^left out of the filter: there is no key name: did you mean n:\?/);
    desk.press('j');
    expect(desk.ui.notice).toBeUndefined();
  });

  it('Ctrl-U empties it, keys that are no text do nothing to it', () => {
    const desk = new Desk();
    desk.press('/', 'a', 'up', 'tab', 'pagedown', 'ctrl+a', 'left', '日', ' ', 'b');
    expect(desk.ui.prompt.text).toBe('a日 b');
    desk.press('ctrl+u');
    expect(desk.ui.prompt.text).toBe('');
  });

  it('Backspace takes a whole letter, also a wide one', () => {
    const desk = new Desk();
    desk.press('/', 'a', '😀', 'backspace');
    expect(desk.ui.prompt.text).toBe('a');
  });

  it('does not grow without end', () => {
    const desk = new Desk();
    desk.press('/');
    desk.type('x'.repeat(1000));
    expect(desk.ui.prompt.text!.length).toBeLessThanOrEqual(200);
  });

  it.each(['\x1b', '\x07', '\n', '\x7f', '\x9b', '\u202e', '\u200b'])(
    'never gives a control character that was pasted to the terminal: %j',
    (character) => {
      const desk = flat(...execs(3));
      desk.press('/', 'a', character, 'b');
      expect(desk.frame.lines.map(withoutStyles).join('')).not.toMatch(unsafe);
      desk.press('enter');
      expect(desk.frame.lines.map(withoutStyles).join('')).not.toMatch(unsafe);
      desk.press('n');
      expect(desk.frame.lines.map(withoutStyles).join('')).not.toMatch(unsafe);
    },
  );
});

describe('n and N', () => {
  const searched = (): Desk => {
    const desk = flat(...execs(30));
    desk.press('/');
    desk.type('l:[12]5').press('escape');
    return desk;
  };

  it('go to the next and the previous event that the last filter matches, though all are shown', () => {
    const desk = searched();
    desk.press('g', 'n');
    expect(desk.underCursor).toMatch(/run 15$/);
    desk.press('n');
    expect(desk.underCursor).toMatch(/run 25$/);
    desk.press('N');
    expect(desk.underCursor).toMatch(/run 15$/);
  });

  it('say that there are no more, and stay', () => {
    const desk = searched();
    desk.press('g', 'n', 'n', 'n');
    expect(desk.second).toBe('no more l:[12]5');
    expect(desk.underCursor).toMatch(/run 25$/);
    desk.press('j');
    expect(desk.second).not.toContain('no more');
  });

  it('say that nothing was searched yet', () => {
    const desk = flat(...execs(3));
    desk.press('n');
    expect(desk.second).toContain('nothing was searched');
  });

  it('begin at the end when there is no cursor', () => {
    const desk = searched();
    desk.press('N');
    expect(desk.underCursor).toMatch(/run 25$/);
  });
});

describe('Enter and Esc', () => {
  it.each(['containers', 'grouped'] as const)('Enter opens a container, Esc goes back to it: %s', (mode) => {
    const desk = new Desk({ mode }).take(...aBusyMachine());
    desk.press('g');
    const name = desk.underCursor!;
    desk.press('enter');
    expect(desk.ui.focus).toBeDefined();
    expect(desk.second).toContain('Esc back');
    expect(desk.text).toMatch(/^entered +once/m);
    expect(desk.text).not.toContain('curl');
    desk.press('escape');
    expect(desk.ui.mode).toBe(mode);
    expect(desk.ui.focus).toBeUndefined();
    expect(desk.underCursor).toBe(name);
  });

  it('Enter opens the details of an event, Esc and q close them', () => {
    const desk = flat(...aBusyMachine());
    for (const close of ['escape', 'q']) {
      desk.press('k', 'enter');
      expect(desk.body[0]).toMatch(/^ex(ec|it) at 2026-01-02T03:04:05/);
      desk.press(close);
      expect(desk.text).not.toContain('2026-01-02T03:04:05');
    }
  });

  it.each(['tree', 'lanes'] as const)('Enter opens the details of a process in %s', (mode) => {
    const desk = new Desk({ mode }).take(...aBusyMachine());
    desk.press('g', 'j', 'enter');
    expect(desk.body[0]).toMatch(/^process 10123 \[sh\] has run for/);
    expect(desk.text).toMatch(/^ancestry\n {2}500 runc run xyxy12 {2}<- in the host$/m);
  });

  it('Enter without a cursor opens the first container', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('enter');
    expect(desk.second).toMatch(/^xyxy12 /);
  });

  it('Tab goes through what there is of one container', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('enter');
    const seen = ['tab', 'tab', 'tab'].map((key) => {
      desk.press(key);
      return desk.ui.mode;
    });
    expect(seen).toEqual(['tree', 'lanes', 'flat']);
  });

  it('Enter does nothing without a cursor in a list of events', () => {
    const desk = flat(...execs(3));
    desk.press('enter');
    expect([desk.ui.overlay.name, desk.ui.focus]).toEqual([undefined, undefined]);
  });

  it('Esc leaves a container before it clears the filter', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('/');
    desk.type('c:web').press('enter', 'g', 'enter', 'escape');
    expect([desk.ui.focus, desk.ui.query.text]).toEqual([undefined, 'c:web']);
    desk.press('escape');
    expect(desk.ui.query.text).toBe('');
  });
});

describe('moving', () => {
  const long = (): Desk => flat(...execs(100));
  const place = (desk: Desk): number => Number(/run (\d+)$/.exec(desk.underCursor ?? '')?.[1]);

  it('the cursor appears at the last line that is shown', () => {
    for (const key of ['j', 'k', 'up', 'down']) {
      const desk = long();
      desk.press(key);
      expect(place(desk), key).toBe(99);
    }
  });

  it.each([
    [['j'], 50],
    [['down', 'down'], 51],
    [['k'], 48],
    [['up', 'up', 'up'], 46],
    [['pagedown'], 49 + 20],
    [['pageup'], 49 - 20],
    [['ctrl+f'], 49 + 20],
    [['ctrl+b'], 49 - 20],
    [['ctrl+d'], 49 + 10],
    [['ctrl+u'], 49 - 10],
    [['g'], 0],
    [['home'], 0],
    [['pagedown', 'pagedown', 'pagedown', 'pagedown'], 99],
    [['pageup', 'pageup', 'pageup', 'pageup'], 0],
  ])('%j goes from 49 to %i', (keys, wanted) => {
    const desk = long();
    desk.press('g', ...'j'.repeat(49));
    expect(place(desk)).toBe(49);
    desk.press(...keys);
    expect(place(desk)).toBe(wanted);
  });

  it.each(['G', 'end', 'f'])('%s goes to the end and follows what comes', (key) => {
    const desk = long();
    desk.press('g');
    desk.take(exec({ args: ['newest', '1'] }));
    expect(desk.text).not.toContain('newest 1');
    desk.press(key);
    expect(desk.text).toContain('newest 1');
    desk.take(exec({ args: ['newest', '2'] }));
    expect(desk.text).toContain('newest 2');
  });

  it('the cursor stays on its event, and its line on the screen, while new ones come', () => {
    const desk = long();
    desk.press('k', 'k', 'k', 'k', 'k');
    expect(place(desk)).toBe(95);
    const row = desk.lines.findIndex((line) => /run 95 *$/.test(line));
    for (let more = 0; more < 200; more += 1) {
      desk.take(...execs(1, 100 + more));
      expect(place(desk)).toBe(95);
      expect(desk.lines.findIndex((line) => /run 95 *$/.test(line))).toBe(row);
    }
  });

  it('moves line by line up over the whole list, one at a time', () => {
    const desk = long();
    desk.press('k');
    for (let wanted = 99; wanted > 0; wanted -= 1) {
      expect(place(desk)).toBe(wanted);
      desk.press('k');
    }
  });

  it('does nothing on an empty screen', () => {
    const desk = new Desk();
    desk.press('j', 'k', 'g', 'G', 'pageup', 'pagedown', 'enter', 'c', 'n', 'escape', 'f', 'x', 's', 'n', ' ', ' ');
    expect(desk.text).toContain('Waiting');
  });

  it('is on the oldest event that is kept when its own is gone', () => {
    const desk = flat(...execs(50));
    desk.press('g', 'j');
    expect(place(desk)).toBe(1);
    // Lists leave out what was dropped now and then.
    for (const record of execs(maxLogEvents + 8000, 50)) {
      desk.take(record);
    }
    const oldest = place(desk);
    expect(oldest).toBeGreaterThan(50);
    desk.press('j');
    expect(place(desk)).toBe(oldest + 1);
    desk.press('enter');
    expect(desk.ui.overlay.name).toBe('details');
  });

  it('stays on its event when older ones are forgotten', () => {
    const desk = flat(...execs(1000));
    desk.press('k');
    expect(place(desk)).toBe(999);
    for (const record of execs(maxLogEvents - 900, 1000)) {
      desk.take(record);
    }
    expect(desk.store.events.dropped).toBeGreaterThan(0);
    expect(desk.store.events.dropped).toBeLessThan(999);
    expect(place(desk)).toBe(999);
  });

  it('keeps the cursor of the grouped view on its event while its container is busy', () => {
    const desk = new Desk({ mode: 'grouped' }).take(...startOf(), ...execs(5, 2000));
    desk.press(...'jjjjjjjjjjjjjj');
    const before = desk.underCursor;
    expect(before).toMatch(/run 200\d$/);
    for (let more = 0; more < 100; more += 1) {
      desk.take(...execs(1, 3000 + more));
    }
    expect(desk.underCursor).toBe(before);
  });
});

describe('Space in a live trace', () => {
  it('pauses the flat view, and says how much is new; again, and all of it is there', () => {
    const desk = flat(...execs(5));
    desk.press(' ');
    desk.take(...execs(7, 5));
    expect(desk.text).toContain('run 4');
    expect(desk.text).not.toContain('run 5');
    expect(desk.head).toContain('paused, 7 new');
    desk.press(' ');
    expect(desk.text).toContain('run 11');
    expect(desk.head).not.toContain('paused');
  });

  it.each(['grouped', 'tree', 'lanes'] as const)('pauses the %s view', (mode) => {
    const desk = new Desk().take(...aBusyMachine());
    while (desk.ui.mode !== mode) {
      desk.press('tab');
    }
    // Without the rates, which go on with time.
    const shown = () => desk.body.map((line) => line.slice(0, 24)).filter((line) => line.startsWith('  '));
    const before = shown();
    desk.press(' ');
    expect(desk.head).toContain('paused');
    const later = exec({ ...at(600), ...inside(10150, 11), args: ['brand', 'new'] });
    desk.take(later, ...lifeOf({ id: 'other', base: 90_000 }));
    expect(desk.text).not.toContain('brand new');
    expect(desk.body.join('\n')).not.toContain('other');
    expect(shown()).toEqual(before);
    desk.press(' ');
    expect(desk.text).toContain('brand new');
  });

  it('counts nothing as new that was there when it was pressed, whatever the mode', () => {
    for (const mode of ['grouped', 'flat', 'tree', 'lanes'] as const) {
      const desk = new Desk().take(
        exec({ ...at(0), args: ['on the host, long ago'] }),
        ...Array.from({ length: 50 }, (_, index) => exec({ ...at(10 + index), ...inside(10200 + index, 20 + index) })),
      );
      while (desk.ui.mode !== mode) {
        desk.press('tab');
      }
      desk.press(' ');
      expect(desk.head, mode).toContain('paused');
      expect(desk.head, mode).not.toContain('new');
      desk.take(...execs(3, 1000));
      expect(desk.head, mode).toContain('paused, 3 new');
    }
  });

  it('counts what is new though the filter hides the last events', () => {
    const desk = flat(...execs(5), ...Array.from({ length: 20 }, () => exec({ args: ['other'] })));
    desk.press('/');
    desk.type('run').press('enter', ' ');
    expect(desk.head).not.toContain('new');
    desk.take(...execs(2, 5));
    expect(desk.head).toContain('paused, 2 new');
  });

  it('never stops what is taken in', () => {
    const desk = flat(...execs(5));
    desk.press(' ');
    desk.take(...execs(100, 5), lost({ count: 9 }));
    expect(desk.store.nextId).toBe(106);
    expect(desk.head).toContain('lost 9');
  });

  it('does not say that it waits for events when the paused ones are gone', () => {
    const desk = flat(...execs(5));
    desk.press(' ');
    for (const record of execs(maxLogEvents + 100, 5)) {
      desk.take(record);
    }
    expect(desk.text).not.toContain('Waiting for something to run');
    expect(desk.head).toContain('paused');
  });

  it('still lets the cursor move', () => {
    const desk = flat(...execs(50));
    desk.press(' ');
    desk.take(...execs(50, 50));
    desk.press('k', 'k');
    expect(desk.underCursor).toMatch(/run 48$/);
  });
});

describe('digits, as in less', () => {
  const long = (): Desk => flat(...execs(100));
  const place = (desk: Desk): number => Number(/run (\d+)$/.exec(desk.underCursor ?? '')?.[1]);

  it.each([
    ['20G', 19],
    ['20g', 19],
    ['1G', 0],
    ['999G', 99],
  ])('%s goes to that line', (keys, wanted) => {
    const desk = long();
    desk.press(...keys);
    expect(place(desk)).toBe(wanted);
  });

  it('before a move they are how often', () => {
    const desk = long();
    desk.press('g', ...'12j');
    expect(place(desk)).toBe(12);
    desk.press(...'3k');
    expect(place(desk)).toBe(9);
    desk.press('j');
    expect(place(desk)).toBe(10);
  });

  it('are forgotten with a key that takes none, and 0 alone is none', () => {
    const desk = long();
    desk.press('g', '5', 'e', 'e', 'j');
    expect(place(desk)).toBe(1);
    desk.press('0', 'j');
    expect(place(desk)).toBe(2);
  });
});

describe('a mouse', () => {
  it('clicks choose a line, a second one opens it; elsewhere they do nothing', () => {
    const desk = new Desk().take(...aBusyMachine());
    const { layout } = desk.frame;
    expect(layout.firstLine).toBe(3);
    desk.ui.click(4, layout);
    expect(desk.underCursor).toMatch(/^web/);
    desk.ui.click(0, desk.frame.layout);
    desk.ui.click(20, desk.frame.layout);
    expect(desk.underCursor).toMatch(/^web/);
    desk.ui.click(4, desk.frame.layout);
    expect(desk.second).toMatch(/^web /);
  });

  it('the wheel moves three lines', () => {
    const desk = flat(...execs(100));
    desk.press('g', 'wheeldown', 'wheeldown', 'wheelup');
    expect(desk.underCursor).toMatch(/run 3$/);
  });
});

describe('the history of filters', () => {
  it('is there with up and down, each once, and what is being typed comes back', () => {
    const desk = flat(...execs(3));
    for (const text of ['one', 'two', 'one', 'three']) {
      desk.press('/', 'ctrl+u', ...text, 'enter');
    }
    desk.press('/', 'ctrl+u', 'x', 'up');
    expect(desk.ui.prompt.text).toBe('three');
    desk.press('up', 'up', 'up', 'up');
    expect(desk.ui.prompt.text).toBe('two');
    desk.press('down', 'down', 'down');
    expect(desk.ui.prompt.text).toBe('x');
  });
});

describe('overlays', () => {
  it('scroll, and stop at both ends', () => {
    const desk = flat(exec({ args: Array.from({ length: 100 }, (_, index) => `argument-${index}`) }));
    desk.press('k', 'enter');
    expect(desk.text).toContain('argument-0');
    desk.press(...'j'.repeat(300));
    expect(desk.text).toContain('argument-99');
    expect(desk.text).not.toContain('argument-0 ');
    const end = desk.text;
    desk.press('pagedown');
    expect(desk.text).toBe(end);
    desk.press('k');
    expect(desk.text).not.toBe(end);
    desk.press('g');
    expect(desk.text).toContain('exec at 2026-01-02');
    desk.press('k', 'pageup');
    expect(desk.text).toContain('exec at 2026-01-02');
  });

  it.each(['G', 'end'])('go to their end with %s', (key) => {
    const desk = new Desk({ rows: 10 });
    desk.press('?', key);
    expect(desk.body.join()).toContain('the program that started last in it');
    expect(desk.body.join()).not.toContain('more below');
  });

  it('are the same event, however much comes and goes behind them', () => {
    const desk = flat(exec({ ...inWeb, args: ['the', 'one'] }));
    desk.press('k', 'enter');
    const before = desk.body;
    expect(before.join('\n')).toContain(web.name);
    for (const record of execs(maxLogEvents + 1)) {
      desk.take(record);
    }
    expect(desk.body).toEqual(before);
  });
});

describe('a message', () => {
  it('gives its place back with the next key, and a later one is shown again', () => {
    const replay = { file: 's.ndjson', position: 3, length: 9, speed: 1 };
    const desk = new Desk({ isReplay: true, status: { replay, message: { text: 'it is incomplete', bad: true } } });
    desk.take(...aBusyMachine());
    expect(desk.second).toBe('it is incomplete');
    desk.press('j');
    expect(desk.second).toContain('s.ndjson');
    desk.press('k');
    expect(desk.second).toContain('s.ndjson');
    desk.status = { ...desk.status, message: { text: '3 events lost', bad: true } };
    expect(desk.second).toBe('3 events lost');
  });
});

describe('what is lost', () => {
  it('is listed whatever is filtered, and with a container that is looked at alone', () => {
    const desk = new Desk({ mode: 'flat' }).take(...aBusyMachine(), lost({ ...at(2000), count: 12 }));
    desk.type('/curl x:exec').press('enter');
    expect(desk.body).toEqual([expect.stringContaining('curl'), expect.stringContaining('12 events LOST (kernel)')]);
    desk.type('/').press('ctrl+u');
    desk.type('c:nosuch').press('enter');
    expect(desk.body).toEqual([expect.stringContaining('12 events LOST')]);
    desk.press('escape', 'tab', 'tab', 'tab', 's', 'n', 'enter');
    expect(desk.second).toMatch(/^web /);
    expect(desk.body.at(-1)).toContain('12 events LOST');
  });

  it('is no reason to list the host in the table', () => {
    const desk = new Desk().take(...aBusyMachine(), lost({ ...at(2000), count: 12 }));
    desk.type('/curl').press('enter');
    expect(desk.body.slice(1).map((line) => line.split(' ')[0])).toEqual(['web']);
  });
});

describe('keys that mean nothing', () => {
  it('say where the others are found, and go with the next one', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('Z');
    expect(desk.second).toBe('Z does nothing here: ? shows the keys');
    desk.press('j');
    expect(desk.second).toContain('[containers]');
    desk.press('f12');
    expect(desk.second).toContain('[containers]');
  });

  it('are marked in a filter, with what was probably meant', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.type('/container:web');
    expect(desk.foot).toContain('container:web_  there is no key container: did you mean c:?');
  });
});

describe('CPU of processes', () => {
  const cpuOf = (pid: number): number | undefined => ({ 1: 0.4, 400: 51.3, 2000: 12.25 })[pid];

  it('stands in the tree where it is measured, and says which process of the host is busy', () => {
    const desk = new Desk({ status: { cpuOf } }).take(...aBusyMachine());
    desk.press('G', 'enter');
    expect(desk.text).toMatch(/^busy {5}pid 400 uses 51% of a core: -bash$/m);
    desk.press('escape', 'tab', 'tab', 'tab');
    expect(desk.body[0]).toMatch(/NSPID +AGE RUNS\/S +CPU% COMMAND$/);
    expect(desk.text).toMatch(/^ +2000 .* 12\.\d nginx -g daemon off;$/m);
    expect(desk.text).toMatch(/^ +400 .* 51\.3 .*-bash$/m);
  });

  it('is what the last reading of a container said, where it is not measured', () => {
    const desk = new Desk({ mode: 'tree' }).take(...aBusyMachine());
    const reading = { container: { ...web }, busiest: [{ pid: 2000, cpu_ns: 1e9 }], interval_ns: 2e9 };
    desk.take(usage({ ...at(600), ...reading }));
    expect(desk.text).toMatch(/^ +2000 .* 50\.0 nginx -g daemon off;$/m);
    expect(desk.text).toMatch(/^ +400 .* - .*-bash$/m);
  });
});
