import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NstraceError } from '../../../src/errors.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { LateNames, survey } from '../../../src/recording/read/late-names.ts';
import { toLine } from '../../../src/recording/write/line.ts';
import {
  cgroup,
  container,
  exec,
  footer,
  header,
  inContainer,
  lost,
  xyxy12,
  xyxy12Info,
} from '../../fixtures/records.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-names-`);
  path = `${folder}/a.ndjson`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const web = { ...xyxy12, name: 'web', runtime: 'docker' };
const named = (changes: object = {}): NstraceRecord =>
  container({ seq: 9, op: 'named', container: { ...xyxy12Info, ...web, image: 'nginx', ...changes } });
const text = (...records: NstraceRecord[]): string => records.map(toLine).join('');

/** What the containers of these ids are called after a look at the file. */
const namesIn = async (content: string | Buffer): Promise<Record<string, unknown>> => {
  writeFileSync(path, content);
  const { names } = await survey(path, signal);
  const found: Record<string, unknown> = {};
  for (const id of ['xyxy12', 'other', 'half']) {
    const record = exec({ seq: 0, container: { id, name: id, runtime: 'runc' } });
    if (names.apply(record, 'b7c1d0a2') || names.apply(record, '')) {
      found[id] = record.container;
    }
  }
  return found;
};

describe('survey', () => {
  it('finds the names that containers got late, by their ids', async () => {
    const other = named({ id: 'other', name: 'db' });
    expect(await namesIn(text(header(), exec(inContainer), named(), exec(), other, footer()))).toEqual({
      xyxy12: web,
      other: { id: 'other', name: 'db', runtime: 'docker' },
    });
  });

  it('is not held up by a line that is longer than a record can be', async () => {
    const long = Buffer.alloc(64 * 1024 * 1024, 'x');
    expect((await namesIn(gzipSync(Buffer.concat([long, Buffer.from(`\n${text(named())}`)])))).xyxy12).toEqual(web);
  });

  it('takes the last name of one that got several', async () => {
    expect(await namesIn(text(named(), named({ name: 'shop' })))).toMatchObject({ xyxy12: { name: 'shop' } });
  });

  it('takes no name from other records, whatever is in them', async () => {
    const records = [
      ...(['seen', 'created', 'started', 'joined', 'stopped', 'removed'] as const).map((op) =>
        container({ op, container: { ...xyxy12Info, name: 'web' } }),
      ),
      exec({ ...inContainer, args: ['"op":"named"', JSON.stringify(named())] }),
      cgroup({ ...inContainer, path: '/"op":"named"' }),
    ];
    expect(await namesIn(text(...records))).toEqual({});
    const foreign = `${JSON.stringify({ op: 'named', type: 'exec', container: web })}\n`;
    expect(await namesIn(foreign)).toEqual({});
  });

  it('passes over lines that are no records', async () => {
    const bad = [
      'garbage "op":"named"',
      '{"type":"container","op":"named"}',
      '{"type":"container","op":"named","container":null}',
      '{"type":"container","op":"named","container":{"id":7}}',
      '["op":"named"]',
      toLine(named({ id: 'half' })).slice(0, -20),
    ];
    expect(Object.keys(await namesIn(`${bad.join('\n')}\n${text(named())}`))).toEqual(['xyxy12']);
    expect(await namesIn(text(named()) + toLine(named({ id: 'half' })).slice(0, -20))).toEqual({ xyxy12: web });
  });

  it('finds none in a file that is empty or has none', async () => {
    expect(await namesIn('')).toEqual({});
    expect(await namesIn(text(header(), exec(), footer()))).toEqual({});
  });

  it('reads packed recordings, also if they are cut off or broken', async () => {
    const packed = gzipSync(text(header(), named(), footer()));
    expect(await namesIn(packed)).toEqual({ xyxy12: web });
    expect(await namesIn(packed.subarray(0, -10))).toEqual({ xyxy12: web });
    const broken = Buffer.concat([packed.subarray(0, 10), Buffer.alloc(100, 0xff)]);
    expect(await namesIn(broken)).toEqual({});
  });

  it('throws an error with a status if there is no such file', async () => {
    const error = await survey(`${folder}/missing`, signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NstraceError);
    expect(error).toMatchObject({ status: 1 });
  });
});

