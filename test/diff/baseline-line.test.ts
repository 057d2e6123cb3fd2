import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BaselineEntry, formatEntry, parseEntry } from '../../src/diff/baseline-line.ts';
import { patternOf } from '../../src/diff/word.ts';

const entry = (changes: Partial<BaselineEntry> = {}): BaselineEntry => ({
  ...{ container: 'web', kind: 'exec', exe: '/bin/sh', shape: ['-c', 'job *'], outcomes: new Set(['0', 'SIGTERM']) },
  ...changes,
});

describe('a line of a baseline', () => {
  it('is what people would write', () => {
    expect(formatEntry(entry())).toBe('web exec /bin/sh -c "job *" => 0,SIGTERM');
    expect(formatEntry(entry({ kind: 'join', shape: ['...'], outcomes: undefined }))).toBe('web join /bin/sh ... => *');
  });

  it('is read as it was written, whatever a process is called', () => {
    const roundTrip = (words: readonly string[], outcomes: readonly string[]): void => {
      const [container = 'web', exe = '/bin/sh', ...shape] = words.map((word) => patternOf(word, 'none'));
      const written = entry({ container, exe, shape, outcomes: outcomes.length === 0 ? undefined : new Set(outcomes) });
      const line = formatEntry(written);
      expect(line).not.toMatch(/[\n\r]/);
      expect(parseEntry(line)).toEqual(written);
    };
    roundTrip(['#web', '=>', '"', '\\', 'a\nb', '', '*', '...', '\u202e', '=> 0'], ['0', 'ENOENT', 'SIGRTMIN+1']);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 8 }),
        fc.subarray(['0', '137', 'SIGKILL', 'ENOENT', '?']),
        roundTrip,
      ),
      { numRuns: 500 },
    );
  });

  it.each(['', '   ', '# web exec /bin/sh', '  # so'])('is a comment or nothing: %j', (line) => {
    expect(parseEntry(line)).toBeUndefined();
  });

  it('without outcomes takes any', () => {
    expect(parseEntry('web exec /bin/sh')).toEqual(entry({ shape: [], outcomes: undefined }));
    expect(parseEntry('web exec /bin/sh => *')).toEqual(entry({ shape: [], outcomes: undefined }));
    expect(parseEntry('web exec /bin/sh "=>" => 1')).toEqual(entry({ shape: ['=>'], outcomes: new Set(['1']) }));
  });

  it.each([
    ['web', /^it is not CONTAINER/],
    ['web fork /bin/sh', /^it is not CONTAINER/],
    ['web exec', /^it is not CONTAINER/],
    ['web exec /bin/sh => 0 1', /one list of outcomes/],
    ['web exec /bin/sh => ', /one list of outcomes/],
    ['web exec /bin/sh => often', /are no outcomes/],
    ['web exec "/bin/sh', /quote/],
    ['web exec /bin/s"h', /quote/],
    ['web exec /bin/sh a\\', /backslash/],
    [`web exec ${'x'.repeat(70_000)}`, /64 KiB/],
  ])('says what is wrong with it: %.30s', (line, what) => {
    expect(parseEntry(line)).toMatch(what);
  });
});
