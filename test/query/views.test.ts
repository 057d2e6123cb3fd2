import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { recordingOf, testFolder } from '../fixtures/files.ts';
import { container, exec, exit, failedExec, fork, lost, process, xyxy12Info } from '../fixtures/records.ts';
import { at, inTime, lifeOf } from '../fixtures/story.ts';
import { asking } from './support.ts';

const { write } = testFolder();
const life = (id: string, base = 0, from = 0): NstraceRecord[] => lifeOf({ id, base, from });

/** The records of one instance, as recordings have them since 0.2. */
const withInstance = (records: readonly NstraceRecord[], instance: number): NstraceRecord[] =>
  records.map((record) =>
    'container' in record && record.container ? { ...record, container: { ...record.container, instance } } : record,
  ) as NstraceRecord[];

it('has one row for each record of a type', async () => {
  const records = [...life('web'), failedExec({ ...at(50) }), lost({ ...at(60) })];
  await asking([write('types.ndjson', recordingOf(records))], async ({ column }) => {
    const count = (type: string, wanted: (record: NstraceRecord) => boolean = () => true) =>
      records.filter((record) => record.type === type && wanted(record)).length;
    expect(await column('SELECT count(*) FROM execs')).toEqual([
      count('exec', (r) => r.type === 'exec' && r.ret === 0),
    ]);
    expect(await column('SELECT errno FROM failed')).toEqual(['ENOENT']);
    expect(await column('SELECT count(*) FROM exits')).toEqual([count('exit')]);
    expect(await column('SELECT count(*) FROM forks')).toEqual([count('fork')]);
    expect(await column('SELECT count(*) FROM namespaces')).toEqual([count('namespace')]);
    expect(await column('SELECT count(*) FROM cgroups')).toEqual([count('cgroup')]);
    expect(await column('SELECT count FROM lost')).toEqual([3]);
    expect(await column('SELECT count(*) FROM records')).toEqual([records.length + 2]);
  });
});

it('keeps nanoseconds, the kernel’s clock past 2^53 and lists', async () => {
  const record = exec({ time: '2026-01-02T03:04:05.123456789Z', mono: '9007199254740993', args: ['a', '', 'b c'] });
  await asking([write('exact.ndjson', recordingOf([record]))], async ({ rows }) => {
    const [row] = await rows('SELECT time, mono, args, args[3], nspid_inner, host, file, line FROM execs');
    expect(row?.slice(0, 6)).toEqual([record.time, '9007199254740993', ['a', '', 'b c'], 'b c', null, 'box']);
    expect(row?.[6]).toMatch(/exact\.ndjson$/);
    expect(row?.[7]).toBe('a  b c');
  });
});

it('reports a container’s life in one row, a second life in another', async () => {
  const records = inTime(...withInstance(life('web'), 1), ...withInstance(life('web', 50_000, 2000), 2));
  await asking([write('lives.ndjson', recordingOf(records))], async ({ rows }) => {
    const lives = await rows(
      'SELECT container_name, instance, code, startup_ns, joins, duration_ns FROM containers ORDER BY seq',
    );
    expect(lives).toEqual([
      ['web', 1, 5, 19e6, 1, 980_000_000],
      ['web', 2, 5, 19e6, 1, 980_000_000],
    ]);
  });
});

it('distinguishes lives also where recordings have no instance', async () => {
  const records = inTime(...life('web'), ...life('web', 50_000, 2000));
  await asking([write('old.ndjson', recordingOf(records))], async ({ column }) => {
    expect(await column('SELECT code FROM containers')).toEqual([5, 5]);
  });
});

it('says who entered, and what ran first', async () => {
  await asking([write('joins.ndjson', recordingOf(life('web')))], async ({ rows }) => {
    expect(await rows('SELECT container_name, exe, by_comm, by_args FROM joins')).toEqual([
      ['web', '/usr/bin/top', 'runc', ['runc', 'exec', 'web', 'top']],
    ]);
  });
});

it('has a row for each process, also where a pid is used again', async () => {
  const records = [
    process({ ...at(0), pid: 7, comm: 'old' }),
    exit({ ...at(1), pid: 7, code: 1 }),
    fork({ ...at(2), pid: 7 }),
    exec({ ...at(3), pid: 7, exe: '/bin/a' }),
    exec({ ...at(4), pid: 7, exe: '/bin/b' }),
    exit({ ...at(5), pid: 7, code: 3 }),
    exec({ ...at(6), pid: 7, exe: '/bin/c' }),
  ];
  await asking([write('pids.ndjson', recordingOf(records))], async ({ rows }) => {
    expect(await rows('SELECT exe, execs, code, before FROM processes ORDER BY started, seq')).toEqual([
      ['/usr/bin/ls', 0, 1, true],
      ['/bin/b', 2, 3, false],
      ['/bin/c', 1, null, false],
    ]);
  });
});

