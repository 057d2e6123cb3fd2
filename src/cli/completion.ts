import { readdirSync } from 'node:fs';
import { RootCommand, type Command as TabCommand } from '@bomb.sh/tab';
import { Argument, type Command, type Option } from 'commander';
import { takeSnapshot } from '../now/snapshot.ts';
import { namespaceTypes } from '../recording/namespaces.ts';
import { columns } from '../view/columns.ts';
import { eventKinds } from '../view/filter.ts';
import { nsColumns } from '../view/ns.ts';
import { psColumns } from '../view/ps.ts';
import { UserNames } from '../view/users.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

const examples = `
Examples:
  source <(nstrace completion bash)                                 in this shell
  nstrace completion bash > /etc/bash_completion.d/nstrace
  nstrace completion zsh > /usr/local/share/zsh/site-functions/_nstrace
  nstrace completion fish > ~/.config/fish/completions/nstrace.fish
`;

export const addCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('print a completion script that knows the containers that run')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', examples)
    .action((shell: (typeof shells)[number]) => {
      new RootCommand().setup('nstrace', 'nstrace', shell);
    });
  // What the scripts call: the words so far, the last one being completed.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[]) => {
      const mentions = words.length === 0 ? [''] : words;
      const known = await knownValues(mentions);
      describeProgram(program, known, mentions.at(-1)!).parse([...mentions]);
    });
};

type Values = ReadonlyMap<string, readonly (readonly [value: string, about: string])[]>;

const asValues = (words: readonly string[]) => words.map((word) => [word, ''] as const);

/** Values by the name of what takes them; those of the machine only where they are wanted. */
const knownValues = async (words: readonly string[]): Promise<Values> => {
  const users = new UserNames();
  const snapshot = words.length > 1 ? await takeSnapshot() : undefined;
  const containers = (snapshot?.containers ?? []).map(({ name, runtime }) => [name, runtime] as const);
  const selectors = [...containers, ['host', 'everything outside containers'] as const];
  const now = { time: '' } as Parameters<typeof psColumns>[0];
  const inodes = [...new Set((snapshot?.processes ?? []).flatMap(({ proc }) => Object.values(proc.ns ?? {})))];
  return new Map(
    Object.entries({
      selector: selectors,
      container: selectors,
      process: containers,
      other: containers,
      events: asValues([...eventKinds, 'all']),
      type: asValues(namespaceTypes),
      uid: asValues(users.all()),
      inode: asValues(inodes.map(String)),
      ns: asValues(inodes.map(String)),
      speed: asValues(['1', '10', 'max']),
      'live columns': columns.map(({ name, about }) => [name, about] as const),
      'ps columns': psColumns(now, users).map(({ name, about }) => [name, about] as const),
      'ns columns': nsColumns(users).map(({ name, about }) => [name, about] as const),
      shell: asValues(shells),
    }),
  );
};

/** Commands, options and arguments as the library knows them. The default command's options are the program's too. */
const describeProgram = (program: Command, known: Values, word: string): RootCommand => {
  const root = new RootCommand();
  for (const command of program.commands.filter((candidate) => !isHidden(candidate))) {
    const tab = root.command(command.name(), command.description());
    addOptions(tab, command, known);
    for (const argument of command.registeredArguments) {
      tab.argument(argument.name(), give(valuesFor(argument.name(), command.name(), known, word)), argument.variadic);
    }
    if (command.name() === 'live') {
      addOptions(root, command, known);
    }
  }
  return root;
};

const isHidden = (command: Command): boolean => (command as unknown as { _hidden?: boolean })._hidden === true;

const addOptions = (tab: TabCommand, command: Command, known: Values): void => {
  for (const option of command.options as Option[]) {
    const name = option.long!.replace(/^--/, '');
    const about = option.description ?? '';
    const alias = option.short?.replace(/^-/, '');
    if (option.required || option.optional) {
      const values = option.argChoices
        ? asValues(option.argChoices)
        : valuesFor(option.attributeName(), command.name(), known, '');
      tab.option(name, about, give(values), alias);
    } else if (alias === undefined) {
      tab.option(name, about);
    } else {
      tab.option(name, about, alias);
    }
  }
};

const valuesFor = (name: string, command: string, known: Values, word: string) => {
  if (name === 'file') {
    return asValues(recordings(word));
  }
  const columnsOf = command === 'ps' || command === 'ns' ? command : 'live';
  return known.get(name === 'columns' || name === 'sort' ? `${columnsOf} columns` : name) ?? [];
};

const give =
  (values: readonly (readonly [string, string])[]) =>
  (complete: (value: string, about: string) => void): void => {
    for (const [value, about] of values) {
      complete(value, about);
    }
  };

/** Recordings and folders that the word so far can become. */
const recordings = (word: string): string[] => {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  try {
    return readdirSync(folder || '.', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || /\.ndjson(?:\.gz)?$/.test(entry.name))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
  } catch {
    return [];
  }
};
