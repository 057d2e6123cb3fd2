import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { cutTo, widthOf } from '../../../src/view/width.ts';
import {
  cgroup,
  container,
  exec,
  exit,
  failedExec,
  fork,
  header,
  lost,
  namespace,
  process as running,
  xyxy12Info,
} from '../../fixtures/records.ts';
import { at, castOf, lifeOf } from '../../fixtures/story.ts';
import {
  aBusyMachine,
  Desk,
  type DeskOptions,
  execs,
  hostile,
  hostileText,
  inWeb,
  unsafe,
  web,
  withoutStyles,
} from '../support.ts';

const { inside } = castOf();
const modes = ['containers', 'grouped', 'flat', 'tree', 'lanes'] as const;

const inMode = (desk: Desk, mode: (typeof modes)[number]): Desk => {
  while (desk.ui.mode !== mode) {
    desk.press('tab');
  }
  return desk;
};

/** Records in which every text that somebody can choose is chosen to fool who watches. */
const hostileRecords = (): NstraceRecord[] => {
  const ref = { id: hostileText, name: hostileText, runtime: hostileText };
  const info = {
    ...{ ...ref, pidns: 4026532999, init: 70, image: hostileText, cgroups: [hostileText] },
    shared: { net: [hostileText, 'host'] },
  };
  const bad = { comm: hostileText, exe: hostileText, args: [hostileText, hostileText] };
  const within = { pid: 70, nspid: [70, 1], container: ref };
  return [
    header(),
    container({ ...at(0), op: 'created', container: info, by: { pid: 9, comm: hostileText, args: [hostileText] } }),
    container({ ...at(1), op: 'started', container: info, pid: 70 }),
    exec({ ...at(1), ...within, ...bad, origin: 'init' }),
    failedExec({ ...at(2), ...within, ...bad, errno: hostileText }),
    fork({ ...at(3), ...within, pid: 71, comm: hostileText, flags: [hostileText] }),
    namespace({ ...at(4), ...within, comm: hostileText }),
    cgroup({ ...at(5), ...within, path: hostileText, hierarchy: hostileText }),
    container({
      ...at(6),
      op: 'joined',
      container: info,
      pid: 71,
      by: { pid: 9, comm: hostileText, args: [hostileText] },
    }),
    exit({ ...at(7), ...within, pid: 71, comm: hostileText, signal: hostileText }),
    container({ ...at(8), op: 'stopped', container: info, signal: hostileText }),
    running({ ...at(9), pid: 80, nspid: [80], comm: hostileText, args: [] }),
    exec({ ...at(10), pid: 81, comm: hostileText, exe: hostileText, args: [], unit: hostileText, cwd: hostileText }),
    lost({ ...at(11) }),
  ];
};

/** The view in every state that it can be in, with these records. */
const states: Record<string, (desk: Desk) => void> = {
  ...Object.fromEntries(modes.map((mode) => [mode, (desk: Desk) => void inMode(desk, mode)])),
  'one container': (desk) => void desk.press('g', 'enter'),
  'the cursor': (desk) => void inMode(desk, 'flat').press('k', 'k'),
  help: (desk) => void desk.press('?'),
  kinds: (desk) => void desk.press('e', 'j'),
  filter: (desk) => void desk.type('/zebra'),
  'a filter that was kept': (desk) => void desk.type('/c:').press('enter'),
  paused: (desk) => void desk.press(' '),
  'all kinds': (desk) => void inMode(desk, 'flat').press('e', '7', '8', 'e'),
};

const details = (desk: Desk): string[][] => {
  const frames: string[][] = [];
  inMode(desk, 'flat').press('e', '7', '8', 'e', 'k');
  for (let step = 0; step < 14; step += 1) {
    desk.press('enter');
    frames.push([...desk.frame.lines]);
    desk.press('pagedown');
    frames.push([...desk.frame.lines]);
    desk.press('escape', 'k');
  }
  return frames;
};

