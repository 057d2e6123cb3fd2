import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { cgroup, container, exec, failedExec, footer, fork, header, inContainer } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';
import { aBusyMachine, execs, hostile, hostileText } from '../../tui/support.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { Terminal, type TerminalOptions } from '../support/terminal.ts';
import { program } from '../support/trace.ts';

/** The view on a real terminal; a replay needs neither root nor bpftrace. */
const folder = ownFolder();
const terminals: Terminal[] = [];
afterEach(async () => {
  await Promise.all(terminals.splice(0).map((terminal) => terminal.close()));
});

const write = async (name: string, records: readonly NstraceRecord[]): Promise<string> => {
  const file = join(folder, `${name}.ndjson`);
  await writeFile(file, records.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join(''));
  return file;
};

const open = (args: readonly string[], options: TerminalOptions = {}): Terminal => {
  const terminal = new Terminal(args, options);
  terminals.push(terminal);
  return terminal;
};

/** A replay that is at its end, with events under the containers. */
const replayed = async (name: string, records: readonly NstraceRecord[], options: TerminalOptions = {}) => {
  const file = await write(name, [...records, footer({ ...at(600), time: at(600).time })]);
  const terminal = open(['replay', file, '--speed', '1024'], options);
  await terminal.until(/ended/);
  await terminal.pressUntil('\t', /\[grouped\]/);
  return terminal;
};

const busy = (options: TerminalOptions = {}): Promise<Terminal> => replayed('busy', aBusyMachine(), options);

/** Numbers of the machine that it runs on are left out. */
const steady = (text: string): string => text.replaceAll(/ +x1024 \d+M\b/g, ' NNM').replaceAll(folder, '/tmp/x');

/** Whether the first and the last line of the view are where they should be. */
const whole =
  (rows: number) =>
  (text: string): boolean => {
    const lines = text.split('\n');
    return (lines[0]?.startsWith('nstrace ') ?? false) && (lines[rows - 2]?.startsWith('? help') ?? false);
  };

