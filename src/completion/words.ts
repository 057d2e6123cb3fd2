import { readdirSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { eventKinds } from '../filter/kinds.ts';
import { namespaceTypes } from '../kernel/namespaces.ts';
import { takeSnapshot } from '../now/snapshot.ts';
import { columns } from '../view/columns.ts';
import { nsColumns } from '../view/ns.ts';
import { psColumns } from '../view/ps.ts';
import { UserNames } from '../view/users.ts';

/** The command that scripts call and people do not. */
export const asked = 'complete';

/** A word that fits, and what it is. */
type Candidate = readonly [value: string, about: string];

/** What the last word can become, a line each: the word, a tab, and what it is. */
export const complete = async (program: Command, words: readonly string[]): Promise<string> => {
  const current = words.at(-1)!;
  const found = await candidates(program, words.slice(0, -1), current);
  return (
    found
      // What a line cannot hold cannot be completed either.
      .filter(([value]) => value.startsWith(current) && !/\p{Cc}/u.test(value))
      .map(([value, about]) => `${value}\t${about}\n`)
      .join('')
  );
};

const candidates = async (program: Command, before: readonly string[], current: string): Promise<Candidate[]> => {
  const commands = program.commands.filter((command) => command.name() !== asked);
  const chosen = commands.find((command) => command.name() === before[0]);
  // Without a command it is live.
  const command = chosen ?? commands.find((candidate) => candidate.name() === 'live')!;
  const words = chosen === undefined ? before : before.slice(1);
  const assigned = /^(--[^=]+=)(.*)$/s.exec(current);
  if (assigned !== null) {
    const option = optionOf(command, assigned[1]!.slice(0, -1));
    const values = option === undefined ? [] : await valuesOf(option, command, assigned[2]!);
    return values.map(([value, about]) => [assigned[1]! + value, about]);
  }
  const option = optionOf(command, before.at(-1) ?? '');
  if (option?.required) {
    return valuesOf(option, command, current);
  }
  if (current.startsWith('-')) {
    return (command.options as Option[]).map((each) => [each.long!, each.description]);
  }
  if (chosen === undefined && words.length === 0) {
    return commands.map((each) => [each.name(), each.description()]);
  }
  const place = positionals(command, words);
  const argument =
    command.registeredArguments[place] ?? command.registeredArguments.findLast(({ variadic }) => variadic);
  return argument === undefined ? [] : valuesFor(argument.name(), command.name(), current, argument.argChoices);
};

const optionOf = (command: Command, word: string): Option | undefined =>
  (command.options as Option[]).find(({ long, short }) => word !== '' && (word === long || word === short));

/** How many words are neither options nor their values. */
const positionals = (command: Command, words: readonly string[]): number => {
  let count = 0;
  for (let index = 0; index < words.length; index += 1) {
    const option = optionOf(command, words[index]!);
    if (option?.required) {
      index += 1;
    } else if (!words[index]!.startsWith('-')) {
      count += 1;
    }
  }
  return count;
};

const valuesOf = (option: Option, command: Command, current: string): Promise<Candidate[]> | Candidate[] =>
  valuesFor(option.attributeName(), command.name(), current, option.argChoices);

const plain = (words: readonly string[]): Candidate[] => words.map((word) => [word, '']);

/** Words separated by commas: the last of them is being typed. */
const listed = (current: string, values: readonly Candidate[]): Candidate[] => {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  return values.map(([value, about]) => [before + value, about]);
};

const valuesFor = async (
  name: string,
  command: string,
  current: string,
  choices: readonly string[] | undefined,
): Promise<Candidate[]> => {
  if (choices !== undefined) {
    return plain(choices);
  }
  switch (name) {
    case 'file':
    case 'from':
    case 'output':
      return plain(recordings(current));
    case 'selector':
    case 'container':
      return [...(await containers()), ['host', 'everything outside containers']];
    case 'process':
    case 'other':
      return containers();
    case 'inode':
    case 'ns':
      return inodes();
    case 'events':
      return listed(current, plain([...eventKinds, 'all']));
    case 'type':
      return listed(current, plain(namespaceTypes));
    case 'columns':
    case 'sort':
      return listed(current, columnNames(command));
    case 'uid':
      return plain(new UserNames().all());
    case 'speed':
      return plain(['1', '10', 'max']);
    default:
      return [];
  }
};

const containers = async (): Promise<Candidate[]> =>
  (await takeSnapshot()).containers.map(({ name, runtime }) => [name, runtime]);

const inodes = async (): Promise<Candidate[]> => {
  const found = new Map<number, string>();
  for (const { proc } of (await takeSnapshot()).processes) {
    for (const [type, inode] of Object.entries(proc.ns ?? {})) {
      found.set(inode, type);
    }
  }
  return [...found].map(([inode, type]) => [String(inode), type]);
};

const columnNames = (command: string): Candidate[] => {
  const now = { time: '' } as Parameters<typeof psColumns>[0];
  const users = new UserNames();
  const known = command === 'ps' ? psColumns(now, users) : command === 'ns' ? nsColumns(users) : columns;
  return known.map(({ name, about }) => [name, about]);
};

/** Recordings and folders that the word so far can become. */
const recordings = (current: string): string[] => {
  const folder = current.slice(0, current.lastIndexOf('/') + 1);
  try {
    return readdirSync(folder || '.', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || /\.ndjson(?:\.gz)?$/.test(entry.name))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
  } catch {
    return [];
  }
};