const sizes = [
  [40, 10],
  [80, 24],
  [120, 40],
  [300, 100],
  [20, 4],
  [81, 25],
  [57, 13],
] as const;

const contents: Record<string, () => NstraceRecord[]> = {
  'an empty machine': () => [],
  'a busy machine': aBusyMachine,
  'hostile texts': hostileRecords,
  'wide texts': () =>
    [hostile.wide, hostile.emoji, hostile.combining, hostile.hebrew, hostile.zalgo].flatMap((text, index) => {
      const ref = { id: `${index}`, name: `${text}${index}`, runtime: text };
      return [
        container({ op: 'created', container: { ...xyxy12Info, ...ref } }),
        exec({ ...at(index), ...inside(90 + index, 1), container: ref, args: [text.repeat(20), text] }),
        exit({ ...at(index), ...inside(90 + index, 1), container: ref, comm: text, code: 1 }),
      ];
    }),
};

describe('the size of a frame', () => {
  const check = (lines: readonly string[], [columns, rows]: readonly [number, number]): void => {
    expect(lines).toHaveLength(rows);
    for (const line of lines) {
      expect(widthOf(withoutStyles(line)), JSON.stringify(line)).toBe(columns);
    }
  };

  describe.each(sizes)('%i x %i', (columns, rows) => {
    it.each(Object.keys(contents))('is exact in every state, with %s', (content) => {
      for (const isReplay of [false, true]) {
        const replay = { file: `${hostile.wide}.ndjson`, position: 90, length: 4000, speed: 4 };
        const options: DeskOptions = { columns, rows, isReplay, color: true, status: isReplay ? { replay } : {} };
        for (const [state, go] of Object.entries(states)) {
          const desk = new Desk(options).take(...contents[content]!());
          go(desk);
          check(desk.frame.lines, [columns, rows]);
          expect(withoutStyles(desk.frame.lines.join('')), `${content}, ${state}`).not.toMatch(unsafe);
        }
        for (const lines of isReplay ? [] : details(new Desk(options).take(...contents[content]!()))) {
          check(lines, [columns, rows]);
          expect(withoutStyles(lines.join(''))).not.toMatch(unsafe);
        }
      }
    });
  });

  it('is exact with long messages, recordings and notices', () => {
    for (const [columns, rows] of sizes) {
      for (const text of ['short', 'long '.repeat(100), hostile.wide.repeat(30)]) {
        for (const bad of [false, true]) {
          const status = { recording: text, message: { text, bad }, cpuPercent: 1234.5, seconds: 1e6 };
          const desk = new Desk({ columns, rows, status }).take(...aBusyMachine());
          check(desk.frame.lines, [columns, rows]);
          desk.ui.notice = { text, bad };
          check(desk.frame.lines, [columns, rows]);
          check(new Desk({ columns, rows, status }).frame.lines, [columns, rows]);
        }
      }
    }
  });

  it('is the same frame for the same input', () => {
    const desk = new Desk().take(...aBusyMachine());
    expect(desk.frame.lines).toEqual(desk.frame.lines);
  });
});