const sgr = (raw: string): string[] =>
  [...raw.matchAll(/\x1b\[([\d;:]*)m/g)].flatMap(([, codes]) => (codes ?? '').split(';'));

describe('a terminal with more cells than any has', () => {
  it('is drawn in part, answers, and is left as it was', async () => {
    const file = await write('huge', [...aBusyMachine(), footer({ ...at(600), time: at(600).time })]);
    const terminal = open(['replay', file], { columns: 100, rows: 30 });
    await terminal.until(/nstrace /);
    const before = terminal.raw.length;
    // Not the emulator: it would have to keep all of them.
    terminal.pty.resize(65_535, 65_535);
    await expect.poll(() => terminal.raw.lastIndexOf('\x1b[?2026l') > before).toBe(true);
    terminal.press('q');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
    expect(terminal.raw.length - before).toBeLessThan(2_000_000);
  });
});

describe('the view of a replay on a terminal', () => {
  it('shows the containers with their last events, line by line', async () => {
    const terminal = await busy();
    const { lines } = terminal;
    expect(lines[0]).toMatch(/^nstrace ■ ended .* \d+M$/);
    for (const fact of ['lost 0', '00:00:01', 'execs 0.0/s', 'containers 2']) {
      expect(lines[0]).toContain(fact);
    }
    expect(lines[1]).toMatch(/busy.*━+ 00:00:01\/00:00:01 x1024$/);
    expect(lines.filter((line) => line.startsWith('▾')).map((line) => line.split(' ')[1])).toEqual(
      expect.arrayContaining(['xyxy12', 'web', 'host']),
    );
    expect(terminal.text).toMatch(/^ {2}03:04:05 +611 +9 ◆ top$/m);
    expect(terminal.text).toMatch(/^ {2}03:04:05 +900 +- ✗ ENOENT nowhere --now$/m);
    expect(lines[22]).toMatch(/^\? help {2}q quit/);
    expect(lines[23]).toBe('');
    expect(terminal.isAlternate).toBe(true);
    expect(terminal.isCursorVisible).toBe(false);
  });

  it('takes a terminal that does not say its size for one of 80 x 24', async () => {
    // What script(1) makes without a terminal of its own.
    const file = await write('unsized', aBusyMachine());
    const command = `exec "${program}" replay "${file}" --speed 1024`;
    const unsized = execa('script', ['-qefc', command, '/dev/null'], {
      env: { CI: 'false', TERM: 'xterm', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      stdin: 'ignore',
      reject: false,
    });
    let text = '';
    unsized.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const shown = () => text.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, '');
    await expect.poll(shown).toMatch(/^xyxy12 +running[\s\S]*^\? help {2}q quit/m);
    unsized.kill();
    await unsized;
  });

  it('leaves the prompt of the shell a line of its own after ps --watch', async () => {
    const terminal = open(['ps', '--watch', '600'], { rows: 5 });
    await terminal.until(/CONTAINER/);
    terminal.pty.write('q');
    expect((await terminal.exited).exitCode).toBe(0);
    await expect.poll(() => terminal.raw.endsWith('\n')).toBe(true);
  });

  it('shows several hosts of a merged recording, each with its own processes', async () => {
    const from = (host: string, recording: string, ms: number): NstraceRecord[] =>
      [header(), exec({ ...inContainer, ...at(ms), args: ['sh', '-c', host] })].map((record, index) => ({
        ...record,
        ...at(ms + index),
        ...(record.type === 'header' ? { host: { ...record.host, name: host } } : { host }),
        recording,
        source_seq: index + 1,
      })) as NstraceRecord[];
    const file = await write('hosts', [
      ...from('web-1', 'a', 0),
      ...from('db-1', 'b', 100),
      footer({ ...at(600), time: at(600).time }),
    ]);
    const terminal = open(['replay', file, '--speed', 'max'], { columns: 120 });
    await terminal.until(/ended/);
    await terminal.until(/hosts 2/);
    expect(terminal.text).toMatch(/^NAME +HOST +STATE/m);
    expect(terminal.text).toMatch(/^xyxy12 +web-1 .* sh -c web-1$/m);
    expect(terminal.text).toMatch(/^xyxy12 +db-1 .* sh -c db-1$/m);
    await terminal.pressUntil('\t', /host db-1 {2}1 container/);
  });

  it('goes through all modes with Tab', async () => {
    const terminal = await busy();
    await terminal.pressUntil('\t', /^03:04:05 host +900 +- ✗ ENOENT nowhere --now$/m);
    await terminal.pressUntil('\t', /^ {6}400 +- +\S+ +\S+ └─ -bash$/m);
    await terminal.pressUntil('\t', /\|-60\.00 s/);
    expect(terminal.text).toMatch(/^ +611 +9 top +◆/m);
    await terminal.pressUntil('\t', /^NAME +STATE/m);
    expect(terminal.text).toMatch(/^xyxy12 +running/m);
    await terminal.pressUntil('\t', /^▾ xyxy12/m);
  });

  it('filters while letters are typed, and Esc shows all again', async () => {
    const terminal = await busy();
    await terminal.pressUntil('/', /^\/_/m);
    await terminal.pressUntil('c:web', (text) => text.includes('curl -s') && !text.includes('◆ top'));
    expect(terminal.lines[22]).toMatch(/^\/c:web_/);
    await terminal.pressUntil('zz', /Nothing matches c:webzz/);
    await terminal.pressUntil('\x7f', /^\/c:webz_/m);
    await terminal.pressUntil('\x7f', /curl -s/);
    await terminal.pressUntil('\r', (text) => !text.includes('/c:web_'));
    expect(terminal.text).not.toContain('◆ top');
    await terminal.pressUntil('\x1b', /◆ top/);
  });

  it('shows the details of the event under the cursor with Enter', async () => {
    const terminal = await busy({ rows: 50 });
    await terminal.pressUntil('\t', /\bhost\b/);
    await terminal.pressUntil('/n:^top$ x:exec\r', (text) => !text.includes('curl'));
    await terminal.pressUntil('k\r', /ancestry/);
    expect(terminal.text).toMatch(/user +root \(0:0\)/);
    expect(terminal.text).toMatch(
      /ancestry\n +600 runc exec xyxy12 top {2}<- in the host\n +400 -bash\n +1 \/sbin\/init/,
    );
    expect(terminal.text).toContain('runc exec -t xyxy12 sh');
    await terminal.pressUntil('\x1b', (text) => !text.includes('ancestry'));
  });

  it('takes each Esc for itself, also where more keys came with it', async () => {
    const terminal = await busy({ rows: 50 });
    await terminal.pressUntil('\t', /\bhost\b/);
    await terminal.pressUntil('/n:^top$ x:exec\r', (text) => !text.includes('curl'));
    await terminal.pressUntil('k\r', /ancestry/);
    await terminal.pressUntil('\x1b\x1b', (text) => !text.includes('ancestry') && text.includes('curl'));
    await terminal.pressUntil('k\r', /ancestry/);
    await terminal.pressUntil('\x1b?', /Playing/);
  });

  it('shows all keys with ?', async () => {
    const terminal = await busy({ columns: 120, rows: 40 });
    await terminal.pressUntil('?', /Playing/);
    expect(terminal.text).toMatch(/q, Ctrl-C +quit/);
    await terminal.pressUntil('q', (text) => !text.includes('Playing'));
    expect(terminal.end).toBeUndefined();
  });

  it('moves with arrows, Home and End as a terminal sends them', async () => {
    const terminal = await replayed('many', [...aBusyMachine().slice(0, 1), ...execs(100)]);
    await terminal.pressUntil('\t', /run 99$/m);
    await terminal.pressUntil('\x1b[A\x1b[A\x1b[A', () => true);
    await terminal.pressUntil('\x1b[H', /run 0$/m);
    await terminal.pressUntil('\x1b[6~', () => true);
    await terminal.pressUntil('\x1b[F', /run 99$/m);
  });

  it.each([
    [40, 10],
    [300, 100],
    [80, 24],
  ])('fills a terminal that is made %i x %i, and leaves nothing of before', async (columns, rows) => {
    const terminal = await busy({ columns: 100, rows: 30 });
    terminal.resize(columns, rows);
    await terminal.until(whole(rows));
    const { lines } = terminal;
    expect(lines.filter((line) => line.startsWith('nstrace '))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('? help'))).toHaveLength(1);
    expect(lines[0]).toMatch(/^nstrace ■ ended/);
    expect(lines[rows - 1]).toBe('');
    const fresh = await busy({ columns, rows });
    expect(steady(terminal.text)).toBe(steady(fresh.text));
  });

  it('is right again after many sizes in a row', async () => {
    const terminal = await busy();
    for (let step = 0; step < 20; step += 1) {
      terminal.resize(40 + step * 7, 10 + step);
      await sleep(10);
    }
    terminal.resize(80, 24);
    await sleep(500);
    await terminal.until(whole(24));
    expect(terminal.lines.filter((line) => line.startsWith('nstrace '))).toHaveLength(1);
    expect(steady(terminal.text)).toBe(steady((await busy()).text));
  });
});

