import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoteName, quoteText } from '../../src/query/quote.ts';
import { recordingOf, testFolder } from '../fixtures/files.ts';
import { exec } from '../fixtures/records.ts';
import { asking } from '../query/support.ts';
import { anyText, corpus, runs } from './support.ts';

const { folder, write } = testFolder();

it('names and texts come out of SQL as they went in', async () => {
  await asking([write('a.ndjson', recordingOf([exec()]))], async ({ rows }) => {
    await fc.assert(
      fc.asyncProperty(anyText(), async (any) => {
        // DuckDB's client for Node takes a byte order mark off the beginning of each text (docs/query.md).
        const text = any.toWellFormed().replaceAll(/[\0\ufeff]/g, '');
        expect(await rows(`SELECT ${quoteText(text)} AS ${quoteName(text || 'x')}`)).toEqual([[text]]);
      }),
      { numRuns: runs(200), examples: corpus<string>('sql') },
    );
  });
});

it('any statement gives rows or an error, and touches no file', async () => {
  const secret = write('secret', 'geheim');
  const file = write('b.ndjson', recordingOf([exec({ args: ['x'] })]));
  const part = fc.oneof(
    fc.constantFrom(
      ...[
        'SELECT',
        'FROM',
        'execs',
        '*',
        '(',
        ')',
        ';',
        ',',
        'COPY',
        'TO',
        'ATTACH',
        'INSTALL httpfs',
        'LOAD',
        'CREATE TABLE x AS',
        'SET',
      ],
    ),
    fc.constantFrom(
      `'${secret}'`,
      `'${folder}/new'`,
      `read_text('${secret}')`,
      'EXPLAIN',
      'EXPLAIN ANALYZE',
      'WITH x AS',
      '--',
      '/*',
      '*/',
      '$$',
      'PRAGMA',
      "getenv('HOME')",
    ),
    fc.constantFrom(
      '1',
      "'a'",
      'args[1]',
      'WHERE',
      'UNION',
      'VALUES',
      'CALL',
      'PIVOT',
      'IMPORT DATABASE',
      'EXPORT DATABASE',
      'VACUUM',
      'BEGIN',
    ),
    anyText(10),
  );
  await asking([file], async ({ rows }) => {
    const before = readdirSync(folder).sort();
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 10 }), async (words) => {
        try {
          const found = await rows(words.join(' ').toWellFormed());
          // Where the statement itself does not have the word, nobody read the file.
          expect(JSON.stringify(found)).not.toContain('geheim');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(String(error)).not.toContain('geheim');
        }
      }),
      { numRuns: runs(300) },
    );
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(readFileSync(secret, 'utf8')).toBe('geheim');
    expect(existsSync(file)).toBe(true);
  });
});