describe('screens', () => {
  const matches = async (desk: Desk, name: string): Promise<void> => {
    await expect(`${desk.text}\n`).toMatchFileSnapshot(`../../screens/${name}.txt`);
  };
  const busy = (options: DeskOptions = {}): Desk => {
    const desk = new Desk(options).take(...aBusyMachine());
    desk.store.passed(at(2000).mono);
    return desk;
  };

  it.each(modes)('%s', (mode) => matches(inMode(busy({ columns: 100 }), mode), mode));

  it('details', () => {
    const desk = inMode(busy({ rows: 40 }), 'flat');
    desk.type('/n:^top$ x:exec').press('enter', 'k', 'enter');
    expect(desk.text).toContain('exec at');
    return matches(desk, 'details');
  });

  it('help', () => {
    const desk = busy({ columns: 120, rows: 30 });
    desk.press('?');
    return matches(desk, 'help');
  });

  it('help of a replay', () => {
    const desk = busy({ columns: 120, rows: 30, isReplay: true });
    desk.press('?');
    return matches(desk, 'help-replay');
  });

  it('kinds', () => {
    const desk = busy();
    desk.press('e', 'j');
    return matches(desk, 'kinds');
  });

  it('filter', () => matches(busy().type('/c:xyxy12'), 'filter'));

  it('a filter that matches nothing', () => matches(busy().type('/n:zebra'), 'filter-nothing'));

  it('empty', () => matches(new Desk({ rows: 12 }).take(header({ ...at(0) })), 'empty'));

  it('waiting for a container', () => {
    const message = { text: 'Waiting for a container xyxy12', bad: false };
    return matches(new Desk({ rows: 12, status: { state: 'waiting', message } }).take(header()), 'waiting');
  });

  it('starting', () => matches(new Desk({ rows: 12, status: { state: 'starting', seconds: 0 } }), 'starting'));

  it('narrow', () => matches(busy({ columns: 40, rows: 12 }), 'narrow'));

  it('lost events', () => matches(inMode(busy({ rows: 12 }).take(lost({ ...at(2000) })), 'flat'), 'lost'));

  it('ASCII', () => matches(busy({ unicode: false, columns: 100 }), 'ascii'));

  it('the bar of a replay', () => {
    const replay = { file: 'session.ndjson', position: 65, length: 260, speed: 4 };
    return matches(busy({ rows: 12, isReplay: true, status: { state: 'playing', replay } }), 'replay');
  });

  it('are readable text: no control characters', () => {
    for (const name of ['grouped', 'lanes', 'details', 'replay']) {
      const text = readFileSync(join(import.meta.dirname, `../../screens/${name}.txt`), 'utf8');
      expect(text).not.toMatch(/[^\n\x20-\x7e\u00a1-\uffff]/);
    }
  });
});

describe('a line that has no room for a path', () => {
  const path = '/srv/recordings/of/a/very/deep/tree/of/folders/session.ndjson';

  it('keeps the name of a file and what is wrong with it, not its folders', () => {
    const message = { text: `${path}: line 88: it is no exec of nstrace/1`, bad: true };
    expect(new Desk({ columns: 80, status: { message } }).lines[1]!.trimEnd()).toBe(
      '.../session.ndjson: line 88: it is no exec of nstrace/1',
    );
  });

  it('keeps the name of a file that is replayed', () => {
    const replay = { file: path, position: 65, length: 260, speed: 4 };
    expect(new Desk({ columns: 80, isReplay: true, status: { state: 'playing', replay } }).lines[1]).toMatch(
      /^\[containers\] \.\.\.\/session\.ndjson /,
    );
  });
});

describe('the first line', () => {
  it('says what is lost, and when it can be more', () => {
    const desk = new Desk().take(...aBusyMachine());
    expect(desk.head).toMatch(/ lost 0 /);
    desk.take(lost({ count: 12 }));
    expect(desk.head).toMatch(/ lost 12 /);
    desk.take(lost({ count: 1, exact: false }));
    expect(desk.head).toMatch(/ lost >=13 /);
  });

  it.each([
    [40, 10],
    [60, 15],
    [80, 24],
  ])('says what is lost at %i x %i too, also while paused and recording', (columns, rows) => {
    const status = { seconds: 7265, recording: 'nstrace-2026-01-02T030405Z.ndjson' };
    const desk = new Desk({ columns, rows, status }).take(...aBusyMachine(), lost({ count: 12 }));
    desk.press(' ');
    desk.take(...execs(2000, 100));
    expect(desk.head).toContain('lost 12');
  });

  it('says that it records, also on a terminal of 80 columns', () => {
    const status = { recording: 'nstrace-2026-01-02T030405Z.ndjson' };
    const desk = new Desk({ status }).take(...aBusyMachine());
    expect(desk.text).toMatch(/◉ .*nstrace-2026/);
    expect(new Desk({ columns: 120, status }).take(...aBusyMachine()).head).toContain(`◉ ${status.recording}`);
  });

  it('says how many containers live', () => {
    const desk = new Desk().take(...aBusyMachine(), ...lifeOf({ id: 'gone', base: 90_000 }));
    expect(desk.head).toContain('containers 2');
  });

  it.each([
    ['tracing', '● tracing'],
    ['waiting', '◌ waiting'],
    ['starting', '◌ starting'],
    ['ended', '■ ended'],
    ['playing', '▶ playing'],
    ['held', '‖ held'],
  ] as const)('says that it is %s in words and with a sign', (state, wanted) => {
    expect(new Desk({ status: { state } }).head).toContain(wanted);
  });

  it('has the last minute as a picture where there is room', () => {
    const desk = new Desk({ columns: 140 }).take(...execs(30));
    desk.store.passed(at(5000).mono);
    expect(desk.head).toMatch(/[▁▂▃▄▅▆▇█]{20}/);
  });
});

