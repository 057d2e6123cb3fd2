import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const digits = 6;

/** `s.ndjson` in two: what stands before the number of a part, and what behind it. */
const splitName = (path: string): [stem: string, suffix: string] => {
  const [, stem, suffix = ''] = /^(.+?)((?:\.[^.]*)(?:\.gz)?)?$/s.exec(basename(path))!;
  return [stem!, suffix];
};

/** The file of a part: `s.000001.ndjson` of `s.ndjson`. */
export const partPath = (path: string, part: number): string => {
  const [stem, suffix] = splitName(path);
  const name = `${stem}.${String(part).padStart(digits, '0')}${suffix}`;
  return path.includes('/') ? join(dirname(path), name) : name;
};

/** Files that are there and are called as parts of this recording would be, in their order. */
export const partsOf = (path: string): string[] => {
  const [stem, suffix] = splitName(path);
  const numbers = new Map<string, number>();
  for (const entry of list(dirname(path))) {
    const number = entry.startsWith(`${stem}.`) ? /^(\d{6,})(\..*)?$/s.exec(entry.slice(stem.length + 1)) : null;
    if (number !== null && [suffix, `${suffix}.gz`].includes(number[2] ?? '')) {
      numbers.set(path.includes('/') ? join(dirname(path), entry) : entry, Number(number[1]));
    }
  }
  return [...numbers].sort(([, a], [, b]) => a - b).map(([name]) => name);
};

/** Removes a part; one that is gone already is no error. */
export const removePart = (path: string): void => rmSync(path, { force: true });

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