describe('LateNames', () => {
  const recording = 'b7c1d0a2';
  const late = (...records: NstraceRecord[]): LateNames => {
    const names = new LateNames();
    for (const record of records) {
      names.learn(record, recording);
    }
    return names;
  };
  const renamed = (record: NstraceRecord, names = late(named()), of = recording): NstraceRecord => {
    const copy = structuredClone(record);
    expect(names.apply(copy, of)).toBe(JSON.stringify(copy) !== JSON.stringify(record));
    return copy;
  };
  const instance = (number: number, changes: object = {}) => ({ ...xyxy12, instance: number, ...changes });

  it('gives a record the name and the runtime that its container got later', () => {
    expect(renamed(exec(inContainer))).toEqual(exec({ ...inContainer, container: web }));
  });

  it('keeps what else is known of a container', () => {
    expect(renamed(container({ op: 'started', pid: 10123 }))).toEqual(
      container({ op: 'started', pid: 10123, container: { ...xyxy12Info, ...web } }),
    );
  });

  it('names the containers around one too', () => {
    expect(renamed(container({ container: { ...xyxy12Info, id: 'in', inside: [xyxy12] } }))).toMatchObject({
      container: { id: 'in', name: 'xyxy12', inside: [web] },
    });
  });

  it('changes nothing of other containers, of the host, and of records without one', () => {
    const others = [
      exec({ ...inContainer, container: { id: 'other', name: 'xyxy12', runtime: 'runc' } }),
      exec(),
      header(),
      lost(),
      footer(),
    ];
    expect(others.map((record) => renamed(record))).toEqual(others);
  });

  it('changes nothing of another recording', () => {
    expect(renamed(exec(inContainer), undefined, 'other')).toEqual(exec(inContainer));
  });

  it('changes nothing after the name was learned', () => {
    expect(renamed(exec({ ...inContainer, seq: 10 }))).toEqual(exec({ ...inContainer, seq: 10 }));
  });

  it('knows the lives of one id apart by their instances', () => {
    const names = late(named({ instance: 2 }));
    const first = exec({ ...inContainer, seq: 0, container: instance(1) });
    const second = exec({ ...inContainer, seq: 0, container: instance(2) });
    expect(renamed(first, names)).toEqual(first);
    expect(renamed(second, names)).toMatchObject({ container: { name: 'web', instance: 2 } });
  });

  it('knows the runtimes of one id apart where there are no instances', () => {
    const other = named({ name: 'shop', runtime: 'lxc' });
    const names = late(named(), { ...other, seq: 10 });
    expect(renamed(exec({ ...inContainer, container: { ...xyxy12, runtime: 'docker' } }), names)).toMatchObject({
      container: { name: 'web', runtime: 'docker' },
    });
  });

  it('takes a new name of a container for none that was learned late', () => {
    const names = late({ ...named(), seq: 9, reason: 'renamed' } as NstraceRecord);
    expect(names.empty).toBe(true);
    expect(late({ ...named(), seq: 9, reason: 'late' } as NstraceRecord).empty).toBe(false);
  });

  it('changes nothing if there are no late names', () => {
    expect(renamed(exec(inContainer), new LateNames())).toEqual(exec(inContainer));
  });

  it('keeps recordings of a merged stream apart, whose instances have the same numbers', async () => {
    const from = (recording: string, record: NstraceRecord): NstraceRecord =>
      ({ ...record, recording, source_seq: record.seq }) as NstraceRecord;
    const one = { ...xyxy12Info, instance: 1 };
    writeFileSync(
      path,
      text(
        from('a', header({ seq: 1 })),
        from('b', header({ seq: 2 })),
        from('a', container({ seq: 9, op: 'named', container: { ...one, name: 'web' } })),
        footer({ seq: 10, time: '2026-01-02T03:04:06.000000000Z', mono: '5' }),
      ),
    );
    const { names, lastAt } = await survey(path, signal);
    const nameIn = (recording: string): string | undefined => {
      const record = exec({ seq: 3, ...inContainer, container: { ...xyxy12, instance: 1 } });
      names.apply(record, recording);
      return record.container?.name;
    };
    expect([nameIn('a'), nameIn('b')]).toEqual(['web', 'xyxy12']);
    // Several hosts have only the wall clock in common.
    expect(lastAt).toBe(Date.UTC(2026, 0, 2, 3, 4, 6) * 1e6);
  });
});