describe('a container that is called host', () => {
  it.each(['containers', 'grouped', 'flat', 'tree', 'lanes'] as const)('is not the host: %s', (mode) => {
    const desk = inMode(new Desk({ columns: 120, rows: 30 }).take(...lifeOf({ id: 'host' })), mode);
    expect(desk.text).toContain('runc/host');
  });
});

describe('the second line', () => {
  it('shows the mode, the order and the filter', () => {
    const desk = new Desk().take(...aBusyMachine());
    desk.press('tab', 's', 'a');
    desk.type('/c:web').press('enter');
    expect(desk.second).toMatch(/^filter: c:web .*\[grouped\].* sort age/);
  });

  it.each([80, 60])('shows that a container is filtered at %i columns too', (columns) => {
    const desk = new Desk({ columns }).take(...aBusyMachine());
    desk.type('/c:xyxy12').press('enter', 'g', 'enter');
    expect(desk.text).toContain('c:xyxy12');
  });

  it('shows the filter of a replay too', () => {
    const replay = { file: 'a.ndjson', position: 1, length: 9, speed: 1 };
    const desk = new Desk({ isReplay: true, status: { replay } }).take(...aBusyMachine());
    desk.type('/c:web').press('enter');
    expect(desk.text).toContain('c:web');
  });

  it('shows an error in the place of the tabs, and what is below lives on', () => {
    const message = { text: 'writing x.ndjson failed: no space left on device', bad: true };
    const desk = new Desk({ status: { message } }).take(...aBusyMachine());
    expect(desk.second).toBe(message.text);
    const body = desk.body;
    desk.press('tab');
    expect(desk.body).not.toEqual(body);
  });

  it('says how many have ended, and which key clears them', () => {
    const desk = new Desk({ columns: 100 }).take(...lifeOf());
    expect(desk.second).toContain('1 ended, x clears');
  });

  it('has the whole time of a replay also where its file has a long or a wide name', () => {
    for (const file of ['a.ndjson', 'long'.repeat(20), hostile.wide, hostile.wide.repeat(9)]) {
      for (const columns of [40, 80, 120]) {
        const replay = { file, position: 65, length: 260, speed: 4 };
        const desk = new Desk({ columns, isReplay: true, status: { replay } });
        expect(desk.second, `${file} ${columns}`).toContain('00:01:05/00:04:20 x4');
      }
    }
  });

  it('shows with its bar how far a replay is', () => {
    const bar = (position: number) => {
      const replay = { file: 'a.ndjson', position, length: 100, speed: 1 };
      return [...new Desk({ isReplay: true, status: { replay } }).second].filter((sign) => sign === '━').length;
    };
    const [none, half, full, beyond] = [bar(0), bar(50), bar(100), bar(150)] as const;
    expect(none).toBe(0);
    expect(full).toBeGreaterThan(20);
    expect(Math.abs(half - full / 2)).toBeLessThanOrEqual(1);
    expect(beyond).toBe(full);
  });
});

