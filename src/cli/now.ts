import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { cannotWrite, exitStatus, noSuchContainer, severalContainers, usageError } from '../errors.ts';
import { ContainerSelection } from '../filter/selector.ts';
import type { Snapshot } from '../now/snapshot.ts';
import type { ContainerInfo } from '../record/schema.ts';
import { containerInFull } from '../view/container.ts';
import { escapeText } from '../view/escape.ts';
import type { TableColumn } from '../view/table.ts';
import { say } from './say.ts';
import { terminalSize } from './terminal.ts';

/** What `ps`, `ns` and `inspect` have in common: they look at what is there now. */
export interface NowValues {
  output?: 'table' | 'json';
  json?: boolean;
  columns?: string[];
  sort?: string[];
  wide?: boolean;
  header: boolean;
  watch?: number | true;
}

export const addTableOptions = (command: Command): Command =>
  command
    .option('--columns <list>', 'columns to show', parseList)
    .option('--sort <list>', 'sort by these columns, -NAME the other way round', parseList)
    .option('--wide', 'whole lines, also on a terminal')
    .option('--no-header', 'no header line')
    .option('--watch [seconds]', 'look again and again, every 2 seconds without a number', parseSeconds);

export const addJsonOptions = (command: Command): Command =>
  command
    .addOption(new Option('-o, --output <format>', 'table, or json: one object a line').choices(['table', 'json']))
    .option('--json', 'the same as -o json');

const parseList = (value: string): string[] => value.split(',').map((word) => word.trim());

const parseSeconds = (value: string): number => {
  const seconds = Number(value);
  if (!(seconds >= 0.1 && seconds <= 86_400)) {
    throw new InvalidArgumentError('it is not a number of seconds from 0.1');
  }
  return seconds;
};

/** Columns by name; without names the usual ones. */
export const pickColumns = <Row>(
  all: readonly TableColumn<Row>[],
  names: readonly string[] | undefined,
  usual: readonly string[],
): TableColumn<Row>[] => (names ?? usual).map((name) => findColumn(all, name));

export const checkSort = <Row>(all: readonly TableColumn<Row>[], names: readonly string[]): readonly string[] => {
  for (const name of names) {
    findColumn(all, name.replace(/^[-+]/, ''));
  }
  return names;
};

const findColumn = <Row>(all: readonly TableColumn<Row>[], name: string): TableColumn<Row> => {
  const found = all.find((column) => column.name === name);
  if (found === undefined) {
    throw usageError(
      `there is no column ${JSON.stringify(name)}`,
      `the columns are ${all.map((c) => c.name).join(', ')}`,
    );
  }
  return found;
};

/** The width that lines must fit into; undefined for whole lines. */
export const lineWidth = (values: Pick<NowValues, 'wide'>): number | undefined =>
  process.stdout.isTTY && values.wide !== true ? terminalSize().columns : undefined;

/**
 * The containers that selectors mean now.
 *
 * @param check refuses what can mean several
 * @throws NstraceError (1) if there is none
 */
export const selectNow = (
  words: readonly string[],
  snapshot: Snapshot,
  check: (selection: ContainerSelection) => void = refuseShort,
): ContainerSelection => {
  const selection = new ContainerSelection(words);
  const common = { seq: 0, time: snapshot.time, mono: '0' };
  for (const container of snapshot.containers) {
    selection.learn({ type: 'container', ...common, op: 'seen', container });
  }
  for (const { record } of snapshot.processes) {
    selection.learn(record);
  }
  check(selection);
  const missing = selection.waitingFor()[0];
  if (missing !== undefined) {
    throw noSuchContainer(
      missing,
      snapshot.containers.map(({ name }) => name),
    );
  }
  return selection;
};

const inFull = (container: ContainerInfo): { name: string; full: string } => ({
  name: container.name,
  full: containerInFull(container),
});

/** @throws NstraceError (2) if a prefix fits several */
const refuseShort = (selection: ContainerSelection): void => {
  const short = selection.ambiguous().find(({ kind }) => kind === 'prefix');
  if (short !== undefined) {
    throw severalContainers(short.text, short.candidates.map(inFull), exitStatus.usage);
  }
};

/** @throws NstraceError (1) if a selector of a command about one container means several */
export const requireOne = (selection: ContainerSelection): void => {
  const [several] = selection.ambiguous();
  if (several !== undefined) {
    throw severalContainers(several.text, several.candidates.map(inFull));
  }
};

export const sayHidden = (hidden: readonly string[]): void => {
  for (const text of hidden) {
    say(escapeText(text));
  }
};

const defaultWatchSeconds = 2;

/** Shows once, or again and again until q or Ctrl-C. */
export const showOrWatch = async (
  watch: number | true | undefined,
  show: () => Promise<string>,
  between = '\n',
): Promise<number> => {
  if (watch === undefined) {
    await write(await show());
    return exitStatus.ok;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => stop.abort());
  }
  process.stdout.on('error', () => stop.abort());
  const release = onQuit(() => stop.abort());
  while (!stop.signal.aborted) {
    const text = await show();
    await write(process.stdout.isTTY ? `\x1b[H\x1b[2J${firstLines(text, terminalSize().rows)}` : `${text}${between}`);
    const seconds = watch === true ? defaultWatchSeconds : watch;
    await sleep(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  release();
  return exitStatus.ok;
};

const ctrlC = '\x03';

/** Calls back for q on a terminal, where a whole line would have to be typed otherwise; returns what ends it. */
const onQuit = (quit: () => void): (() => void) => {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    return () => {};
  }
  const listen = (data: Buffer): void => {
    if (/[qQ]/.test(data.toString()) || data.includes(ctrlC)) {
      quit();
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', listen);
  return () => {
    stdin.off('data', listen);
    stdin.setRawMode(false);
    stdin.pause();
  };
};

const firstLines = (text: string, rows: number): string =>
  text
    .split('\n')
    .slice(0, rows - 1)
    .join('\n');

let guarded = false;

/** To standard output, to the end; a reader that goes away is a quiet end. */
export const write = (text: string): Promise<void> => {
  if (!guarded) {
    guarded = true;
    // The error goes to the callback first, and again as an event, at any time.
    process.stdout.on('error', () => {});
  }
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') {
        reject(cannotWrite('standard output', error.message));
      } else {
        resolve();
      }
    });
  });
};
