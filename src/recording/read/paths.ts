import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { cannotOpen, messageOf, usageError } from '../../errors.ts';
import { partsOf } from '../part-names.ts';

/** `s.000001.ndjson`: the number of a part in a file's name. */
const partName = /^(.*\.)(\d{6,})(\.[^/]*)$/s;

/**
 * The files that words on a command line name: files, patterns with `*`, `?` and `[...]` in any part of the path, and
 * `s.ndjson` for all of `s.000001.ndjson`, `s.000002.ndjson`, ... if it was recorded in parts. `-` is standard input.
 *
 * @throws NstraceError (1) if there is no such file, or it may not be looked at, (2) if - is named twice
 */
export const expandPaths = (words: readonly string[]): string[] => {
  if (words.indexOf('-') !== words.lastIndexOf('-')) {
    throw usageError('standard input can be read once only', 'name - once, and files for the rest');
  }
  return words.flatMap(expand);
};

const expand = (word: string): string[] => {
  if (word === '-' || statOf(word) !== undefined) {
    return [word];
  }
  if (word.includes('://')) {
    throw usageError(
      `${word} is no file`,
      'live, record, replay, timeline, report, export, query and archive read a fleet: --from nats://HOST:4222',
    );
  }
  const found = /[*?[]/.test(word) ? glob(word) : partsOf(word);
  if (found.length === 0) {
    throw cannotOpen(
      word,
      'there is no such file',
      '`nstrace record -o FILE` makes a recording; - reads standard input',
    );
  }
  return found;
};

/**
 * What is there; undefined if nothing is.
 *
 * @throws NstraceError (1) if that may not be looked at, or its links go in a circle
 */
export const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw cannotOpen(path, messageOf(error), 'name a file that you may read; - reads standard input');
  }
};

/** The file that follows this part of a recording, if it is there: it may have been compressed meanwhile. */
export const nextPart = (path: string): string | undefined => {
  const match = partName.exec(path);
  if (match === null) {
    return undefined;
  }
  const number = String(Number(match[2]) + 1).padStart(match[2]!.length, '0');
  const suffix = match[3]!.replace(/\.gz$/, '');
  return [`${match[1]}${number}${suffix}`, `${match[1]}${number}${suffix}.gz`].find(
    (name) => statOf(name)?.isFile() === true,
  );
};

/** Paths that match a pattern, sorted; names that begin with a dot only where the pattern does. */
const glob = (pattern: string): string[] => {
  let found = [pattern.startsWith('/') ? '/' : ''];
  const steps = pattern.split('/').filter((step) => step !== '');
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1;
    found = found.flatMap((folder) => {
      const names = /[*?[]/.test(step)
        ? list(folder || '.')
            .filter(matcher(step))
            .sort()
        : [step];
      return names
        .map((name) => join(folder, name))
        .filter((path) => {
          const stat = statOf(path);
          return stat !== undefined && (isLast ? !stat.isDirectory() : stat.isDirectory());
        });
    });
  }
  return found;
};

const matcher = (step: string): ((name: string) => boolean) => {
  const source = step.replace(/\[[!^]?[^\]]+\]|[\s\S]/g, (piece) => {
    if (piece === '*') {
      return '[^]*';
    }
    if (piece === '?') {
      return '[^]';
    }
    return piece.length > 1
      ? piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
      : piece.replace(/[\\^$.|+(){}[\]]/, '\\$&');
  });
  const regex = compile(source);
  return (name) => (step.startsWith('.') || !name.startsWith('.')) && regex.test(name);
};

/** A range that runs backwards matches nothing, as in a shell. */
const compile = (source: string): RegExp => {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
};

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
