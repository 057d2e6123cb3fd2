import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Nanoseconds } from '../../src/kernel/time.ts';
import { Decoder } from '../../src/probe/decode/decode.ts';
import { NamespacePairs } from '../../src/probe/order/namespace-pairs.ts';
import { Sequence } from '../../src/probe/order/sequence.ts';
import { encode } from '../../src/recording/write/line.ts';
import { bytes, execLine, hex, hostWords, pair, place, words } from '../fixtures/lines.ts';
import { setUp } from '../fixtures/model.ts';
import { type Change, changed, changes, corpus, runs } from './support.ts';

const schema = JSON.parse(readFileSync(`${import.meta.dirname}/../../docs/nstrace-1.schema.json`, 'utf8'));
const validate = new Ajv2020({ strict: false }).compile(schema);

/** A line of each letter, of a process that is made anew for each. */
const lineOf = (letter: string, time: number, seq: number, pid: number): string => {
  const stamp = `${letter} ${time} ${place(pid & 1, seq)}`;
  const level = pid % 3;
  const who = `${pair(pid, pid)} ${pair(1, level * 0x100_0000 + 7)} ${hex(time - 500)} ${hex(0xeffffffc)}`;
  const comm = words(Buffer.from('worker'), 2);
  const lines: Record<string, string> = {
    C: `${stamp} ${pair(0, 0)} ${hex(0x1ffffffffffn)}`,
    E: execLine({
      time,
      cpu: pid & 1,
      seq,
      pid,
      level,
      nr: 7,
      start: time - 500,
      argv: Buffer.from('a\0\xffb\0', 'latin1'),
    }),
    n: `${stamp} 3 ${pair(5, 6)} ${pair(7, 0)} 0 0`,
    m: `${stamp} ${bytes('name\0\0')}`,
    p: `${stamp} 40 ${bytes('/more/path')}`,
    a: `${stamp} b8 ${bytes('more\0argv\0')}`,
    h: `${stamp} ffff ${hex(0x1234_5678_9abc_def0n)}`,
    F: `${stamp} ${pair(pid, pid)} ${pair(1, 1)} ${pair(level, 7)} 20000000 ${hex(time - 500)} ${pair(0, 0)} ${hostWords} 1 ${comm}`,
    X: `${stamp} ${who} ${hex(0x1_0089)} 4100 ${comm}`,
    S: `${stamp} ${who} 0 ${hostWords}`,
    J: `${stamp} ${pair(pid, pid)} ${hostWords.replace('effffff8', 'efffff08')}`,
    U: `${stamp} ${pair(pid, pid)} ${hostWords.replace('effffff8', 'efffff09')}`,
    M: `${stamp} ${pair(pid, pid)} 0 2a 0 ${bytes('/docker/0123\0')}`,
    N: `${stamp} ${pair(pid, pid)} 1 2a 0 ${bytes('/docker/0124\0')}`,
    R: `${stamp} ${pair(pid, pid)} 0 2a 0 ${bytes('/docker/0123\0')}`,
    A: `${stamp} ${pair(pid, pid)} 0 2a ${hex(pid)} ${bytes('/docker/0123\0')}`,
    q: `${stamp} 80 ${bytes('/more\0')}`,
    G: `${stamp} ${who} ${pair(0, 0)} 2 0 ${pair(pid & 1, 3)}`,
    g: `${stamp} ${hex(pid % 33)} 0 ${bytes('text\0')}`,
    Y: `${stamp} ${pair(pid, pid)} 63`,
    O: `${stamp} ${hex(pid)}`,
    H: `H ${time} 1000`,
    '@': `@seq[${pid & 1}]: ${seq}\n`,
    f: `@folded[${pid}]: ${seq}`,
  };
  return lines[letter]!;
};

const letters = [...'CEnmpahFXSJUMNRAqGgYOH@f'];

interface Piece {
  letter: string;
  pid: number;
  skip: number;
  list: Change[];
}

const pieces = fc.array(
  fc.record({
    letter: fc.constantFrom(...letters),
    pid: fc.integer({ min: 2, max: 6 }),
    skip: fc.oneof(fc.constant(0), fc.nat(2)),
    list: fc.oneof({ weight: 2, arbitrary: fc.constant<Change[]>([]) }, { weight: 1, arbitrary: changes() }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** All that the probes could print and much that they could not, as records. */
const recordsOf = (input: readonly Piece[]) => {
  const world = setUp();
  const sequence = new Sequence();
  const pairs = new NamespacePairs((event) => world.model.event(event));
  const begun: Nanoseconds = { mono: '1000', at: 1000 };
  let last = begun;
  const totals = new Map<number, number>();
  const decoder = new Decoder(
    {
      event: (event) => pairs.take(event),
      heartbeat: (time) => {
        last = time;
        for (const loss of sequence.losses(time, begun)) {
          world.model.event(loss);
        }
        world.model.beat(time);
      },
      held: () => {},
      folding: () => {},
      total: (map, key, value) => {
        if (map === 'seq') {
          totals.set(key, value);
        } else if (map === 'folded') {
          world.model.event({ kind: 'folded', ...last, cpu: -1, seq: 0, pid: key, total: value, last: false });
        }
      },
      mapEnd: () => {},
      message: () => {},
    },
    sequence,
  );
  const seqs = [0, 0];
  let time = 2_000_000_000;
  for (const { letter, pid, skip, list } of input) {
    time += 1_000_000;
    seqs[pid & 1]! += 1 + skip;
    for (const line of changed(lineOf(letter, time, seqs[pid & 1]!, pid), list).split('\n')) {
      decoder.line(line);
    }
  }
  decoder.finish();
  for (const loss of sequence.settle(totals, last, begun)) {
    world.model.event(loss);
  }
  return { records: world.records, sequence };
};

describe('lines of the probes, whole, garbled or invented,', () => {
  it('become records that the schema knows, with all numbers in them, or none', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(pieces, (input) => {
        const { records, sequence } = recordsOf(input);
        for (const record of records) {
          kinds.add(record.type);
          const { text } = encode({ ...record, seq: 1 });
          const again: unknown = JSON.parse(text);
          if (!validate(again)) {
            expect.unreachable(`${JSON.stringify(validate.errors)} ${text}`);
          }
        }
        expect(Number.isSafeInteger(sequence.lost) && Number.isSafeInteger(sequence.delivered)).toBe(true);
      }),
      { numRuns: runs(800), examples: corpus<Piece[]>('wire') },
    );
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['cgroup', 'exec', 'exit', 'fork', 'lost', 'namespace']));
  });
});
