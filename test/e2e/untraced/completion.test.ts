import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { Engine } from '../support/engine.ts';
import * as engines from '../support/engine.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { program, traced, tracedOutsideChroot } from '../support/trace.ts';

/** Tab in real shells: bash and zsh in a terminal of tmux, fish through the command that it has for this. */
const name = `nstrace-tab-${process.pid}`;
const commands = [
  ...['live', 'record', 'replay', 'timeline', 'report', 'export', 'query', 'check', 'diff', 'baseline'],
  ...['ps', 'ns', 'inspect', 'why', 'agent', 'archive', 'doctor', 'completion'],
];
const kinds = ['exec', 'fork', 'exit', 'namespace', 'cgroup', 'container', 'usage', 'all'];
const types = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'];

let folder = '';
let env: Record<string, string> = {};
let runc: Engine;
beforeAll(async () => {
  folder = await makeFolder();
  if (inject('cannotTrace') !== '') {
    return;
  }
  env = {
    PATH: `${dirname(program)}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    TERM: 'xterm',
    LC_ALL: 'C.UTF-8',
  };
  runc = await engines.oci('runc');
  await runc.start(name, 'exec sleep 6101');
  await mkdir(join(folder, 'home'));
  await mkdir(join(folder, 'work/recordings'), { recursive: true });
  await mkdir(join(folder, 'hostile'));
  for (const file of [
    'session.ndjson',
    'packed.ndjson.gz',
    'notes.txt',
    'my film.ndjson',
    'at:10.ndjson',
    'recordings/inner.ndjson',
  ]) {
    await writeFile(join(folder, 'work', file), '');
  }
  for (const file of ['$(touch one).ndjson', '`touch two`.ndjson', 'a;touch three;.ndjson', 'b\ntouch four\n.ndjson']) {
    await writeFile(join(folder, 'hostile', file), '');
  }
});
afterAll(async () => {
  await runc?.remove(name);
  await runc?.close();
  await removeFolder(folder);
});

/** A shell in a terminal, at a prompt. */
class Terminal {
  static #opened = 0;
  readonly #socket: string;
  tabs: number;

  constructor(kind: string, tabs: number) {
    // A server that is asked to end is still there for a moment.
    Terminal.#opened += 1;
    this.#socket = join(folder, `${kind}-${Terminal.#opened}.tmux`);
    this.tabs = tabs;
  }

  #tmux(...args: string[]) {
    return execa('tmux', ['-f', '/dev/null', '-S', this.#socket, ...args], { env });
  }

  async open(command: string, work: string, setUp: readonly string[]): Promise<void> {
    await this.#tmux('new-session', '-d', '-x', '160', '-y', '50', '-c', work, command);
    for (const line of [...setUp, "echo re'a'dy"]) {
      await this.#tmux('send-keys', '-l', line);
      await this.#tmux('send-keys', 'Enter');
    }
    await this.#until((screen) => expect(screen).toMatch(/^ready\n> ?$/m));
  }

  /** What Tab makes of a line that was typed so far, as soon as that is what is expected. */
  async expectTab(text: string, check: (screen: string) => void): Promise<void> {
    await this.#tmux('send-keys', 'C-e', 'C-u', 'C-l');
    await this.#until((screen) => expect(screen).toMatch(/^> ?$/));
    await this.press(text, check);
  }

  /** More of the line that is there. */
  async press(text: string, check: (screen: string) => void): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
    await this.#tmux('send-keys', ...Array.from({ length: this.tabs }, () => 'Tab'));
    await this.#until(check);
  }

  async execute(line: string, check: (screen: string) => void): Promise<void> {
    await this.#tmux('send-keys', '-l', line);
    await this.#tmux('send-keys', 'Enter');
    await this.#until(check);
  }

  async #until(check: (screen: string) => void): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const screen = await this.screen();
      try {
        check(screen);
        return;
      } catch (error) {
        if (tries === 1200) {
          throw error;
        }
      }
      await sleep(50);
    }
  }

  /** Blanks at the end of the line with the cursor are kept. */
  async screen(): Promise<string> {
    const [{ stdout }, { stdout: at }] = await Promise.all([
      this.#tmux('capture-pane', '-p'),
      this.#tmux('display-message', '-p', '#{cursor_x},#{cursor_y}'),
    ]);
    const [x, y] = at.split(',').map(Number) as [number, number];
    const lines = stdout.split('\n');
    lines[y] = (lines[y] ?? '').padEnd(x);
    return lines.join('\n').replace(/\n+$/, '');
  }

  async close(): Promise<void> {
    await execa('tmux', ['-S', this.#socket, 'kill-server'], { env, reject: false });
  }
}

const shells = {
  bash: {
    command: 'bash --norc --noprofile -i',
    // It rings when it could be several, and lists them at the second Tab.
    tabs: 2,
    setUp: () => [
      "PS1='> '",
      "bind 'set completion-query-items 0'; bind 'set page-completions off'; bind 'set enable-bracketed-paste off'",
      'source <(nstrace completion bash)',
    ],
  },
  zsh: {
    command: 'zsh -f -i',
    tabs: 1,
    setUp: () => [
      "PS1='> '; PROMPT_EOL_MARK=''; LISTMAX=1000",
      `autoload -U compinit; compinit -u -d ${join(folder, 'zcompdump')}`,
      'source <(nstrace completion zsh)',
    ],
  },
} as const;

const words = (screen: string): string[] => screen.split(/\s+/);

for (const kind of ['bash', 'zsh'] as const) {
  const { command, tabs, setUp } = shells[kind];
  const inTerminal = async (work: string, use: (terminal: Terminal) => Promise<void>): Promise<void> => {
    const terminal = new Terminal(kind, tabs);
    try {
      await terminal.open(command, join(folder, work), setUp());
      await use(terminal);
    } finally {
      await terminal.close();
    }
  };
  let shared: Terminal | undefined;
  /** One terminal for all that leaves nothing behind in it. */
  const withTab = async (text: string, check: (screen: string) => void): Promise<void> => {
    if (shared === undefined) {
      shared = new Terminal(kind, tabs);
      await shared.open(command, join(folder, 'work'), setUp());
    }
    await shared.expectTab(text, check);
  };
  const completes = (what: string, text: string, line: string | RegExp): void =>
    traced(`completes ${what}: ${text}`, () =>
      withTab(text.replace('NAME', name.slice(0, -1)), (screen) => {
        expect(screen.split('\n')[0]).toMatch(
          line instanceof RegExp ? line : new RegExp(`^> ${line.replace('NAME', name)} $`),
        );
      }),
    );
  const lists = (what: string, text: string, expected: readonly string[], not: readonly string[] = []): void =>
    traced(`lists ${what}: ${text}`, () =>
      withTab(text, (screen) => {
        expect(screen.split('\n')[0]?.trimEnd()).toBe(`> ${text.trimEnd()}`);
        expect(words(screen)).toEqual(expect.arrayContaining([...expected]));
        for (const word of not) {
          expect(words(screen)).not.toContain(word);
        }
      }),
    );

  describe(kind, () => {
    afterAll(() => shared?.close());

    lists('commands', 'nstrace ', commands, ['complete']);
    completes('a command', 'nstrace ti', 'nstrace timeline');
    completes('an option', 'nstrace ps --col', 'nstrace ps --columns');
    completes('an option of live, which needs no name', 'nstrace --dur', 'nstrace --duration');
    lists('kinds of events', 'nstrace live -e ', kinds);
    completes('a kind of event without a command', 'nstrace -e names', 'nstrace -e namespace');
    completes('colours', 'nstrace live --color al', 'nstrace live --color always');
    completes('colours behind an equals sign', 'nstrace live --color=al', 'nstrace live --color=always');
    completes('containers', 'nstrace ps NAME', 'nstrace ps NAME');
    completes('containers behind -c', 'nstrace live -c NAME', 'nstrace live -c NAME');
    completes('containers behind --container', 'nstrace ns --container NAME', 'nstrace ns --container NAME');
    completes('containers to inspect', 'nstrace inspect NAME', 'nstrace inspect NAME');
    completes('columns', 'nstrace ps --sort thre', 'nstrace ps --sort threads');
    lists('types of namespaces', 'nstrace ns --type ', types);
    lists('types of namespaces for the short option', 'nstrace ns -t ', types);
    lists('shells', 'nstrace completion ', ['bash', 'zsh', 'fish']);
    lists('recordings', 'nstrace replay ', ['session.ndjson', 'packed.ndjson.gz', 'recordings/'], ['notes.txt']);
    completes('a recording', 'nstrace replay se', 'nstrace replay session.ndjson');
    completes('a recording of a timeline', 'nstrace timeline se', 'nstrace timeline session.ndjson');
    completes('a recording behind an option', 'nstrace inspect --from se', 'nstrace inspect --from session.ndjson');
    completes(
      'a name with a blank so that it stays one word',
      'nstrace replay my',
      /^> nstrace replay (my\\ film|'my film|"my film)/,
    );

    completes('a name with a colon', 'nstrace replay at', /^> nstrace replay at\\?:10\.ndjson $/);
    completes('the rest behind a colon', 'nstrace replay at:1', /^> nstrace replay at\\?:10\.ndjson $/);

    traced('completes a folder, and then what is in it', () =>
      inTerminal('work', async (terminal) => {
        // A second Tab would go on into the folder.
        terminal.tabs = 1;
        await terminal.expectTab('nstrace replay rec', (screen) => {
          expect(screen.split('\n')[0]).toBe('> nstrace replay recordings/');
        });
        await terminal.press('in', (screen) => {
          expect(screen.split('\n')[0]).toBe('> nstrace replay recordings/inner.ndjson ');
        });
      }),
    );

    traced('executes nothing that the name of a file holds', async () => {
      const before = (await readdir(join(folder, 'hostile'))).sort();
      await inTerminal('hostile', async (terminal) => {
        await terminal.expectTab('nstrace replay ', (screen) => expect(screen).toContain('touch'));
        await sleep(500);
      });
      expect((await readdir(join(folder, 'hostile'))).sort()).toEqual(before);
    });

    tracedOutsideChroot('executes nothing that the name of a container holds, which any user can choose', async () => {
      const before = (await readdir(join(folder, 'work'))).sort();
      const own = join(folder, '$(touch x)');
      await execa('cp', ['/usr/bin/unshare', own]);
      const child = execa(own, ['-Urfp', '--kill-child', 'sleep', '6102'], { reject: false, stdio: 'ignore' });
      try {
        await inTerminal('work', async (terminal) => {
          await terminal.expectTab('nstrace ps ', (screen) => expect(screen).toMatch(/touch|pid:\\*\[/));
          await sleep(500);
        });
      } finally {
        child.kill('SIGKILL');
        await child;
      }
      expect((await readdir(join(folder, 'work'))).sort()).toEqual(before);
    });

    traced('takes its script twice without a complaint', () =>
      inTerminal('work', async (terminal) => {
        const again = `source <(nstrace completion ${kind})`;
        await terminal.execute(`clear; ${again}; ${again}; echo tw'i'ce`, (screen) => {
          expect(screen).toMatch(/^twice\n> ?$/m);
        });
        expect(await terminal.screen()).not.toMatch(/readonly|read-only|error/i);
      }),
    );
  });
}

describe('fish', () => {
  /** Values and what is said of them. */
  const complete = async (text: string, work = 'work'): Promise<Map<string, string>> => {
    const script = 'source (nstrace completion fish | psub); complete -C $argv[1]';
    const { stdout } = await execa('fish', ['--no-config', '-c', script, text], { env, cwd: join(folder, work) });
    return new Map(
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t') as [string, string]),
    );
  };
  const values = async (text: string): Promise<string[]> => [...(await complete(text)).keys()];

  traced('lists commands, and what they are for', async () => {
    const found = await complete('nstrace ');
    expect([...found.keys()].sort()).toEqual([...commands].sort());
    expect(found.get('ps')).toBe('show running processes by container');
    expect(await values('nstrace ti')).toEqual(['timeline']);
  });

  traced('lists options', async () => {
    expect(await values('nstrace ps --')).toEqual(expect.arrayContaining(['--tree', '--columns', '--sort', '--watch']));
    expect(await values('nstrace --dur')).toEqual(['--duration']);
  });

  for (const [text, expected] of [
    ['nstrace live -e ', kinds],
    ['nstrace -e ', kinds],
    ['nstrace live --color ', ['auto', 'always', 'never']],
    ['nstrace live --color=', ['--color=auto', '--color=always', '--color=never']],
    ['nstrace ns --type ', types],
    ['nstrace ns -t ', types],
    ['nstrace completion ', ['bash', 'zsh', 'fish']],
    ['nstrace ps NAME', [name]],
    ['nstrace -c NAME', [name]],
    ['nstrace inspect NAME', [name]],
    ['nstrace replay se', ['session.ndjson']],
    ['nstrace replay at:1', ['at:10.ndjson']],
    ['nstrace replay recordings/', ['recordings/inner.ndjson']],
    ['nstrace inspect --from se', ['session.ndjson']],
  ] as const) {
    traced(`lists just what fits: ${text}`, async () => {
      expect((await values(text.replace('NAME', name.slice(0, -1)))).sort()).toEqual([...expected].sort());
    });
  }

  traced('lists only recordings and folders', async () => {
    expect((await values('nstrace replay ')).sort()).toEqual([
      ...['at:10.ndjson', 'my film.ndjson', 'packed.ndjson.gz', 'recordings/', 'session.ndjson'],
    ]);
  });

  traced('lists containers that run, with their runtimes, and the host', async () => {
    const found = await complete('nstrace ps ');
    expect(found.get(name)).toBe('runc');
    expect(found.has('host')).toBe(true);
    expect((await complete('nstrace inspect ')).has('host')).toBe(false);
  });

  traced('executes nothing that a name holds', async () => {
    const before = (await readdir(join(folder, 'hostile'))).sort();
    expect((await complete('nstrace replay ', 'hostile')).size).toBeGreaterThan(0);
    expect((await readdir(join(folder, 'hostile'))).sort()).toEqual(before);
  });
});

describe('what the scripts call', () => {
  const call = async (work: string, ...args: string[]): Promise<string> =>
    (await execa(program, ['complete', '--', ...args], { env, cwd: join(folder, work) })).stdout;

  traced('has one line for each value, whatever is in its name', async () => {
    const lines = (await call('hostile', 'replay', '')).split('\n').slice(0, -1);
    expect(lines.length).toBeLessThanOrEqual((await readdir(join(folder, 'hostile'))).length);
    for (const line of lines) {
      expect(line).toMatch(/^[^\x00-\x08\x0b-\x1f]+\t/);
      expect(existsSync(join(folder, 'hostile', line.split('\t')[0]!)), line).toBe(true);
    }
  });

  traced('is no command that people are shown', async () => {
    expect((await execa(program, ['--help'])).stdout).not.toMatch(/^ +complete /m);
  });
});
