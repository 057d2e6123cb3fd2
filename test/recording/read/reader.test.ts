import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { mergeBatches } from '../../../src/recording/read/merge.ts';
import { Reading, type ReadOptions, type RecordBatch, readRecords } from '../../../src/recording/read/reader.ts';
import { toLine } from '../../../src/recording/write/line.ts';
import { container, exec, footer, header, inContainer, process, xyxy12 } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';

let folder: string;
let aborter: AbortController;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-files-`);
  aborter = new AbortController();
});
afterEach(() => {
  aborter.abort();
  rmSync(folder, { recursive: true });
});

const write = (name: string, ...records: NstraceRecord[]): string => {
  const path = `${folder}/${name}`;
  const text = records.map(toLine).join('');
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
};

const read = async (words: string | string[], options: Partial<ReadOptions> = {}) => {
  const damage: string[] = [];
  const batches: RecordBatch[] = [];
  const reading = readRecords(words, {
    signal: aborter.signal,
    onDamage: ({ file, line, what }) => damage.push(`${file.slice(folder.length + 1)}:${line}: ${what}`),
    ...options,
  });
  for await (const batch of reading) {
    batches.push(batch);
  }
  const records = batches.flatMap(({ records }) => records);
  return { damage, batches, records, args: records.flatMap((record) => ('args' in record ? record.args : [])) };
};

/** A recording of its own. */
const one = (id: string, ...args: string[]): NstraceRecord[] => [
  header({ recording: id, args: [] }),
  ...args.map((arg, index) => exec({ seq: index + 2, args: [arg] })),
  footer({ seq: args.length + 2 }),
];

/** A part of a recording, with a process that was alive when it began. */
const part = (number: number, first: number, ...args: string[]): NstraceRecord[] => [
  header({ seq: first, recording: 'long', part: number, args: [] }),
  process({ seq: first + 1, args: ['alive'], ...(number > 1 ? { carried: true } : {}) }),
  ...args.map((arg, index) => exec({ seq: first + 2 + index, args: [arg] })),
  footer({ seq: first + 2 + args.length, reason: 'rotated' }),
];

describe('readRecords', () => {
  it('reads files one after the other, each below its header', async () => {
    const a = write('a.ndjson', ...one('a', 'a1', 'a2'));
    const b = write('b.ndjson.gz', ...one('b', 'b1'));
    const { args, damage, batches } = await read([a, b]);
    expect(args).toEqual(['a1', 'a2', 'b1']);
    expect(damage).toEqual([]);
    expect(batches.map(({ file, header }) => [file, header?.recording])).toEqual([
      [a, 'a'],
      [b, 'b'],
    ]);
  });

  it('begins a batch with each header', async () => {
    const both = write('both.ndjson', ...one('a', 'a1'), ...one('b', 'b1'));
    const { batches } = await read(both);
    expect(batches.map(({ header, records }) => [header?.recording, records.length])).toEqual([
      ['a', 3],
      ['b', 3],
    ]);
  });

  it('gives lines as they came, but for records that got a late name', async () => {
    const named = container({ seq: 4, op: 'named', container: { ...xyxy12, name: 'web' } });
    const path = write(
      'a.ndjson',
      header(),
      exec({ seq: 2 }),
      exec({ ...inContainer, seq: 3 }),
      named,
      footer({ seq: 5 }),
    );
    const { batches, records } = await read(path, { lines: true });
    expect(batches[0]!.lines).toEqual([
      toLine(header()).trimEnd(),
      toLine(exec({ seq: 2 })).trimEnd(),
      undefined,
      toLine(named).trimEnd(),
      toLine(footer({ seq: 5 })).trimEnd(),
    ]);
    expect(records[2]).toMatchObject({ container: { name: 'web' } });
  });

  it('gives late names of one recording to its own records only', async () => {
    const early = exec({ ...inContainer, seq: 2 });
    const named = container({ seq: 3, op: 'named', container: { ...xyxy12, name: 'web' } });
    const a = write('a.ndjson', header({ recording: 'a' }), early, named, footer({ seq: 4 }));
    const b = write('b.ndjson', header({ recording: 'b' }), early, footer({ seq: 3 }));
    const { records } = await read([a, b], { types: ['exec'] });
    const names = records.flatMap((record) => (record.type === 'exec' ? [record.container?.name] : []));
    expect(names).toEqual(['web', 'xyxy12']);
  });

  it('reports how far it is', async () => {
    const path = write('a.ndjson', ...one('a', 'a1'));
    let last = { bytes: 0, total: 0 };
    await read(path, {
      onProgress: (progress) => {
        last = progress;
      },
    });
    expect(last.bytes).toBe(last.total);
    expect(last.total).toBeGreaterThan(0);
  });

  it('names the file in which something is wrong', async () => {
    const a = write('a.ndjson', ...one('a', 'a1').slice(0, 2));
    const b = write('b.ndjson', ...one('b', 'b1'));
    expect((await read([a, b])).damage).toEqual(['a.ndjson:0: it is incomplete: it was cut off after record 2']);
  });

  it('ends when it is asked to, though nothing comes', async () => {
    const path = write('a.ndjson', header());
    const seen: NstraceRecord[] = [];
    for await (const { records } of readRecords(path, {
      ...{ signal: aborter.signal, follow: true, onDamage: ({ what }) => expect.unreachable(what) },
    })) {
      seen.push(...records);
      setTimeout(() => aborter.abort(), 50);
    }
    expect(seen).toHaveLength(1);
  });

  it('goes on from a bookmark', async () => {
    for (const name of ['a.ndjson', 'b.ndjson.gz']) {
      const args = Array.from({ length: 3000 }, (_, index) => `ä${Math.imul(index, 2654435761)}`);
      const path = write(name, ...one('a', ...args));
      const reading = new Reading(path, { onDamage: (damage) => expect.unreachable(damage.what) });
      const all: RecordBatch[] = [];
      for await (const batch of reading.batches(aborter.signal)) {
        all.push(batch);
      }
      expect(all.length).toBeGreaterThan(2);
      for (const [index, batch] of all.slice(0, -1).entries()) {
        const rest: NstraceRecord[] = [];
        for await (const { records, header } of reading.batches(aborter.signal, batch.next)) {
          expect(header?.recording).toBe('a');
          rest.push(...records);
        }
        expect(rest).toEqual(all.slice(index + 1).flatMap(({ records }) => records));
      }
    }
  });
});

describe('the parts of a recording', () => {
  beforeEach(() => {
    write('s.000001.ndjson', ...part(1, 1, 'one'));
    write('s.000002.ndjson.gz', ...part(2, 5, 'two'));
    write('s.000003.ndjson', ...part(3, 9, 'three'));
  });
  const names = ['s.000003.ndjson', 's.000001.ndjson', 's.000002.ndjson.gz'];

  it('are one recording, in the order of their numbers, without what they repeat', async () => {
    const { args, damage, records } = await read(names.map((name) => `${folder}/${name}`));
    expect(args).toEqual(['alive', 'one', 'two', 'three']);
    expect(damage).toEqual([]);
    expect(records.filter(({ type }) => type === 'header')).toHaveLength(3);
  });

  it.each(['s.ndjson', 's.*.ndjson*', 's.00000?.ndjson*', 's.00000[1-3].*'])('can be named by %s', async (name) => {
    expect((await read(`${folder}/${name}`)).args).toEqual(['alive', 'one', 'two', 'three']);
  });

  it('can be read alone: then what was alive is there', async () => {
    expect(await read(`${folder}/s.000003.ndjson`)).toMatchObject({ args: ['alive', 'three'], damage: [] });
  });

  it('may lack the first ones, which were deleted', async () => {
    const { args, damage } = await read([`${folder}/s.000002.ndjson.gz`, `${folder}/s.000003.ndjson`]);
    expect(args).toEqual(['alive', 'two', 'three']);
    expect(damage).toEqual([]);
  });

  it('may not lack one in the middle', async () => {
    const { damage } = await read([`${folder}/s.000001.ndjson`, `${folder}/s.000003.ndjson`]);
    expect(damage).toEqual([
      's.000003.ndjson:1: part 2 is absent',
      's.000003.ndjson:1: 4 records are missing before it',
    ]);
  });

  it('are one recording too when they were put one behind the other', async () => {
    const path = write('all.ndjson', ...part(1, 1, 'one'), ...part(2, 5, 'two'));
    expect(await read(path)).toMatchObject({ args: ['alive', 'one', 'two'], damage: [] });
  });

  it('are followed across their ends', async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { records } of readRecords(`${folder}/s.000003.ndjson`, {
        ...{ signal: aborter.signal, follow: true, onDamage: ({ what }) => seen.push(what) },
      })) {
        seen.push(...records.flatMap((record) => ('args' in record ? record.args : [])));
      }
    })();
    await expect.poll(() => seen).toEqual(['alive', 'three']);
    await sleep(50);
    const last = part(4, 13, 'four');
    const path = write('s.000004.ndjson', ...last.slice(0, 2));
    appendFileSync(path, toLine(last[2]!));
    await expect.poll(() => seen).toEqual(['alive', 'three', 'four']);
    appendFileSync(path, toLine({ ...footer({ seq: 16 }), reason: 'interrupt' }));
    await reading;
    expect(seen).toEqual(['alive', 'three', 'four']);
  });
});

describe('mergeBatches', () => {
  const host = (name: string, ...times: number[]): string =>
    write(
      `${name}.ndjson`,
      header({ ...at(0), recording: `id-${name}`, host: { ...header().host, name } }),
      ...times.map((ms, index) => exec({ ...at(ms), mono: String(ms + 7), seq: index + 2, args: [`${name}${ms}`] })),
      footer({ ...at(100), seq: times.length + 2 }),
    );

  const merged = async (...paths: string[]) => {
    const reading = new Reading(paths, { onDamage: (damage) => expect.unreachable(damage.what) });
    const records: NstraceRecord[] = [];
    for await (const batch of mergeBatches(await reading.recordings(aborter.signal))) {
      expect(batch.records.length).toBeGreaterThan(0);
      records.push(...batch.records);
    }
    return records;
  };

  it('puts the records of several hosts into the order of their time, and says where they are from', async () => {
    const records = await merged(host('a', 1, 5, 6, 20), host('b', 2, 3, 7));
    const execs = records.flatMap((record) => (record.type === 'exec' ? [record] : []));
    expect(execs.map(({ args }) => args[0])).toEqual(['a1', 'b2', 'b3', 'a5', 'a6', 'b7', 'a20']);
    expect(execs[1]).toMatchObject({ host: 'b', recording: 'id-b', source_seq: 2 });
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
    const headers = records.filter(({ type }) => type === 'header');
    expect(headers).toMatchObject([
      { recording: 'id-a', source_seq: 1, host: { name: 'a' } },
      { recording: 'id-b', source_seq: 1, host: { name: 'b' } },
    ]);
  });

  it('keeps the order of each recording', async () => {
    const records = await merged(host('a', 9, 1, 5), host('b', 4));
    expect(records.flatMap((record) => (record.type === 'exec' ? record.args : []))).toEqual(['b4', 'a9', 'a1', 'a5']);
  });

  it('changes nothing of a single one', async () => {
    const records = await merged(host('a', 1));
    expect(records[1]).toEqual(exec({ ...at(1), mono: '8', seq: 2, args: ['a1'] }));
  });

  it('reads a stream that ends with a footer of its own, before those of its recordings', async () => {
    const records = (await merged(host('a', 1, 5), host('b', 2))).filter(({ type }) => type !== 'footer');
    const path = write('stopped.ndjson', ...records, footer({ ...at(100), seq: records.length + 1 }));
    expect((await read(path)).damage).toEqual([]);
  });

  it('makes a stream that can be read again', async () => {
    const records = await merged(host('a', 1, 5), host('b', 2));
    const path = write('merged.ndjson', ...records);
    const again = await read(path);
    expect(again.damage).toEqual([]);
    expect(again.records).toEqual(records);
    expect((await read(write('cut.ndjson', ...records.slice(0, -1)))).damage).toHaveLength(1);
  });
});