describe('the last line', () => {
  it.each([20, 30, 40, 57, 80, 120, 300])('names as many keys as fit into %i columns, none of them cut', (columns) => {
    for (const isReplay of [false, true]) {
      const { foot } = new Desk({ columns, isReplay });
      expect(widthOf(foot)).toBeLessThanOrEqual(columns);
      expect(foot).toMatch(/^\? help {2}q quit/);
      expect(foot).not.toContain('~');
    }
  });

  it('names all of them where there is room', () => {
    const live = new Desk({ columns: 200 }).foot;
    for (const word of [
      'help',
      'quit',
      'filter',
      'mode',
      'open',
      'pause',
      'follow',
      'sort',
      'kinds',
      'record',
      'copy',
    ]) {
      expect(live).toContain(word);
    }
    const replay = new Desk({ columns: 200, isReplay: true }).foot;
    for (const word of ['play', 'speed', 'seek', 'jump']) {
      expect(replay).toContain(word);
    }
    expect(replay).not.toContain('record');
  });

  it('shows what is typed into the filter, and its end where it is longer than the line', () => {
    const desk = new Desk({ columns: 40 }).type('/n:curl');
    expect(desk.foot).toMatch(/^\/n:curl_/);
    desk.type(` ${'x'.repeat(60)}END`);
    expect(desk.foot).toContain('END');
  });
});

describe('what has nothing to show', () => {
  it.each(modes)('says that a filter matches nothing in the %s view', (mode) => {
    const desk = inMode(new Desk().take(...aBusyMachine()), mode).type('/zebra');
    expect(desk.text).toContain('Nothing matches zebra');
    expect(desk.text).toContain('Esc clears the filter');
    desk.press('escape');
    expect(desk.text).not.toContain('Nothing matches');
  });

  it('says what it waits for', () => {
    expect(new Desk().take(header()).text).toContain('Waiting for something to run');
    const message = { text: 'Waiting for a container xyxy12', bad: false };
    expect(new Desk({ status: { state: 'waiting', message } }).take(header()).text).toContain(message.text);
  });

  it.each(modes)('says in the %s view that it attaches the probes', (mode) => {
    expect(inMode(new Desk({ status: { state: 'starting' } }), mode).text).toContain('Attaching the probes');
  });

  it('does not say that nothing ran where no kind of event is chosen', () => {
    const desk = inMode(new Desk().take(...aBusyMachine()), 'flat');
    desk.press('e', ...'123456', 'e');
    expect(desk.text).not.toContain('Waiting for something to run');
    expect(desk.text).toMatch(/kind/);
  });

  it('puts texts of wide characters into the middle by their width', () => {
    const message = { text: 'Waiting for a container 日本語日本語日本語', bad: false };
    const desk = new Desk({ status: { state: 'waiting', message } }).take(header());
    const line = desk.lines.find((candidate) => candidate.includes('日本語'))!;
    const before = widthOf(line) - widthOf(line.trimStart());
    expect(before).toBe(Math.floor((80 - widthOf(message.text)) / 2));
  });
});

