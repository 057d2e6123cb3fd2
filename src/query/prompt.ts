import { createInterface } from 'node:readline';
import { say, sayError } from '../console/say.ts';
import { exitStatus, NstraceError } from '../errors.ts';
import { UserNames } from '../view/users.ts';
import { History, type User } from './history.ts';
import { namedQueries, views } from './named.ts';
import type { QuerySession, SessionValues } from './session.ts';

const help = `One SELECT, ended by ; or an empty line. Ctrl-C ends what runs, Ctrl-D leaves.
  .views        what can be asked        DESCRIBE execs;   its columns
  .queries      queries with names       .run NAME         runs one
  .quit
`;

/** A prompt: statements over lines, each run when it ends. Without a terminal it reads statements from standard input. */
export const prompt = async (session: QuerySession, values: SessionValues): Promise<number> => {
  const { isTTY } = process.stdin;
  const history = new History(invokingUser(), process.env.SUDO_UID ? undefined : process.env.XDG_STATE_HOME);
  const entries = isTTY ? history.read() : [];
  const lines = createInterface({
    input: process.stdin,
    output: isTTY ? process.stderr : undefined,
    terminal: isTTY,
    history: [...entries],
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: complete,
  });
  let statement = '';
  let status: number = exitStatus.ok;
  let running = false;
  const ready = (): void => {
    lines.setPrompt(statement === '' ? 'nstrace> ' : '    ...> ');
    if (isTTY) {
      lines.prompt();
    }
  };
  lines.on('SIGINT', () => {
    if (running) {
      session.cancel();
    } else {
      statement = '';
      // What was typed stays to be seen, and is not typed any more.
      process.stderr.write('^C\n');
      lines.write(null, { ctrl: true, name: 'e' });
      lines.write(null, { ctrl: true, name: 'u' });
      ready();
    }
  });
  if (isTTY) {
    say('ask in SQL; .help says how');
  }
  ready();
  for await (const line of lines) {
    const text = statement === '' ? line : `${statement}\n${line}`;
    const isWhole = /;\s*$/.test(text) || (line.trim() === '' && text.trim() !== '') || text.trim().startsWith('.');
    if (!isWhole) {
      statement = text.trim() === '' ? '' : text;
      ready();
      continue;
    }
    statement = '';
    if (text.trim() === '.quit') {
      break;
    }
    running = true;
    status = await answer(session, text.trim(), values);
    running = false;
    if (entries[0] !== text.trim()) {
      entries.unshift(text.trim());
    }
    ready();
  }
  lines.close();
  if (isTTY) {
    history.write(entries);
    return exitStatus.ok;
  }
  return status;
};

const answer = async (session: QuerySession, text: string, { output }: SessionValues): Promise<number> => {
  try {
    const [word = '', name = ''] = text.split(/\s+/);
    if (word === '.run' || !word.startsWith('.')) {
      const sql = word === '.run' ? named(name) : text;
      const rows = await session.print(sql);
      await session.reportDamage();
      if (process.stdout.isTTY && output === 'table') {
        say(`${rows} ${rows === 1 ? 'row' : 'rows'}`);
      }
    } else {
      process.stdout.write(about(word));
    }
    return exitStatus.ok;
  } catch (error) {
    return sayError(error);
  }
};

const about = (word: string): string => {
  switch (word) {
    case '.views':
      return list(Object.entries(views));
    case '.queries':
      return list(Object.entries(namedQueries).map(([name, query]) => [name, query.about]));
    default:
      return help;
  }
};

const list = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([name, text]) => `  ${name.padEnd(22)} ${text}\n`).join('');

const named = (name: string): string => {
  const query = namedQueries[name];
  if (query === undefined || query.since) {
    throw new NstraceError(
      query === undefined ? `there is no query ${JSON.stringify(name)}` : `${name} needs --since, on the command line`,
      { advice: '.queries lists them', status: exitStatus.usage },
    );
  }
  return query.sql;
};

/** Words of ours: views and commands. */
const complete = (line: string): [string[], string] => {
  const word = /[.\w-]*$/.exec(line)?.[0] ?? '';
  const all = [...Object.keys(views), '.help', '.views', '.queries', '.run', '.quit', ...Object.keys(namedQueries)];
  return [word === '' ? [] : all.filter((name) => name.startsWith(word)), word];
};

/** Under sudo who called it. */
const invokingUser = (): User => {
  const uid = Number(process.env.SUDO_UID || (process.getuid?.() ?? 0));
  const gid = Number(process.env.SUDO_GID || (process.getgid?.() ?? 0));
  return { uid, gid, home: new UserNames().find(uid)?.home ?? '/nonexistent' };
};