describe('playing', () => {
  const slow = (): NstraceRecord[] => [
    ...aBusyMachine().slice(0, 1),
    exec({ ...at(0), args: ['soon'] }),
    exec({ ...at(3_600_000), args: ['late'] }),
  ];

  it('holds, goes on, is faster, and jumps to the next error', async () => {
    const records = [...slow().slice(0, 2), failedExec({ ...at(1_800_000), args: ['broken'] }), ...slow().slice(2)];
    const terminal = open(['replay', await write('slow', records), '--speed', '1']);
    await terminal.until(/soon/);
    await terminal.pressUntil(' ', /‖ held/);
    await terminal.pressUntil(' ', /▶ playing/);
    await terminal.pressUntil('+', / x2\b/);
    await terminal.pressUntil('\t\t]e', /ENOENT broken/);
    await terminal.until(/‖ held .*00:30:01/);
    expect(terminal.text).not.toContain('late');
  });

  it('goes back and on by 5 seconds, also where nothing happened', async () => {
    const terminal = open(['replay', await write('gap', slow()), '--speed', '1']);
    await terminal.until(/soon/);
    await terminal.pressUntil(' ', /‖ held/);
    const seconds = (): number => Number(/held .*?\d\d:\d\d:(\d\d)/.exec(terminal.text)?.[1]);
    const from = seconds();
    await terminal.pressUntil('\x1b[C', () => seconds() !== from);
    expect(terminal.text).not.toContain('late');
    expect(seconds() - from).toBeGreaterThanOrEqual(4);
    expect(seconds() - from).toBeLessThanOrEqual(6);
    await terminal.pressUntil('\x1b[D', () => seconds() <= from + 1);
    await terminal.until(/soon/);
  });
});

