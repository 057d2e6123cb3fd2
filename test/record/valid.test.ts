import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/record/schema.ts';
import { valid } from '../../src/record/valid.ts';
import * as records from '../fixtures/records.ts';
import { lifeOf } from '../fixtures/story.ts';

/** Good records of every type, with what is optional too. */
const good: Record<string, unknown>[] = [
  records.header({ filters: { container: ['web'], deep: { a: [1] } } }),
  records.process({ ...records.inContainer, origin: 'init', unit: 'a.service', cwd: '/', cwd_base64: 'Lw==' }),
  records.exec({
    ...records.inContainer,
    pcomm: 'sh',
    exe_base64: 'AA==',
    args_base64: ['/w=='],
    old_tid: 7,
    folded: 3,
  }),
  records.failedExec({ nspid_truncated: true, comm_base64: '', exe_truncated: true }),
  records.fork({ by: 7, flags: ['CLONE_NEWPID'], origin: 'born' }),
  records.exit({ code: 3, signal: 'SIGKILL', oom: true, exe: '/bin/ls' }),
  records.namespace({ tid: 4, joined: { pid: 4026531836 } }),
  records.cgroup({ by: 9, path_base64: 'AA==' }),
  records.container({
    ...{
      pid: 7,
      nspid: [7, 1],
      startup_ns: 5,
      startup: { runtime_ns: 1, rest_ns: 4 },
      code: 1,
      signal: 'SIGINT',
      oom: true,
    },
    by: { pid: 1, uid: 0, comm: 'runc', args: ['runc'] },
    container: {
      ...records.xyxy12Info,
      ...{ image: 'bb', labels: { a: 'b' }, inside: [records.xyxy12], shared: { net: ['host'] } },
    },
  }),
  records.usage(),
  records.lost({ cpu: 1 }),
  records.footer(),
  ...lifeOf(),
];

/** What the generated code says and what the schema says. */
const verdicts = (value: unknown): [boolean, boolean] => {
  const { type } = value as { type: string };
  return [valid.get(type)!(value), recordSchema.safeParse(value).success];
};

/** JSON as a line can have it: no undefined, and keys as JSON.parse makes them. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    ...[-1, 0, -0, 1, 1.5, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e300, 255, 256, null, true, '', [], {}],
  ),
  fc.constantFrom<unknown>(
    ...['2026-01-02T03:04:05.123456789Z', '1000', 'AA==', 'init', 'unshare', 'kernel', 'nstrace/1'],
  ),
  fc.constantFrom<unknown>(
    ...[[1], ['a'], { pid: 1 }, { pid: -1 }, { other: 1 }, { constructor: 1 }, { a: 'b' }, [[]]],
  ),
);

/** Every place in a value, as keys on the way to it. */
const places = (value: unknown): string[][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [[key], ...places(inner).map((path) => [key, ...path])]);

const change = (value: unknown, path: readonly string[], to: unknown): void => {
  const at = path.slice(0, -1).reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
  if (to === undefined) {
    delete (at as Record<string, unknown>)[path.at(-1)!];
  } else {
    (at as Record<string, unknown>)[path.at(-1)!] = to;
  }
};

describe('valid', () => {
  it('has a check for every type of the schema', () => {
    expect([...valid.keys()]).toEqual(recordSchema.options.map((option) => option.shape.type.value));
    expect(new Set(good.map(({ type }) => type)).size).toBe([...valid.keys()].length);
  });

  it.each(good.map((record) => [record.type, record]))('accepts a good %s', (_, record) => {
    expect(verdicts(json(record))).toEqual([true, true]);
  });

  it('says what the schema says of records in which something is another, or missing', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.array(fc.tuple(fc.nat(), fc.option(anything, { nil: undefined })), { minLength: 1, maxLength: 2 }),
        (record, changes) => {
          const value = json(record) as Record<string, unknown>;
          for (const [index, to] of changes) {
            const paths = places(value).filter(([key, ...more]) => key !== 'type' && !more.includes('__proto__'));
            change(value, paths[index % paths.length]!, to === undefined ? undefined : json(to));
          }
          const parsed = json(value);
          const [ours, theirs] = verdicts(parsed);
          expect(ours).toBe(theirs);
          refused += ours ? 0 : 1;
        },
      ),
      { numRuns: 5000 },
    );
    // Else it has tried nothing.
    expect(refused).toBeGreaterThan(1000);
  });

  it('says what the schema says of anything that claims a type', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valid.keys()), fc.dictionary(fc.string(), fc.jsonValue()), (type, fields) => {
        const [ours, theirs] = verdicts(json({ ...fields, type }));
        expect(ours).toBe(theirs);
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts fields that it does not know', () => {
    for (const record of good) {
      expect(verdicts({ ...(json(record) as object), future: { deep: [null] } })).toEqual([true, true]);
    }
  });
});
