import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/filter/expression.ts';
import { keyNames } from '../../src/filter/keys.ts';
import { type CompilePattern, loadPatterns, PatternError } from '../../src/filter/pattern.ts';
import { ContainerSelection } from '../../src/filter/selector.ts';
import { Knowledge } from '../../src/filter/subject.ts';
import { container, exec, inContainer } from '../fixtures/records.ts';
import { inTime, lifeOf } from '../fixtures/story.ts';
import { anyText, corpus, runs } from './support.ts';

let compile: CompilePattern;
beforeAll(async () => {
  compile = await loadPatterns();
});
const users = { all: () => ['root'], nameOf: String, idOf: () => undefined };

const story = inTime(...lifeOf({ id: 'web' }), ...lifeOf({ id: 'host', base: 20_000, from: 10 }));

const word = fc
  .tuple(
    fc.constantFrom('', '!'),
    fc.oneof(
      fc.constantFrom(...['c', 'n', 'l', 'exit', 'signal', 'e', 'x', 'ns', 'p', 'label', 'origin', 'u', 'host', 'tty']),
      anyText(6),
    ),
    fc.constantFrom(':', ':!', '', ' '),
    fc.oneof(
      anyText(20),
      fc.constantFrom(
        '"',
        '"a,b"',
        'a,!b',
        '(',
        '(a+)+$',
        '[',
        '(?=a)',
        '\\1',
        '.{1,9999}',
        '0',
        '256',
        '-1',
        'SIGKILL',
        '*',
        '**a*b*',
        '999999999999999999',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('the filter language', () => {
  it('takes any text: what is wrong is said where it stands, and the rest can be asked', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const text = words.join(' ');
        const expression = parseExpression(text, { compile, users });
        for (const { start, end, message } of expression.problems) {
          expect(start >= 0 && start <= end && end <= text.length && message !== '').toBe(true);
        }
        const knowledge = new Knowledge({ keepsLineage: true });
        for (const record of story) {
          expect(typeof expression.matches(knowledge.take(record))).toBe('boolean');
        }
      }),
      { numRuns: runs(600), examples: corpus<string[]>('filter') },
    );
    expect(keyNames().length).toBeGreaterThan(5);
  });

  it('refuses expressions by a message, or runs them in time that grows with the text alone', () => {
    const parts = fc.constantFrom(
      'a',
      '(',
      ')',
      '+',
      '*',
      '?',
      '|',
      '[',
      ']',
      '^',
      '$',
      '.',
      '\\',
      '{',
      '}',
      ',',
      '9',
      '(?:',
      '(?i)',
      '\\b',
      '\\pL',
      '\\x{41}',
    );
    const long = exec({ args: ['a'.repeat(20_000)] });
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (list) => {
        const expression = parseExpression(`l:"${list.join('')}"`, { compile, users });
        const knowledge = new Knowledge({ keepsLineage: false });
        const began = performance.now();
        expression.matches(knowledge.take(long));
        // A machine that is busy needs a part of it; what backtracks needs years.
        expect(performance.now() - began).toBeLessThan(10_000);
      }),
      { numRuns: runs(150), examples: [[[...'(a+)+$']], [[...'(a|a)*b']], [[...'(.*.*.*)x']]] },
    );
  });
});

describe('selectors', () => {
  it('take any text, and never mean two things at once', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom('', '!'), anyText(20)).map((two) => two.join('')),
          { maxLength: 4 },
        ),
        anyText(20),
        (words, name) => {
          const id = name === '' ? 'x' : name;
          const ref = { id, name, runtime: 'runc' };
          const selection = new ContainerSelection(words);
          const only = new ContainerSelection([`runc/${id}`]);
          for (const known of [selection, only]) {
            known.learn(container({ container: { ...ref, cgroups: [`/${name}`] } }));
            known.learn(exec({ ...inContainer, container: ref }));
          }
          expect(typeof selection.wants(ref) === 'boolean' && typeof selection.wants(null) === 'boolean').toBe(true);
          selection.ambiguous();
          selection.waitingFor();
          // Whatever it is called, a container is not the host, and RUNTIME/ID selects it.
          expect(new ContainerSelection(['host']).wants(ref)).toBe(false);
          expect(only.wants(ref)).toBe(true);
        },
      ),
      {
        numRuns: runs(1000),
        examples: [
          [['host'], 'host'],
          [['!host'], 'host'],
          [['__proto__'], '__proto__'],
        ],
      },
    );
  });
});

describe('errors', () => {
  it('of the library of expressions are ours', () => {
    fc.assert(
      fc.property(anyText(20), (text) => {
        try {
          compile(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