describe('lines of events', () => {
  const flat = (...records: NstraceRecord[]): string[] =>
    inMode(new Desk({ columns: 110 }).take(...records), 'flat').body;

  it('say what happened with a sign and in words, not by colour alone', () => {
    const lines = flat(
      exec({ ...at(0), ...inside(7, 1), args: ['plain'] }),
      exec({ ...at(1), ...inside(8, 2), args: ['first'], origin: 'init' }),
      exec({ ...at(2), ...inside(9, 3), args: ['guest'], origin: 'joined' }),
      failedExec({ ...at(3), args: ['nowhere'] }),
      exit({ ...at(4), code: 3 }),
      exit({ ...at(5), signal: 'SIGKILL', oom: true }),
      container({ ...at(6), op: 'joined', pid: 9, by: { pid: 5, comm: 'runc', args: ['runc', 'exec'] } }),
      lost({ ...at(7), count: 5 }),
      lost({ ...at(8), count: 5, exact: false }),
    );
    expect(lines.map((line) => line.replace(/^\S+ (\S+) +/, '$1 ').replace(/ +/g, ' '))).toEqual([
      'xyxy12 7 1 plain',
      'xyxy12 8 2 ▶ first',
      'xyxy12 9 3 ◆ guest',
      'host 500 - ✗ ENOENT nowhere',
      'host 500 - ◂ ls code 3 after 12.3 ms',
      'host 500 - ◂ ls SIGKILL, out of memory after 12.3 ms',
      'xyxy12 9 - ◆ entered by runc exec, pid 5',
      'host - ✗ 5 events LOST (kernel)',
      'host - ✗ at least 5 events LOST (kernel)',
    ]);
  });

  it('keep their columns with wide, combining and right-to-left names', () => {
    const named = (name: string) =>
      exec({ ...inside(7, 1), container: { id: name, name, runtime: 'x' }, args: ['HERE'] });
    const names = ['plain', hostile.wide, hostile.combining, hostile.hebrew, '😀 container', 'e\u0301', 'x'.repeat(60)];
    const places = flat(...names.map(named)).map((line) => widthOf(line.slice(0, line.indexOf('HERE'))));
    expect(new Set(places).size).toBe(1);
  });

  it('have the clock of this machine', () => {
    expect(flat(exec(at(1500)))[0]).toMatch(/^03:04:06 /);
  });
});

describe('lines of containers', () => {
  const groupLine = (desk: Desk): string => desk.body.find((line) => line.startsWith('▾') || line.startsWith('■'))!;

  it('say runtime, pid namespace, init, how many live, execs and age', () => {
    const desk = new Desk({ columns: 120, mode: 'grouped' }).take(...aBusyMachine());
    desk.press('s', 'n');
    desk.store.passed(at(10_000).mono);
    expect(groupLine(desk)).toBe(`▾ web  running 9s  1 alive 1 execs  docker nginx:1 pid:[4026532700] init 2000`);
  });

  it('say that they ended, and how', () => {
    const desk = new Desk({ columns: 120, mode: 'grouped' }).take(...lifeOf());
    expect(groupLine(desk)).toMatch(/^■ xyxy12 {2}exited 5 /);
  });

  it('say with whom they share a namespace', () => {
    const info = { ...xyxy12Info, shared: { net: ['host'], pid: [web.name] } };
    const desk = new Desk({ columns: 120, mode: 'grouped' }).take(
      container({ op: 'created', container: info }),
      exec(inside(7, 1)),
    );
    expect(groupLine(desk)).toMatch(/shares net with host, pid with web /);
  });
});

describe('details on the screen', () => {
  it('wrap a long command, and all of it is there', () => {
    const words = Array.from({ length: 300 }, (_, index) => `word${index}`);
    for (const args of [['sh', '-c', words.join(' ')], [words.join('')], words, [hostile.wide.repeat(50), 'END']]) {
      const desk = inMode(new Desk({ columns: 40, rows: 2000 }).take(exec({ args })), 'flat');
      desk.press('k', 'enter');
      const text = desk.body.join('').replaceAll(/\s/g, '');
      for (const arg of args) {
        expect(text).toContain(arg.replaceAll(' ', ''));
      }
    }
  });

  it('show the end of the longest command that is recorded', () => {
    const args = ['sh', '-c', `${'x'.repeat(60 * 1024)}END`];
    const desk = inMode(new Desk({ columns: 40, rows: 5000 }).take(exec({ args })), 'flat');
    desk.press('k', 'enter');
    expect(desk.body.join('')).toContain('END');
  });

  it('show a command of 60 KiB of wide letters before one loses patience', () => {
    const args = ['sh', '-c', `${'日'.repeat(20 * 1024)}END`];
    const desk = inMode(new Desk({ columns: 120, rows: 40 }).take(exec({ args })), 'flat');
    desk.press('k', 'enter');
    expect(desk.text).toContain('日日日');
  });

  it('show all of a command without UTF-8 too', () => {
    const args = ['日'.repeat(30), 'END'];
    const desk = inMode(new Desk({ columns: 40, rows: 100, unicode: false }).take(exec({ args })), 'flat');
    desk.press('k', 'enter');
    const argument = desk.body.join('').replaceAll(/\s/g, '').split('$')[0]!;
    expect(argument.match(/\\u\{65e5\}/g)).toHaveLength(30);
    expect(argument).not.toContain('~');
  });

  it('keep columns of wide text within the screen', () => {
    const desk = inMode(new Desk({ columns: 41 }).take(exec({ args: [hostile.wide.repeat(30)] })), 'flat');
    desk.press('k', 'enter');
    for (const line of desk.lines) {
      expect(widthOf(line)).toBe(41);
    }
  });
});