describe('the end of the view', () => {
  it.each(['q', '\x03'])('with %j the terminal is as before', async (key) => {
    const terminal = await busy();
    terminal.press(key);
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
    await terminal.until(() => !terminal.isAlternate);
    expect(terminal.isCursorVisible).toBe(true);
    expect(terminal.text).toBe('');
  });

  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['SIGHUP', 0],
  ])('with %s the terminal is as before', async (signal, status) => {
    const terminal = await busy();
    terminal.pty.kill(signal);
    expect((await terminal.exited).exitCode).toBe(status);
    await terminal.until(() => !terminal.isAlternate);
    expect(terminal.isCursorVisible).toBe(true);
  });

  it('comes at once also while it plays slowly, and while it is held', async () => {
    const records = [...aBusyMachine().slice(0, 1), exec(at(0)), exec(at(3_600_000))];
    for (const keys of ['q', ' q']) {
      const terminal = open(['replay', await write('slow', records), '--speed', '1']);
      await terminal.until(/playing/);
      terminal.press(keys);
      expect(await terminal.exited).toMatchObject({ exitCode: 0 });
      expect(terminal.isAlternate).toBe(false);
    }
  });

  it('leaves what was on the terminal before', async () => {
    const file = await write('after', aBusyMachine());
    const terminal = await busy();
    terminal.press('q');
    await terminal.exited;
    expect(terminal.raw.indexOf('\x1b[?1049h')).toBeLessThan(terminal.raw.indexOf('nstrace'));
    expect(terminal.raw.lastIndexOf('\x1b[?1049l')).toBeGreaterThan(terminal.raw.lastIndexOf('? help'));
    expect(file).toContain('after');
  });

  it('says damage of a recording in a line, and lives on', async () => {
    const file = await write('damaged', aBusyMachine());
    await writeFile(file, 'no record\n', { flag: 'a' });
    const terminal = open(['replay', file, '--speed', '1024']);
    await terminal.until(/ended/);
    await terminal.until(/not JSON|incomplete/);
    await terminal.pressUntil('?', /Moving/);
    terminal.press('q', 'q');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  });

  it('says why a recording cannot be read, and the terminal is as before', async () => {
    const terminal = open(['replay', join(folder, 'no-such-file')], { columns: 200 });
    expect(await terminal.exited).toMatchObject({ exitCode: 1 });
    await terminal.until(/there is no such file/);
    expect(terminal.isAlternate).toBe(false);
    expect(terminal.isCursorVisible).toBe(true);
  });
});

describe('text that programs chose', () => {
  const records = (): NstraceRecord[] => {
    const ref = { id: hostileText, name: hostileText, runtime: hostileText };
    return [
      ...aBusyMachine().slice(0, 1),
      container({
        ...at(0),
        op: 'created',
        container: { ...ref, init: 7 },
        by: { pid: 1, comm: hostileText, args: [hostileText] },
      }),
      ...Object.values(hostile).map((text, index) =>
        exec({ ...at(1 + index), ...inContainer, container: ref, comm: text, exe: text, args: [text, text] }),
      ),
      failedExec({ ...at(20), args: [hostileText], errno: hostile.title }),
      fork({ ...at(21), comm: hostileText, flags: [hostile.title, hostile.clear] }),
      cgroup({ ...at(22), path: hostileText, hierarchy: hostile.title }),
    ];
  };

  it('is shown with escapes, and never sets title, colours or screen', async () => {
    const terminal = await replayed('hostile', records(), { columns: 120, rows: 50 });
    for (const key of ['\t', '\t', '\t', '\t', '\t', 'e78e', 'k', '\r', '\x1b', 'k', '\r']) {
      terminal.press(key);
      await sleep(150);
    }
    await terminal.until(/cgroup|fork|exec/);
    terminal.press('q', 'q');
    await terminal.exited;
    expect(terminal.titles).toEqual([]);
    expect(terminal.raw).not.toContain(hostile.title);
    expect(terminal.raw).not.toContain('\x1b]');
    expect(terminal.raw).not.toMatch(/[\x80-\x9f\u202a-\u202e\u2066-\u2069]/);
    expect(terminal.raw).not.toContain('\x1b[31mred');
    expect(terminal.raw).toContain('\\x1b]0;owned\\x07');
  });

  it('stays on its line: nothing of the screen is moved by it', async () => {
    const terminal = await replayed('hostile', records(), { columns: 100, rows: 40 });
    const times = (text: string) => text.match(/^\d\d:\d\d:\d\d /gm)?.length ?? 0;
    await terminal.pressUntil('\t', (text) => times(text) > 10);
    expect(terminal.lines[0]).toMatch(/^nstrace ■ ended/);
    expect(terminal.lines[38]).toMatch(/^\? help/);
    expect(terminal.lines[39]).toBe('');
  });

  it('stays on its line also where letters of it are joined to one', async () => {
    const joined = [
      'क्षि'.repeat(30),
      'ക്ഷ'.repeat(40),
      '👍🏽'.repeat(40),
      '🇩🇪'.repeat(40),
      '각'.repeat(40),
      'ำ'.repeat(90),
    ];
    const all = joined.map((text, index) => exec({ ...at(index), args: [text, 'x'.repeat(100)] }));
    const terminal = open([
      'replay',
      await write('joined', [...aBusyMachine().slice(0, 1), ...all]),
      '--speed',
      '1024',
    ]);
    await terminal.until(/nstrace ■ ended/);
    await terminal.pressUntil('\t', /^▾ host/m);
    await sleep(500);
    expect(terminal.lines[0]).toMatch(/^nstrace ■ ended/);
    expect(terminal.lines[22]).toMatch(/^\? help/);
    expect(terminal.lines.filter((line) => /^ {2}\d\d:\d\d:\d\d /.test(line))).toHaveLength(joined.length);
  });

  it('in the name of the file is shown with escapes', async () => {
    const file = join(folder, 'evil\x1b]0;owned\x07.ndjson');
    await writeFile(file, `${JSON.stringify({ ...aBusyMachine()[0], seq: 1 })}\n`);
    const terminal = open(['replay', file], { columns: 200 });
    await terminal.until(/ended/);
    expect(terminal.titles).toEqual([]);
    expect(terminal.raw).not.toContain('\x1b]0;');
  });
});

