import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cannotOpen } from '../errors.ts';

/** `s.000001.ndjson`: the number of a part in a file's name. */
const partName = /^(.*\.)(\d{6,})(\.[^/]*)$/s;

/**
 * The files that words on a command line name: files, patterns with `*`, `?` and `[...]` in any part of the path, and
 * `s.ndjson` for all of `s.000001.ndjson`, `s.000002.ndjson`, ... if it was recorded in parts. `-` is standard input.
 *
 * @throws NstraceError (1) if there is no such file
 */
export const expandPaths = (words: readonly string[]): string[] => words.flatMap(expand);

const expand = (word: string): string[] => {
  if (word === '-' || statSync(word, { throwIfNoEntry: false }) !== undefined) {
    return [word];
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

/** The parts of a recording that was to be named so, in their order. */
const partsOf = (path: string): string[] => {
  const [name, folder] = [basename(path), dirname(path)];
  const dot = name.indexOf('.', 1);
  const [stem, suffix] = dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  const parts = list(folder).filter((entry) => {
    const match = partName.exec(entry);
    return match !== null && match[1] === `${stem}.` && (match[3] === suffix || match[3] === `${suffix}.gz`);
  });
  return parts.sort(byNumber).map((entry) => (path.includes('/') ? join(folder, entry) : entry));
};

const byNumber = (a: string, b: string): number => Number(partName.exec(a)![2]) - Number(partName.exec(b)![2]);

/** The file that follows this part of a recording, if it is there: it may have been compressed meanwhile. */
export const nextPart = (path: string): string | undefined => {
  const match = partName.exec(path);
  if (match === null) {
    return undefined;
  }
  const number = String(Number(match[2]) + 1).padStart(match[2]!.length, '0');
  const suffix = match[3]!.replace(/\.gz$/, '');
  return [`${match[1]}${number}${suffix}`, `${match[1]}${number}${suffix}.gz`].find(
    (name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true,
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
          const stat = statSync(path, { throwIfNoEntry: false });
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
  const regex = new RegExp(`^${source}$`);
  return (name) => (step.startsWith('.') || !name.startsWith('.')) && regex.test(name);
};

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