describe('colours', () => {
  it('are those of the terminal’s own palette only', () => {
    const desk = new Desk({ color: true, columns: 120 }).take(...aBusyMachine(), lost());
    for (const state of Object.values(states)) {
      state(desk);
      for (const [, codes] of desk.frame.lines.join('').matchAll(/\x1b\[([\d;]*)m/g)) {
        expect(codes).toMatch(/^(0|1|2|7|3[0-7]|1;3[0-7])$/);
      }
      desk.press('escape', 'escape', 'escape');
    }
  });

  it('are not there without colours, only the cursor is inverse', () => {
    const desk = new Desk({ columns: 120 }).take(...aBusyMachine(), lost());
    for (const state of Object.values(states)) {
      state(desk);
      const codes = [...desk.frame.lines.join('').matchAll(/\x1b\[([\d;]*)m/g)].map(([, code]) => code);
      expect(codes.filter((code) => code !== '7' && code !== '0')).toEqual([]);
      desk.press('escape', 'escape', 'escape');
    }
  });

  it('never run on into the next line', () => {
    const desk = new Desk({ color: true }).take(...aBusyMachine());
    for (const line of desk.frame.lines.filter((candidate) => candidate.includes('\x1b'))) {
      expect(line.lastIndexOf('\x1b[0m')).toBe(line.lastIndexOf('\x1b['));
    }
  });
});

describe('ASCII', () => {
  const asciiOnly = (records: readonly NstraceRecord[]): void => {
    for (const isReplay of [false, true]) {
      const replay = { file: 'a.ndjson', position: 1, length: 9, speed: 1 };
      const options = { unicode: false, columns: 120, rows: 40, isReplay, status: isReplay ? { replay } : {} };
      for (const [state, go] of Object.entries(states)) {
        const desk = new Desk(options).take(...records);
        go(desk);
        expect(desk.lines.join(''), state).toMatch(/^[\x20-\x7e]*$/);
      }
    }
  };

  it('is all that there is without UTF-8', () => {
    asciiOnly([...aBusyMachine(), ...lifeOf({ id: 'gone', base: 90_000, from: 600 }), lost({ ...at(2000) })]);
  });

  it('is all that there is without UTF-8, also where programs chose other text', () => {
    asciiOnly(contents['wide texts']!());
  });

  it('has a sign of its own for everything', () => {
    const desk = inMode(
      new Desk({ unicode: false, columns: 120 }).take(
        exec({ ...at(0), ...inWeb, args: ['plain'] }),
        exec({ ...at(1), ...inWeb, args: ['first'], origin: 'init' }),
        exec({ ...at(2), ...inWeb, args: ['guest'], origin: 'joined' }),
        failedExec({ ...at(3), args: ['nowhere'] }),
        exit({ ...at(4), code: 3 }),
      ),
      'flat',
    );
    const signs = desk.body.map((line) => cutTo(line.replace(/^\S+ \S+ +\d+ +\S+ /, ''), 2, ''));
    expect(new Set(signs).size).toBe(5);
  });
});
