import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NstraceError } from '../../src/errors.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { applyLateName, readLateNames } from '../../src/recording/late-names.ts';
import { toLine } from '../../src/recording/line.ts';
import { cgroup, container, exec, footer, header, inContainer, lost, xyxy12, xyxy12Info } from '../fixtures/records.ts';

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
  container({ op: 'named', container: { ...xyxy12Info, ...web, image: 'nginx', ...changes } });
const text = (...records: NstraceRecord[]): string => records.map(toLine).join('');

const namesIn = (content: string | Buffer) => {
  writeFileSync(path, content);
  return readLateNames(path, signal);
};

describe('readLateNames', () => {
  it('finds the names that containers got late, by their ids', async () => {
    const other = named({ id: 'other', name: 'db' });
    expect(await namesIn(text(header(), exec(inContainer), named(), exec(), other, footer()))).toEqual(
      new Map([
        ['xyxy12', web],
        ['other', { id: 'other', name: 'db', runtime: 'docker' }],
      ]),
    );
  });

  it('is not held up by a line that is longer than a record can be', async () => {
    const long = Buffer.alloc(64 * 1024 * 1024, 'x');
    expect((await namesIn(gzipSync(Buffer.concat([long, Buffer.from(`\n${text(named())}`)])))).get('xyxy12')).toEqual(
      web,
    );
  });

  it('takes the last name of one that got several', async () => {
    expect((await namesIn(text(named(), named({ name: 'shop' })))).get('xyxy12')?.name).toBe('shop');
  });

  it('takes no name from other records, whatever is in them', async () => {
    const records = [
      ...(['seen', 'created', 'started', 'joined', 'stopped', 'removed'] as const).map((op) =>
        container({ op, container: { ...xyxy12Info, name: 'web' } }),
      ),
      exec({ ...inContainer, args: ['"op":"named"', JSON.stringify(named())] }),
      cgroup({ ...inContainer, path: '/"op":"named"' }),
    ];
    expect(await namesIn(text(...records))).toEqual(new Map());
    const foreign = `${JSON.stringify({ op: 'named', type: 'exec', container: web })}\n`;
    expect(await namesIn(foreign)).toEqual(new Map());
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
    expect([...(await namesIn(`${bad.join('\n')}\n${text(named())}`)).keys()]).toEqual(['xyxy12']);
    expect(await namesIn(text(named()) + toLine(named({ id: 'half' })).slice(0, -20))).toEqual(
      new Map([['xyxy12', web]]),
    );
  });

  it('finds none in a file that is empty or has none', async () => {
    expect(await namesIn('')).toEqual(new Map());
    expect(await namesIn(text(header(), exec(), footer()))).toEqual(new Map());
  });

  it('reads packed recordings, also if they are cut off or broken', async () => {
    const packed = gzipSync(text(header(), named(), footer()));
    expect(await namesIn(packed)).toEqual(new Map([['xyxy12', web]]));
    expect(await namesIn(packed.subarray(0, -10))).toEqual(new Map([['xyxy12', web]]));
    const broken = Buffer.concat([packed.subarray(0, 10), Buffer.alloc(100, 0xff)]);
    expect(await namesIn(broken)).toEqual(new Map());
  });

  it('throws an error with a status if there is no such file', async () => {
    const error = await readLateNames(`${folder}/missing`, signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NstraceError);
    expect(error).toMatchObject({ status: 1 });
  });
});

describe('applyLateName', () => {
  const names = new Map([['xyxy12', web]]);
  const renamed = (record: NstraceRecord): NstraceRecord => {
    const copy = structuredClone(record);
    applyLateName(copy, names);
    return copy;
  };

  it('gives a record the name and the runtime that its container got later', () => {
    expect(renamed(exec(inContainer))).toEqual(exec({ ...inContainer, container: web }));
  });

  it('keeps what else is known of a container', () => {
    expect(renamed(container({ op: 'started', pid: 10123 }))).toEqual(
      container({ op: 'started', pid: 10123, container: { ...xyxy12Info, ...web } }),
    );
  });

  it('changes nothing of other containers, of the host, and of records without one', () => {
    const others = [
      exec({ ...inContainer, container: { id: 'other', name: 'xyxy12', runtime: 'runc' } }),
      exec(),
      header(),
      lost(),
      footer(),
    ];
    expect(others.map(renamed)).toEqual(others);
  });

  it('changes nothing if there are no late names', () => {
    const record = structuredClone(exec(inContainer));
    applyLateName(record, new Map());
    expect(record).toEqual(exec(inContainer));
  });
});