describe('what terminals cannot do', () => {
  it('NO_COLOR leaves out all colours; the cursor is inverse', async () => {
    const terminal = await busy({ env: { NO_COLOR: '1' } });
    await terminal.pressUntil('\tkk', /host/);
    await sleep(200);
    expect(sgr(terminal.raw).filter((code) => !['', '0', '7', '27'].includes(code))).toEqual([]);
    expect(sgr(terminal.raw)).toContain('7');
  });

  it('has colours of the terminal’s own palette otherwise', async () => {
    const terminal = await busy({ env: { TERM: 'xterm' } });
    const codes = new Set(sgr(terminal.raw));
    expect([...codes].some((code) => /^3[1-7]$/.test(code))).toBe(true);
    expect([...codes].filter((code) => code === '38' || code === '48')).toEqual([]);
  });

  it('--color never is as NO_COLOR', async () => {
    const file = await write('busy', aBusyMachine());
    const terminal = open(['replay', file, '--color', 'never', '--speed', '1024']);
    await terminal.until(/ended/);
    await terminal.pressUntil('\t', /◆ top/);
    expect(sgr(terminal.raw).filter((code) => !['', '0', '7', '27'].includes(code))).toEqual([]);
  });

  it('is ASCII where the locale is not UTF-8', async () => {
    const terminal = await busy({ env: { LC_ALL: 'C', LANG: 'C' } });
    await terminal.until(/J top/);
    for (const key of ['\t', '\t', '\t', '\t', '\t', '?', 'q', '\t', 'k', '\r']) {
      terminal.press(key);
      await sleep(100);
    }
    expect(terminal.raw).toMatch(/^[\x00-\x7e]*$/);
  });

  it('is ASCII there also where programs chose other text', async () => {
    const records = [...aBusyMachine(), exec({ ...at(590), args: ['echo', '日本語 é 😀'] })];
    const terminal = await replayed('wide', records, { env: { LC_ALL: 'C', LANG: 'C' } });
    await terminal.until(/echo/);
    expect(terminal.raw).toMatch(/^[\x00-\x7e]*$/);
  });

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }, []],
    ['-o table', {}, ['-o', 'table']],
    ['-T', {}, ['-T']],
  ] as const)('%s gives lines', async (_, env, options) => {
    const file = await write('busy', [...aBusyMachine(), footer(at(600))]);
    const terminal = open(['replay', file, ...options], { env });
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
    await terminal.until(/curl -s/);
    expect(terminal.raw).not.toContain('\x1b[?1049h');
    expect(terminal.text).toContain('CONTAINER');
  });

  it('gives lines where standard output is no terminal', async () => {
    const file = await write('busy', [...aBusyMachine(), footer(at(600))]);
    const { stdout, exitCode } = await run(program, 'replay', file);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^CONTAINER/);
    expect(stdout).not.toContain('\x1b');
  });
});
