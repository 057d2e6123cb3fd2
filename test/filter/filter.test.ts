import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/filter/expression.ts';
import { type FilterOptions, RecordFilter } from '../../src/filter/filter.ts';
import { eventKinds } from '../../src/filter/kinds.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import {
  cgroup,
  container,
  containerNs,
  exec,
  exit,
  failedExec,
  footer,
  fork,
  header,
  hostNs,
  inContainer,
  lost,
  namespace,
  process,
  usage,
} from '../fixtures/records.ts';

const users = { all: () => [], nameOf: String, idOf: () => undefined };

const filter = (changes: Partial<FilterOptions> = {}): RecordFilter =>
  new RecordFilter({
    containers: [],
    namespaces: [],
    pids: [],
    uids: [],
    names: [],
    lines: [],
    failed: false,
    events: new Set(eventKinds),
    ...changes,
  });

/** Of these records in this order, the wanted ones. */
const passed = (options: Partial<FilterOptions>, records: readonly NstraceRecord[]): NstraceRecord[] => {
  const wants = filter(options);
  return records.filter((record) => wants.wants(record));
};

describe('RecordFilter', () => {
  it('wants everything but failed execs by itself', () => {
    const records = [process(), exec(), fork(), exit(), namespace(), cgroup(), container()];
    expect(passed({}, [...records, failedExec()])).toEqual(records);
  });

  it('wants failed execs with -x', () => {
    expect(filter({ failed: true }).wants(failedExec())).toBe(true);
  });

  it.each(eventKinds)('wants only the kind %s with -e', (kind) => {
    const records = [exec(), fork(), exit(), namespace(), cgroup(), container(), usage()];
    const kinds = passed({ events: new Set([kind]) }, records).map(({ type }) => type);
    expect(kinds).toEqual([kind]);
  });

  it('always wants losses and both ends of a recording', () => {
    const strict = { containers: ['none'], pids: [1], uids: [1], names: [/^$/], lines: [/^$/], namespaces: [1] };
    const records = [header(), lost(), footer()];
    expect(passed({ ...strict, events: new Set() }, records)).toEqual(records);
  });

  describe('-c', () => {
    const records = [container(), exec(inContainer), exec()];

    it('wants only what is in the container', () => {
      expect(passed({ containers: ['xyxy12'] }, records)).toEqual(records.slice(0, 2));
    });

    it('wants only what is outside of containers with host', () => {
      expect(passed({ containers: ['host'] }, records)).toEqual(records.slice(2));
    });

    it('leaves out with !', () => {
      expect(passed({ containers: ['!xyxy12'] }, records)).toEqual(records.slice(2));
      expect(passed({ containers: ['!host'] }, records)).toEqual(records.slice(0, 2));
    });

    it('takes a host pid in the container', () => {
      const other = exec({ ...inContainer, pid: 10200, nspid: [10200, 9] });
      expect(passed({ containers: ['10123'] }, [...records, other])).toEqual([...records.slice(0, 2), other]);
    });
  });

  it.each([
    ['without a selector', [], 0],
    ['with one, of which the last 1,000 are remembered', ['!none'], 1000],
  ])('keeps nothing of containers that are gone: %s', (_, containers, kept) => {
    const one = filter({ containers });
    for (let instance = 1; instance <= 3000; instance += 1) {
      for (const op of ['created', 'started', 'stopped', 'removed'] as const) {
        const record = container({ op });
        one.wants({
          ...record,
          container: { ...record.container, id: `c${instance}`, name: `c${instance}`, instance },
        });
      }
    }
    expect(one.selection.containers.all().size).toBe(kept);
  });

  describe('--ns', () => {
    it.each(['pid', 'mnt', 'net'] as const)('takes the inode of a %s namespace', (type) => {
      const inside = exec(inContainer);
      expect(passed({ namespaces: [containerNs[type]] }, [inside, exec()])).toEqual([inside]);
    });

    it('wants processes in any of several namespaces', () => {
      const records = [exec(inContainer), exec()];
      expect(passed({ namespaces: [containerNs.pid, hostNs.pid] }, records)).toEqual(records);
    });
  });

  describe('-p', () => {
    const wantedPids = (records: readonly NstraceRecord[]): unknown[] =>
      passed({ pids: [100] }, records).map((record) => [record.type, 'pid' in record && record.pid]);

    it('wants the process, its children and their children', () => {
      const records = [
        process({ pid: 100, ppid: 1 }),
        fork({ pid: 101, ppid: 100 }),
        exec({ pid: 101, ppid: 100 }),
        fork({ pid: 102, ppid: 101 }),
        exec({ pid: 102, ppid: 101 }),
        namespace({ pid: 102 }),
        exit({ pid: 102, ppid: 101 }),
      ];
      expect(wantedPids(records)).toHaveLength(records.length);
    });

    it('wants none of its parents, its siblings or strangers', () => {
      const records = [
        process({ pid: 50, ppid: 1 }),
        process({ pid: 100, ppid: 50 }),
        exec({ pid: 50, ppid: 1 }),
        fork({ pid: 103, ppid: 50 }),
        exec({ pid: 103, ppid: 50 }),
        exit({ pid: 103, ppid: 50 }),
      ];
      expect(wantedPids(records)).toEqual([['process', 100]]);
    });

    it('keeps a descendant whose parent ended', () => {
      const records = [
        process({ pid: 100, ppid: 1 }),
        fork({ pid: 101, ppid: 100 }),
        fork({ pid: 102, ppid: 101 }),
        exit({ pid: 101, ppid: 100 }),
        exec({ pid: 102, ppid: 1 }),
      ];
      expect(wantedPids(records)).toHaveLength(records.length);
    });

    it('knows descendants that were there before tracing', () => {
      const records = [
        process({ pid: 100, ppid: 1 }),
        process({ pid: 101, ppid: 100 }),
        process({ pid: 102, ppid: 101 }),
        exec({ pid: 102, ppid: 101 }),
      ];
      expect(wantedPids(records)).toHaveLength(records.length);
    });

    it('does not take a new process for the descendant that had its pid', () => {
      const records = [
        process({ pid: 100, ppid: 1 }),
        fork({ pid: 101, ppid: 100 }),
        exit({ pid: 101, ppid: 100 }),
        fork({ pid: 101, ppid: 1 }),
        exec({ pid: 101, ppid: 1 }),
      ];
      expect(wantedPids(records)).toHaveLength(3);
      expect(wantedPids(records.toSpliced(3, 1)), 'its fork was lost').toHaveLength(3);
    });
  });

  describe('over several hosts', () => {
    const on = (recording: string, record: Exclude<NstraceRecord, { type: 'header' }>): NstraceRecord => ({
      ...record,
      ...{ host: recording, recording },
    });

    it('keeps the processes of each host apart with -p', () => {
      const records = [
        on('a', fork({ pid: 101, ppid: 100 })),
        on('a', fork({ pid: 102, ppid: 101 })),
        on('b', exit({ pid: 102 })),
        on('a', exec({ pid: 102, ppid: 101 })),
        on('b', fork({ pid: 102, ppid: 50 })),
        on('b', exec({ pid: 102, ppid: 50 })),
        on('a', exit({ pid: 102 })),
      ];
      expect(passed({ pids: [100] }, records)).toEqual([records[0], records[1], records[3], records[6]]);
    });

    it('takes each host’s command line of a process', () => {
      const records = [
        on('a', exec({ pid: 9, args: ['sh'], comm: 'sh', exe: '/bin/sh' })),
        on('b', exec({ pid: 9, args: ['ls'], comm: 'ls', exe: '/bin/ls' })),
        on('a', exit({ pid: 9, comm: 'sh' })),
        on('b', exit({ pid: 9, comm: 'ls' })),
      ];
      const expression = parseExpression('sh', { compile: undefined, users });
      expect(passed({ where: expression }, records)).toEqual([records[0], records[2]]);
    });

    it('takes the containers that a pid is in on every host with -c', () => {
      const other = { ...inContainer.container!, id: 'f'.repeat(64), name: 'other' };
      const records = [
        on('a', exec({ ...inContainer, pid: 77 })),
        on('b', exec({ ...inContainer, container: other, pid: 77 })),
        on('a', exit({ ...inContainer, pid: 5 })),
        on('b', exit({ ...inContainer, container: other, pid: 6 })),
        on('b', exec({ pid: 78 })),
      ];
      expect(passed({ containers: ['77'] }, records)).toEqual(records.slice(0, 4));
    });

    it('forgets the processes of a recording that ended', () => {
      const records = [
        on('a', fork({ pid: 101, ppid: 100 })),
        on('a', footer({ reason: 'interrupt' })),
        on('a', exec({ pid: 101, ppid: 7 })),
      ];
      expect(passed({ pids: [100] }, records)).toEqual(records.slice(0, 2));
    });
  });

  it('wants the processes of a user with -u, and what they do', () => {
    const records = [
      exec({ pid: 1000, uid: 7 }),
      fork({ pid: 1001, ppid: 1000 }),
      exit({ pid: 1001 }),
      exit({ pid: 1000 }),
    ];
    expect(passed({ uids: [7] }, [...records, exec({ uid: 0 }), exit()])).toEqual(records);
  });

  it('matches a command name or an executable with -n', () => {
    const records = [
      exec({ comm: 'ls', exe: '/usr/bin/coreutils' }),
      exec({ comm: 'x', exe: '/bin/ls' }),
      exec({ comm: 'x', exe: '/bin/false', args: ['ls'] }),
    ];
    expect(passed({ names: [/^ls$/, /\/ls$/] }, records)).toEqual(records.slice(0, 2));
  });

  it('matches the whole command line with -l', () => {
    const record = exec({ args: ['curl', '-o', 'a b', 'http://x'] });
    expect(filter({ lines: [/^curl -o a b http:\/\/x$/] }).wants(record)).toBe(true);
    expect(filter({ lines: [/wget/] }).wants(record)).toBe(false);
  });

  it('takes the end of a process for that of its last program', () => {
    const end = exit({ pid: 9 });
    const records = [exec({ pid: 9, args: ['sh'] }), exec({ pid: 9, args: ['sleep', '1'] }), end];
    expect(passed({ lines: [/sleep/] }, records)).toEqual(records.slice(1));
  });

  it('does not take a failed exec for the program of a process', () => {
    const records = [exec({ pid: 9, args: ['sh'] }), failedExec({ pid: 9, args: ['sleep'] }), exit({ pid: 9 })];
    expect(passed({ lines: [/sleep/], failed: true }, records)).toEqual([records[1]]);
  });

  it('wants only what meets all conditions', () => {
    const both = exec({ ...inContainer, uid: 7 });
    const records = [both, exec({ ...inContainer, uid: 8 }), exec({ uid: 7 })];
    expect(passed({ containers: ['xyxy12'], uids: [7] }, records)).toEqual([both]);
  });

  it('leaves container records out where the conditions are about processes', () => {
    expect(filter({ uids: [0] }).wants(container())).toBe(false);
  });

  it('wants what --where says, besides the other conditions', () => {
    const where = parseExpression('exit:!0 c:xyxy12', { compile: undefined, users });
    const records = [header(), exit({ ...inContainer, code: 1 }), exit({ ...inContainer, code: 0 }), exit({ code: 1 })];
    expect(passed({ where }, records)).toEqual(records.slice(0, 2));
    expect(passed({ where, events: new Set(['exec']) }, records)).toEqual(records.slice(0, 1));
  });

  it('follows the descendants of any pid of an expression, however deep', () => {
    const where = parseExpression('p:1000', { compile: undefined, users });
    const records: NstraceRecord[] = [process({ pid: 1000, ppid: 1 })];
    for (let pid = 1001; pid < 2000; pid += 1) {
      records.push(fork({ pid, ppid: pid - 1 }), exit({ pid: pid - 1 }));
    }
    expect(passed({ where }, records)).toEqual(records);
  });

  it('wants what was not before --since and not after --until', () => {
    const at = (time: string) => exec({ time: `2026-01-02T03:04:${time}Z` });
    const records = [at('05.000000001'), at('05.000000002'), at('05.000000003'), lost(), footer()];
    const times = { since: '2026-01-02T03:04:05.000000002Z', until: '2026-01-02T03:04:05.000000002Z' };
    expect(passed(times, records)).toEqual([records[1], records[3], records[4]]);
  });
});
