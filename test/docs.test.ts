import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const top = join(import.meta.dirname, '..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'probes/README.md'],
  ...readdirSync(join(top, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Paths of this repository that a page names, without those that stand for several. */
const pathsIn = (text: string): string[] =>
  (text.match(/(?<![\w./])(?:src|test|bench|tools|probes|docs)\/[\w./{}*-]*[\w/{}*]/g) ?? []).filter(
    (path) => !/[{}*]/.test(path),
  );

describe('a page', () => {
  it('is searched for the paths that it names', () => {
    expect(pathsIn('see [x](src/a.ts), `src/b/`; not /usr/src/c or src/{d,e}.ts. In src/f/g-h.ts.')).toEqual([
      ...['src/a.ts', 'src/b/', 'src/f/g-h.ts'],
    ]);
  });

  it.each(pages)('names only files and folders that there are: %s', (page) => {
    const paths = pathsIn(readFileSync(join(top, page), 'utf8'));
    expect(paths.filter((path) => !existsSync(join(top, path)))).toEqual([]);
  });
});