it('applies late names backwards, and new names from then on only', async () => {
  const info = { ...xyxy12Info, instance: 4 };
  const ref = { id: info.id, name: info.id, runtime: 'docker', instance: 4 };
  const records = [
    exec({ ...at(1), container: ref, exe: '/1' }),
    container({ ...at(2), op: 'named', reason: 'late', container: { ...info, name: 'web', runtime: 'docker' } }),
    exec({ ...at(3), container: { ...ref, name: 'web' }, exe: '/2' }),
    container({ ...at(4), op: 'named', reason: 'renamed', container: { ...info, name: 'old', runtime: 'docker' } }),
    exec({ ...at(5), container: { ...ref, name: 'old' }, exe: '/3' }),
  ];
  await asking([write('names.ndjson', recordingOf(records))], async ({ rows }) => {
    expect(await rows('SELECT exe, container_name FROM execs ORDER BY exe')).toEqual([
      ['/1', 'web'],
      ['/2', 'web'],
      ['/3', 'old'],
    ]);
  });
});

it('takes several recordings, packed ones, and some that stand behind each other', async () => {
  const one = recordingOf([exec({ exe: '/one' })], 'r1', 'alpha');
  const two = recordingOf([exec({ exe: '/two' })], 'r2', 'beta');
  const files = [
    write('both.ndjson', one + two),
    write('packed.ndjson.gz', gzipSync(recordingOf([exec({ exe: '/three' })], 'r3', 'gamma'))),
  ];
  await asking(files, async ({ rows }) => {
    expect(await rows('SELECT exe, host, recording FROM execs ORDER BY exe')).toEqual([
      ['/one', 'alpha', 'r1'],
      ['/three', 'gamma', 'r3'],
      ['/two', 'beta', 'r2'],
    ]);
  });
});

it('skips in later parts what they carry over', async () => {
  const part = (number: number, ...records: NstraceRecord[]) =>
    recordingOf(records).replace('"recording":"r1"', `"recording":"r1","part":${number}`);
  const first = write('s.000001.ndjson', part(1, process({ pid: 7 }), exec({ pid: 7, exe: '/a' })));
  const second = write('s.000002.ndjson', part(2, process({ pid: 7, carried: true }), exec({ pid: 7, exe: '/b' })));
  await asking([first, second], async ({ column }) => {
    expect(await column("SELECT count(*) FROM records WHERE type = 'process'")).toEqual([1]);
  });
  await asking([second], async ({ column }) => {
    expect(await column("SELECT count(*) FROM records WHERE type = 'process'")).toEqual([1]);
  });
});

it('leaves out lines that are no records, and counts them', async () => {
  const lines = recordingOf([exec({ exe: '/a' }), exec({ exe: '/b' })]).split('\n');
  lines.splice(2, 0, 'nonsense', '{"type":"exec","seq":"many"}', `{"type":"exec","exe":"${'x'.repeat(200_000)}"}`);
  lines.splice(-2, 2, '{"type":"footer","se');
  const file = write('damaged.ndjson', lines.join('\n'));
  await asking([file], async ({ column, engine, notices }) => {
    expect(await column('SELECT exe FROM execs ORDER BY exe')).toEqual(['/a', '/b']);
    expect(await engine.damage()).toEqual([{ file, lines: 4 }]);
    expect(notices.join()).toMatch(/incomplete/);
  });
});

it('refuses what is no recording', async () => {
  await expect(asking([write('no.ndjson', 'hello\n')], async () => {})).rejects.toThrow(/no recording/);
  await expect(asking([write('empty.ndjson', '')], async () => {})).rejects.toThrow(/no recording/);
  await expect(asking(['/nowhere.ndjson'], async () => {})).rejects.toThrow(/no such file/);
});

it('says which parts are absent in the middle', async () => {
  const part = (number: number, seq: number) =>
    recordingOf([exec()])
      .replace('"recording":"r1"', `"recording":"r1","part":${number}`)
      .replaceAll(/"seq":(\d+)/g, (_, own) => `"seq":${Number(own) + seq}`);
  const files = [3, 1, 5].map((number) => write(`gap.00000${number}.ndjson`, part(number, (number - 1) * 3)));
  await asking(files, async ({ notices }) => {
    expect(notices.filter((what) => what.includes('absent'))).toEqual([
      ...Array(2).fill('1 part is absent before it, and 3 records are missing before it'),
    ]);
  });
  await asking(files.slice(0, 1), async ({ notices }) => {
    expect(notices.join()).not.toMatch(/absent|missing/);
  });
});

it('what is missing of a recording is said', async () => {
  const lines = recordingOf([exec(), exec(), exec()]).split('\n');
  const cases: [string[], RegExp | undefined][] = [
    [lines, undefined],
    [lines.slice(2), /^2 records are missing.*,it does not begin with a header$|header.*2 records are missing/],
    [[lines[0]!, ...lines.slice(2)], /1 record is missing/],
  ];
  for (const [index, [kept, said]] of cases.entries()) {
    await asking([write(`missing-${index}.ndjson`, kept.join('\n'))], async ({ notices }) => {
      if (said === undefined) {
        expect(notices.join()).not.toMatch(/missing in it|header/);
      } else {
        expect(notices.join()).toMatch(said);
      }
    });
  }
});
