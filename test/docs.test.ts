import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const top = join(import.meta.dirname, '..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'probes/README.md'],
  ...['stryker.config.json', 'vitest.mutation.config.ts'],
  ...readdirSync(join(top, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** `a/{b,c}.ts` is two paths. */
const expand = (path: string): string[] => {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/.exec(path);
  return match === null ? [path] : match[2]!.split(',').flatMap((word) => expand(`${match[1]}${word}${match[3]}`));
};

/** Paths of this repository that a page names, without patterns. */
const pathsIn = (text: string): string[] =>
  (text.match(/(?<![\w./])(?:src|test|bench|tools|probes|docs)\/(?:[\w./*-]|\{[\w,-]+\})*[\w/}*]/g) ?? [])
    .flatMap(expand)
    .filter((path) => !path.includes('*'));

describe('a page', () => {
  it('is searched for the paths that it names', () => {
    expect(
      pathsIn('see [x](src/a.ts), `src/b/`; not /usr/src/c or src/**/*.ts. In src/f/g-h.ts, test/{i,j-k}.ts.'),
    ).toEqual([...['src/a.ts', 'src/b/', 'src/f/g-h.ts', 'test/i.ts', 'test/j-k.ts']]);
  });

  it.each(pages)('names only files and folders that there are: %s', (page) => {
    const paths = pathsIn(readFileSync(join(top, page), 'utf8'));
    expect(paths.filter((path) => !existsSync(join(top, path)))).toEqual([]);
  });
});
