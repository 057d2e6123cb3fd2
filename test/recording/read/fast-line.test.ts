import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valid } from '../../../src/record/valid.ts';
import { briefOf, fastExit, hostRecordOf } from '../../../src/recording/read/fast-line.ts';
import { exec, exit, fork, inContainer, notTimes, process } from '../../fixtures/records.ts';

const head = ['type', 'seq', 'time', 'mono', 'pid', 'nspid', 'ns', 'container', 'ppid'];
const orders: Readonly<Record<string, readonly string[]>> = {
  exec: ['uid', 'gid', 'comm', 'exe', 'args', 'args_bytes', 'args_truncated', 'ret'],
  exit: ['code', 'signal', 'core', 'duration_ns', 'comm', 'exe'],
};

/** A line with its fields in the order in which nstrace writes them. */
const written = (record: { type: string }): string => {
  const fields = record as Record<string, unknown>;
  const first = [...head, ...(orders[record.type] ?? [])].filter((name) => fields[name] !== undefined);
  return JSON.stringify({ ...Object.fromEntries(first.map((name) => [name, fields[name]])), ...fields });
};

describe('a usual line', () => {
  it('is known for what it is without being parsed', () => {
    const named = exec({ ...inContainer, seq: 12, args: ['sh', '-c', 'echo "a"\n\u{1f600}é'], cwd: '/a\\b' });
    expect(briefOf(written(named))).toEqual({
      ...{ type: 'exec', seq: 12, time: named.time, mono: named.mono, ret: 0 },
    });
    expect(briefOf(written(exit({ seq: 7, signal: 'SIGKILL' })))).toMatchObject({ type: 'exit', seq: 7 });
    const { type, seq, time, mono, pid, nspid, ns, container, ppid } = fork({ seq: 9 });
    const born = { type, seq, time, mono, pid, nspid, ns, container, ppid, comm: 'sh', flags: ['CLONE_NEWPID'] };
    expect(briefOf(JSON.stringify({ ...born, origin: 'born' }))).toMatchObject({ type: 'fork', seq: 9 });
  });

  it('is nothing else: what failed, was cut, has more, or is of another type is parsed', () => {
    for (const record of [
      exec({ ret: -2, errno: 'ENOENT' }),
      exec({ args_truncated: true }),
      exec({ args_base64: ['/w=='] }),
      { ...exec(), later: 1 },
      process(),
    ]) {
      expect(briefOf(written(record)), record.type).toBeUndefined();
    }
    expect(briefOf(`${written(exec())}\r`)).toBeUndefined();
    expect(briefOf(written(exec({ args: ['x'.repeat(30_000)] })))).toBeUndefined();
  });

  it('has a time', () => {
    const { time } = exec();
    const line = written(exec());
    expect(briefOf(line)).toBeDefined();
    for (const not of notTimes) {
      expect(briefOf(line.replace(time, not)), not).toBeUndefined();
    }
  });

  it('about the host has its pids', () => {
    const born = fork({ seq: 9, pid: 500, ppid: 400, comm: '"pid":7,"container":null,"ppid":8' });
    const record = hostRecordOf(written(born), new Set(['fork']))!;
    expect(record).toMatchObject({ type: 'fork', seq: 9, pid: 500, ppid: 400, container: null });
    expect(hostRecordOf(written(born), new Set(['exec']))).toBeUndefined();
    expect(hostRecordOf(written(fork({ ...inContainer })), new Set(['fork']))).toBeUndefined();
  });

  it('of an exit says how it ended', () => {
    const container = { id: 'a', name: '","ppid":1,"code":2,"core":', runtime: 'runc' };
    for (const how of [{ code: 3 }, { code: 0 }, { signal: 'SIGKILL' }, { signal: 'a"b\\' }]) {
      const { code: _, ...left } = exit({ seq: 5, container });
      expect(fastExit(written({ ...left, ...how }))).toMatchObject({ type: 'exit', seq: 5, pid: left.pid, ...how });
    }
    expect(fastExit(written(exec()))).toBeUndefined();
  });

  it('is always a valid record, whatever is changed in it', () => {
    const lines = [
      written(exec({ ...inContainer, args: ['a "quoted" \\ word', '', '}{"ret":1'], cwd: '/', origin: 'born' })),
      written(fork({ comm: 'sh', flags: [] })),
      written(exit({ code: 3 })),
    ];
    const pieces = [...'{}[]",:\\\u0000\u001f0-9eE.x \n\ud800é', '"pid":', ',"uid":1', 'null', 'true', '\\u00', '1e9'];
    const change = fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.constantFrom('', ...pieces) });
    let usual = 0;
    fc.assert(
      fc.property(fc.nat(2), fc.array(change, { maxLength: 2 }), (which, changes) => {
        const line = changes.reduce((text, { at, drop, put }) => {
          const place = at % text.length;
          return text.slice(0, place) + put + text.slice(place + drop);
        }, lines[which]!);
        const brief = briefOf(line);
        if (brief !== undefined) {
          usual += 1;
          const record = JSON.parse(line) as Record<string, unknown>;
          expect(valid.get(brief.type)!(record)).toBe(true);
          expect(record).toMatchObject(brief);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(usual).toBeGreaterThan(1000);
  });
});
