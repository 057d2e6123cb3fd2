import { messageOf, usageError } from '../errors.ts';
import { readSmallFile } from './baseline-file.ts';
import { type BaselineEntry, formatEntry, parseEntry } from './baseline-line.ts';
import { matchesShape } from './shapes.ts';
import type { Kind, Summary } from './summary.ts';
import { matchesWord } from './word.ts';

const title = '# nstrace baseline 1';

/** What ran, as a baseline says it and as a record does. */
export interface ProgramRun {
  readonly container: string;
  readonly image: string | undefined;
  readonly kind: Kind;
  readonly exe: string;
  /** Without argv[0]. */
  readonly args: readonly string[];
}

/** What is normal: lines of a text file that people edit. */
export class Baseline {
  readonly entries: readonly BaselineEntry[];
  /** By program, where that is no pattern: most are not. */
  readonly #byProgram = new Map<string, BaselineEntry[]>();
  readonly #others: BaselineEntry[] = [];

  constructor(entries: readonly BaselineEntry[]) {
    this.entries = entries;
    for (const entry of entries) {
      const list = /[*\\]/.test(entry.exe) ? this.#others : (this.#byProgram.get(entry.exe) ?? []);
      list.push(entry);
      if (list !== this.#others) {
        this.#byProgram.set(entry.exe, list);
      }
    }
  }

  /** The lines that allow it. */
  find({ container, image, kind, exe, args }: ProgramRun): BaselineEntry[] {
    return [...(this.#byProgram.get(exe) ?? []), ...this.#others].filter(
      (entry) =>
        entry.kind === kind &&
        matchesContainer(entry.container, container, image) &&
        matchesWord(entry.exe, exe) &&
        matchesShape(entry.shape, args),
    );
  }
}

export const matchesContainer = (pattern: string, name: string, image: string | undefined): boolean =>
  pattern.startsWith('image:')
    ? image !== undefined && matchesWord(pattern.slice('image:'.length), image)
    : matchesWord(pattern, name);

/**
 * @param file how messages call it
 * @throws NstraceError (2) that names the first line that is wrong
 */
export const parseBaseline = (text: string, file: string): Baseline => {
  const entries: BaselineEntry[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const version = /^# nstrace baseline (\d+)/.exec(line)?.[1];
    if (index === 0 && version !== undefined && version !== '1') {
      throw usageError(`${file} is a baseline of version ${version}`, 'this nstrace reads version 1: use a newer one');
    }
    const entry = parseEntry(line);
    if (typeof entry === 'string') {
      throw usageError(`${file}: line ${index + 1}: ${entry}`, 'docs/baseline.md says how lines are written');
    }
    if (entry !== undefined) {
      entries.push(entry);
    }
  }
  return new Baseline(entries);
};

/** @throws NstraceError (2) if it cannot be read, or is no baseline: then nothing can be judged */
export const readBaseline = (file: string): Baseline => {
  let text: string;
  try {
    text = readSmallFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'there is no such file', EACCES: 'you may not read it', EISDIR: 'it is a folder' }[`${code}`];
    throw usageError(
      `cannot open ${file}: ${why ?? messageOf(error)}`,
      '`nstrace baseline FILE... -o FILE` makes a baseline',
    );
  }
  return parseBaseline(text, file);
};

/** The lines of what was seen, sorted: the same recordings make the same file. */
export const entriesOf = (summary: Summary): BaselineEntry[] =>
  [...summary.containers.values()].flatMap(({ key, programs }) =>
    [...programs.values()].flatMap(({ kind, exe, shapes }) =>
      shapes.learned().map(({ shape, facts }) => ({
        ...{ container: key, kind, exe, shape },
        // Of one that never ended nothing is known.
        outcomes: facts.outcomes.size === 0 ? undefined : new Set(facts.outcomes.keys()),
      })),
    ),
  );

export const baselineText = (summary: Summary): string => {
  const lines = entriesOf(summary).map(formatEntry).sort();
  const blocks: string[] = [];
  let before = '';
  for (const line of lines) {
    const container = line.split(' ', 1)[0]!;
    blocks.push(...(container === before ? [] : ['']), line);
    before = container;
  }
  return [
    title,
    '# What is normal in each container: CONTAINER exec|join PROGRAM ARGUMENT... => OUTCOME,...',
    '# * is any text, ... any arguments more. Edit it, and keep it with your sources.',
    ...blocks,
    '',
  ].join('\n');
};

/** A baseline with what it does not have yet; its lines and comments stay as they are. */
export const addToBaseline = (text: string, file: string, summary: Summary): { text: string; added: number } => {
  const known = new Set(parseBaseline(text, file).entries.map(formatEntry));
  const lines = entriesOf(summary)
    .map(formatEntry)
    .filter((line) => !known.has(line))
    .sort();
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return { text: lines.length === 0 ? body : `${body}\n${lines.join('\n')}\n`, added: lines.length };
};
