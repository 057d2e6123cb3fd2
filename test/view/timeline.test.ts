import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { keptEntries } from '../../src/timeline/draft.ts';
import type { Timeline, TimelineEntry } from '../../src/timeline/schema.ts';
import { heading, type TimelineStyle, timelineText } from '../../src/view/timeline.ts';
import { container, exec, exit, failedExec, fork, process, xyxy12Info } from '../fixtures/records.ts';
import { at, castOf, endOf, lifeOf, startOf, timelineOf, timelineWith } from '../fixtures/story.ts';

const plain: TimelineStyle = {
  quote: false,
  maxArgs: Number.POSITIVE_INFINITY,
  users: { nameOf: (uid) => (uid === 0 ? 'root' : String(uid)) },
  unicode: true,
};
const { pids, inside } = castOf();

const text = (records: readonly NstraceRecord[], style: Partial<TimelineStyle> = {}): string =>
  timelineText(timelineOf(records), { ...plain, ...style });

/** What is said of each step, without its numbers. */
const stepsOf = (
  entries: Partial<TimelineEntry>[],
  style: Partial<TimelineStyle> = {},
  more: Partial<Timeline> = {},
) => {
  const lines = timelineText(timelineWith(entries, more), { ...plain, ...style }).split('\n');
  const title = lines.findIndex((line) => line.includes('STEP'));
  return lines.slice(title + 1, -1).map((line) => line.replace(/^\s*\S+ \S+\s+\S+\s+\S+\s+/, ''));
};

const headOf = (more: Partial<Timeline>): string[] => heading(timelineWith([], more), plain);

describe('timelineText', () => {
  it('reports the life of a container', () => {
    expect(text(lifeOf())).toMatchInlineSnapshot(`
      "xyxy12 (runc)
        asked   by root, pid 500: runc run xyxy12
        ran     from 2026-01-02T03:04:05.001000000Z, its program after 19.0 ms, ended with code 5 after 980.0 ms more
        pidns   pid:[4026532572], init is pid 10123
        cgroup  /xyxy12

               TIME     PID NSPID  STEP
            +0.0 ms     500     -  runc run xyxy12
            +1.0 ms     500     -  runc run xyxy12  executes itself again, from a copy that the container cannot reach
            +3.0 ms     510     -    runc is born, child of 500
            +4.0 ms     510     -    runc init
            +6.0 ms     500     -  makes the container's cgroup, in 3 hierarchies
            +7.0 ms     510     -    is moved into the container's cgroup, in 3 hierarchies
            +9.0 ms     510     -    runc makes namespaces: mnt net pid
           +11.0 ms     510     -    runc exits with 0 after 8.0 ms
           +19.0 ms   10123     1    ▶ sh -c ls -l; sleep 1  STARTS 19.0 ms after it was asked for: runtime 6.0 ms, cgroup 3.0 ms, namespaces 1.0 ms, root file system and rest 9.0 ms
           +25.0 ms   10130     7      ls -l
           +29.0 ms   10130     7      ls exits with 0 after 5.0 ms
           +99.0 ms     600     -  runc exec xyxy12 top
          +101.0 ms     610     -    runc is born, child of 600
          +102.0 ms     610     -    runc init
          +103.0 ms     610     -    runc joins namespaces: ipc net pid mnt
          +106.0 ms     610     -    runc exits with 0 after 12.3 ms
          +109.0 ms     611     9    ▶ top  JOINS, brought by pid 600: runc exec xyxy12 top
          +199.0 ms     611     9    top is killed by SIGTERM after 94.0 ms
          +200.0 ms     600     -  runc exits with 143 after 101.0 ms
          +999.0 ms   10123     1    sh exits with 5 after 989.0 ms  ENDS the container
            +1.00 s     500     -  removes the container's cgroup, in 3 hierarchies
            +1.00 s       -     -  its cgroup is gone
            +1.00 s     500     -  runc exits with 5 after 1.00 s
      "
    `);
  });

  it('reports a container that was there before and goes on', () => {
    expect(
      text([
        container({ ...at(0), op: 'seen' }),
        process({ ...at(0), ...inside(pids.init, 1), args: ['sleep', '9'], origin: 'init' }),
        exec({ ...at(1500), ...inside(10140, 8), ppid: 1, args: ['id'], origin: 'joined' }),
      ]),
    ).toMatchInlineSnapshot(`
      "xyxy12 (runc)
        ran     since before tracing began, and goes on
        pidns   pid:[4026532572], init is pid 10123
        cgroup  /xyxy12

               TIME     PID NSPID  STEP
            +0.0 ms   10123     1  sleep 9  (was there before)
            +1.50 s   10140     8  id  (came in from outside)
      "
    `);
  });

  it('is ASCII without Unicode', () => {
    const written = text(lifeOf(), { unicode: false });
    expect(written).toMatch(/^[\n\x20-\x7e]*$/);
    expect(written).toContain('> sh -c ls -l; sleep 1  STARTS');
    expect(written.replaceAll('> ', '▶ ')).toBe(text(lifeOf()));
  });

  it('has no blanks at the ends of lines, and ends in one newline', () => {
    const written = text(lifeOf());
    expect(written).not.toMatch(/[ \t]\n/);
    expect(written).toMatch(/[^\n]\n$/);
  });

  it('has a heading only where nothing is known to have happened', () => {
    expect(timelineText(timelineWith([]), plain)).not.toContain('STEP');
  });

  it('goes back to the left in a container deep below, and not further right than can be read', () => {
    const lines = timelineText(timelineWith([{ depth: 40 }, { depth: 41 }, { depth: 400 }]), plain)
      .split('\n')
      .slice(-4, -1);
    const columns = lines.map((line) => line.search(/\?$/));
    expect(columns[1]! - columns[0]!).toBe(2);
    expect(columns[2]! - columns[0]!).toBe(24);
  });

  it('says where steps are missing, and how many', () => {
    const entries = Array.from({ length: 2 * keptEntries }, (_, index) => ({
      pid: index + 1,
      args: [`n${index + 1}`],
    }));
    const steps = timelineText(timelineWith(entries, { dropped: 42 }), plain).split('\n');
    const printed = steps.indexOf('  ... 42 steps are left out here ...');
    expect(steps[printed - 1]).toMatch(/n1000$/);
    expect(steps[printed + 1]).toMatch(/n1001$/);
    expect(steps.filter((line) => line.includes('left out'))).toHaveLength(1);
    expect(timelineText(timelineWith(entries), plain)).not.toContain('left out');
  });
});

describe('a step', () => {
  it('reports why an exec failed', () => {
    expect(stepsOf([{ args: ['nope', '-x'], ret: -2, errno: 'ENOENT' }])).toEqual(['nope -x  fails: ENOENT']);
  });

  it('reports how a process ended', () => {
    const exits: Partial<TimelineEntry>[] = [
      { code: 0, duration_ns: 1.5e9 },
      { code: 3, duration_ns: 0 },
      { signal: 'SIGSEGV', core: true },
      { signal: 'SIGKILL', oom: true, duration_ns: 2e6, ends: true },
    ];
    expect(stepsOf(exits.map((one) => ({ kind: 'exit', comm: 'x', ...one })))).toEqual([
      'x exits with 0 after 1.50 s',
      'x exits with 3 after 0.0 ms',
      'x is killed by SIGSEGV, core dumped',
      'x is killed by SIGKILL, out of memory after 2.0 ms  ENDS the container',
    ]);
  });

  it('calls a process by what it was called with, and by its comm before', () => {
    expect(
      stepsOf([
        { pid: 9, kind: 'exit', comm: 'kworker', code: 0 },
        { pid: 7, args: ['/bin/busybox', 'sh'], comm: 'exe' },
        { pid: 7, kind: 'exit', comm: 'exe', code: 0 },
      ]),
    ).toEqual(['kworker exits with 0', '/bin/busybox sh', 'busybox exits with 0']);
  });

  it('does not call a process by a program that it could not run', () => {
    expect(
      stepsOf([
        { args: ['python', 'x.py'], comm: 'python' },
        { args: ['nope'], comm: 'python', ret: -2, errno: 'ENOENT' },
        { kind: 'exit', comm: 'python', code: 0 },
      ]).at(-1),
    ).toBe('python exits with 0');
  });

  it('does not call a process by what another ran that had its pid', () => {
    expect(
      stepsOf([
        { args: ['make'], comm: 'make' },
        { kind: 'exit', comm: 'make', code: 0 },
        { kind: 'fork', comm: 'cron', ppid: 3, helper: true },
        { kind: 'exit', comm: 'cron', code: 0, helper: true },
      ]).slice(2),
    ).toEqual(['cron is born, child of 3', 'cron exits with 0']);
  });

  it('reports a birth only where no program follows that says it', () => {
    expect(
      stepsOf([
        { kind: 'fork', pid: 8, ppid: 7, comm: 'sh' },
        { kind: 'exec', pid: 8, ppid: 7, args: ['ls'] },
        { kind: 'fork', pid: 9, ppid: 7, comm: 'sh' },
      ]),
    ).toEqual(['ls', 'sh is born, child of 7']);
  });

  it('reports namespaces', () => {
    const namespace = { kind: 'namespace', comm: 'x' } as const;
    expect(
      stepsOf([
        { ...namespace, op: 'unshare', created: { mnt: 1, net: 2 } },
        { ...namespace, op: 'clone', created: { pid: 3 } },
        { ...namespace, op: 'setns', joined: { ipc: 4, uts: 5 } },
        { ...namespace, op: 'setns', joined: {} },
      ]),
    ).toEqual(['x makes namespaces: mnt net', 'x is born in new namespaces: pid', 'x joins namespaces: ipc uts']);
  });

  it("reports cgroups, by their paths where they are not the container's", () => {
    const cgroup = { kind: 'cgroup', paths: ['/xyxy12'], hierarchies: ['unified'] } as const;
    expect(
      stepsOf([
        { ...cgroup, paths: ['/xyxy12'], hierarchies: ['unified', 'memory'], op: 'mkdir' },
        { kind: 'cgroup', paths: ['/xyxy12', '/xyxy12/a'], hierarchies: ['unified'], op: 'attach' },
        { kind: 'cgroup', paths: ['/xyxy12'], hierarchies: ['unified'], op: 'rmdir' },
      ]),
    ).toEqual([
      "makes the container's cgroup, in 2 hierarchies",
      'is moved into the cgroup /xyxy12/a',
      "removes the container's cgroup",
    ]);
  });

  it('says that somebody came in whom nobody is known to have brought', () => {
    expect(stepsOf([{ args: ['sh'], origin: 'joined' }])).toEqual(['sh  (came in from outside)']);
  });

  it('says that words of the process that brought it are left out, if they are', () => {
    const joined = (...args: string[]) => stepsOf([{ args: ['sh'], joined_by: { pid: 5, comm: 'runc', args } }])[0];
    expect(joined('runc', 'exec', 'a', 'sh')).toBe('▶ sh  JOINS, brought by pid 5: runc exec a sh');
    expect(joined('runc', 'exec', 'a', 'x'.repeat(80))).toMatch(
      /^▶ sh {2}JOINS, brought by pid 5: runc exec a x+\.\.\.$/,
    );
  });

  const alice = {
    pid: 9,
    uid: 0,
    user: 'root',
    auid: 1000,
    tty: 'pts/3',
    comm: 'docker',
    evidence: ['only candidate'],
  };

  it('says who asked for what joins, before who brought it', () => {
    const person = { ...alice, args: ['docker', 'exec', 'web', 'sh'] };
    const by = { pid: 5, comm: 'runc', args: ['runc', 'exec'] };
    expect(stepsOf([{ args: ['sh'], joined_by: by, joined_asked_by: person }])).toEqual([
      '▶ sh  JOINS, asked from pts/3 by root (logged in as 1000), pid 9: docker exec web sh',
    ]);
  });

  it('begins with the person, and through whom it was asked', () => {
    const asked = { pid: 5, uid: 0, comm: 'runc', args: ['runc', 'create'] };
    const person = { ...alice, args: ['docker', 'run', 'bb'] };
    expect(headOf({ asked, asked_by: person }).slice(1, 3)).toEqual([
      '  asked   from pts/3 by root (logged in as 1000), pid 9: docker run bb',
      '  through by root, pid 5: runc create',
    ]);
    const himself = { ...asked, auid: 0, evidence: ['ancestor'] };
    expect(headOf({ asked, asked_by: himself })[1]).toBe('  asked   by root, pid 5: runc create');
    expect(headOf({ asked, asked_by: himself }).join()).not.toContain('through');
  });

  it('says how long the start took as far as that is known', () => {
    const start: Partial<TimelineEntry> = { args: ['sh'], starts: true };
    expect(stepsOf([start])).toEqual(['▶ sh  STARTS']);
    expect(stepsOf([start], {}, { startup_ns: 2e6 })).toEqual(['▶ sh  STARTS 2.0 ms after it was asked for']);
    expect(stepsOf([start], {}, { startup_ns: 2e6, startup: { cgroup_ns: 1e6, rest_ns: 1e6 } })).toEqual([
      '▶ sh  STARTS 2.0 ms after it was asked for: cgroup 1.0 ms, root file system and rest 1.0 ms',
    ]);
    expect(stepsOf([start], {}, { startup_ns: 2e6, startup: { client_ns: 5e6, rest_ns: 1e6 } })).toEqual([
      '▶ sh  STARTS 2.0 ms after it was asked for (its client 5.0 ms before): root file system and rest 1.0 ms',
    ]);
  });

  it('does not take a program in the container that runs itself again for the runtime', () => {
    const records = [
      ...startOf(),
      exec({ ...at(40), ...inside(10140, 8), ppid: pids.init, args: ['date'] }),
      exec({ ...at(41), ...inside(10140, 8), ppid: pids.init, args: ['date'] }),
    ];
    expect(text(records).split('10140').at(-1)).not.toContain('from a copy that the container cannot reach');
  });

  it('says what becomes of the cgroup, or of the namespaces if it has none', () => {
    const { cgroups: _, ...bare } = xyxy12Info;
    const last = (more: Partial<Timeline>) => timelineText(timelineWith([], more), plain).split('\n').at(-2);
    expect(last({ removed_ns: 1e6 })).toMatch(/^ +\+1\.0 ms +- +- {2}its cgroup is gone$/);
    expect(last({ removed_ns: 1e6, container: bare })).toContain('its namespaces are gone');
  });
});

describe('the command line of a step', () => {
  const args = ['sh', '-c', "echo 'a b'"];

  it('is shown as it is, or quoted for a shell', () => {
    expect(stepsOf([{ args }])).toEqual(["sh -c echo 'a b'"]);
    expect(stepsOf([{ args }], { quote: true })).toEqual(["sh -c 'echo '\\''a b'\\'''"]);
  });

  it('has no more arguments than wanted, and says so', () => {
    expect(stepsOf([{ args }], { maxArgs: 2 })).toEqual(['sh -c ...']);
    expect(stepsOf([{ args }], { maxArgs: 2, quote: true })).toEqual(['sh -c ...']);
    expect(stepsOf([{ args }], { maxArgs: 3 })).toEqual(["sh -c echo 'a b'"]);
  });

  it('says that arguments were cut when they were recorded', () => {
    expect(stepsOf([{ args: ['sh'], args_truncated: true }])).toEqual(['sh ...']);
  });

  it('has the exact bytes where some are not UTF-8', () => {
    const exact = { args: ['a', '\ufffd'], args_base64: ['YQ==', '/w=='] };
    expect(stepsOf([exact])).toEqual(['a \\xff']);
    expect(stepsOf([exact], { quote: true })).toEqual(["a $'\\xff'"]);
  });

  it('is the path or the comm where there are no arguments', () => {
    expect(stepsOf([{ args: [], exe: '/bin/x' }, { args: [], comm: 'y' }, { pid: 8 }])).toEqual(['/bin/x', 'y', '?']);
  });
});

describe('the heading', () => {
  it('has a line for what is known only', () => {
    const { cgroups: _, init: __, pidns: ___, ...bare } = xyxy12Info;
    expect(headOf({ container: bare })).toEqual(['xyxy12 (runc)', `  ran     from ${at(0).time}, and goes on`]);
  });

  it('says who asked, and in what words', () => {
    expect(headOf({ asked: { pid: 5, uid: 0, comm: 'x', args: ['runc', 'run', 'a'] } })[1]).toBe(
      '  asked   by root, pid 5: runc run a',
    );
    expect(headOf({ asked: { pid: 5, comm: 'unshare' } })[1]).toBe('  asked   by ?, pid 5: unshare');
  });

  it('cuts long words of others, between characters', () => {
    const [, line] = headOf({ asked: { pid: 5, uid: 0, comm: 'x', args: ['x'.repeat(199), '😀'.repeat(200)] } });
    expect(line?.length).toBeLessThan(250);
    expect(line).toMatch(/\.\.\.$/);
    expect(line?.isWellFormed()).toBe(true);
    const [, odd] = headOf({ asked: { pid: 5, uid: 0, comm: 'x', args: [`x${'😀'.repeat(200)}`] } });
    expect(odd?.isWellFormed()).toBe(true);
  });

  it('says how it ran and ended', () => {
    const ran = (more: Partial<Timeline>) => headOf(more)[1]?.replace(at(0).time, 'then').trim();
    expect(ran({ started_ns: 2e6 })).toBe('ran     from then, its program after 2.0 ms, and goes on');
    expect(ran({ started_ns: 2e6, stopped_ns: 5e6, code: 0 })).toBe(
      'ran     from then, its program after 2.0 ms, ended with code 0 after 3.0 ms more',
    );
    expect(ran({ seen: true, stopped_ns: 5e6, signal: 'SIGTERM' })).toBe(
      'ran     since before tracing began, ended by SIGTERM',
    );
    expect(ran({ started_ns: 0, stopped_ns: 5e6, signal: 'SIGKILL', oom: true })).toContain(
      'ended by SIGKILL, out of memory',
    );
  });

  it('does not say that one goes on that was removed before it started', () => {
    const { init: _, ...unstarted } = xyxy12Info;
    const records = startOf().filter(({ time }) => time <= at(12).time);
    const printed = text([...records, container({ ...at(13), op: 'removed', container: unstarted })]);
    expect(printed).toContain('its cgroup is gone');
    expect(printed).not.toContain('goes on');
  });

  it('says with whom it shares what', () => {
    const shared = { net: ['host', 'pod1'], ipc: ['pod1'], user: ['host'] };
    expect(headOf({ container: { ...xyxy12Info, shared } })).toContain(
      '  shares  net user with the host; net ipc with pod1',
    );
  });

  it('reports its id if that is not its name, and image, labels, and what it is in', () => {
    const lines = headOf({
      container: {
        ...{ ...xyxy12Info, name: 'web', image: 'nginx:1', labels: { a: '1', b: '2' } },
        inside: [
          { id: '1', name: 'dind', runtime: 'docker' },
          { id: '2', name: 'vm', runtime: 'lxc' },
        ],
      },
    });
    expect(lines).toMatchObject([
      'web (runc)',
      {},
      '  id      xyxy12',
      '  image   nginx:1',
      '  labels  a=1, b=2',
      '  pidns   pid:[4026532572], init is pid 10123',
      '  cgroup  /xyxy12',
      '  inside  dind, which is in vm',
    ]);
  });

  it('warns if something was lost', () => {
    expect(headOf({ lost: 3 }).at(-1)).toBe('  lost    3 events while it lived: something may be missing here');
    expect(headOf({ lost: 0 }).join()).not.toContain('lost');
  });
});

describe('what others chose', () => {
  const evil = 'a\x1b[2J\nb\r\u202ec\u2028\x9b';
  const shown = 'a\\x1b[2J\\nb\\r\\u{202e}c\\u{2028}\\x9b';
  const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]/;

  it.each<[string, Partial<Timeline>]>([
    ['a name', { container: { ...xyxy12Info, name: evil } }],
    ['an id', { container: { ...xyxy12Info, id: evil } }],
    ['a runtime', { container: { ...xyxy12Info, runtime: evil } }],
    ['an image', { container: { ...xyxy12Info, image: evil } }],
    ['the key of a label', { container: { ...xyxy12Info, labels: { [evil]: 'x' } } }],
    ['the value of a label', { container: { ...xyxy12Info, labels: { x: evil } } }],
    ['the path of a cgroup', { container: { ...xyxy12Info, cgroups: [evil] } }],
    ['who shares', { container: { ...xyxy12Info, shared: { net: [evil] } } }],
    ['what it is in', { container: { ...xyxy12Info, inside: [{ id: 'x', name: evil, runtime: 'x' }] } }],
    ['the words of who asked', { asked: { pid: 1, uid: 0, comm: 'x', args: [evil] } }],
    ['the comm of who asked', { asked: { pid: 1, comm: evil } }],
    ['the signal that ended it', { stopped_ns: 1, signal: evil }],
  ])('is shown as what it is: %s', (_, more) => {
    const lines = headOf(more);
    expect(lines.join('')).toContain(shown);
    expect(lines.join('')).not.toMatch(unsafe);
    expect(lines.join('')).not.toContain('\n');
  });

  it.each<[string, Partial<TimelineEntry>]>([
    ['arguments', { args: [evil] }],
    ['exact arguments', { args: ['x'], args_base64: [Buffer.from(evil).toString('base64')] }],
    ['a path', { args: [], exe: evil }],
    ['arguments of a failed exec', { args: [evil], ret: -2, errno: 'ENOENT' }],
    ['why an exec failed', { args: ['x'], ret: -2, errno: evil }],
    ['arguments of a process that was there', { kind: 'process', args: [evil] }],
    ['the comm of a child', { kind: 'fork', comm: evil, ppid: 1 }],
    ['the comm of a process that ends', { kind: 'exit', comm: evil, code: 0 }],
    ['the signal of a process that ends', { kind: 'exit', comm: 'x', signal: evil }],
    ['the comm of who makes namespaces', { kind: 'namespace', comm: evil, op: 'unshare', created: { net: 1 } }],
    ['the path of a cgroup', { kind: 'cgroup', op: 'mkdir', paths: [evil], hierarchies: ['unified'] }],
    ['the words of who brought it', { args: ['x'], joined_by: { pid: 1, comm: 'x', args: [evil] } }],
    ['the comm of who brought it', { args: ['x'], joined_by: { pid: 1, comm: evil } }],
  ])('is shown as what it is in a step: %s', (_, entry) => {
    const written = timelineText(timelineWith([entry]), plain);
    expect(written).toContain(shown);
    expect(written).not.toMatch(unsafe);
    expect(written.split('\n')).toHaveLength(timelineText(timelineWith([{ args: ['x'] }]), plain).split('\n').length);
  });

  it('is quoted without anything that moves the cursor', () => {
    const written = timelineText(timelineWith([{ args: [evil] }]), { ...plain, quote: true });
    expect(written).not.toMatch(unsafe);
    expect(written).toContain('\\e[2J\\nb\\r');
  });

  it('is shown as what it is in the name of a process that was called so', () => {
    expect(stepsOf([{ args: [`/x/${evil}`] }, { kind: 'exit', code: 0 }]).at(-1)).toBe(`${shown} exits with 0`);
  });

  it('is reported in full with everything that can happen to a process', () => {
    const records = [
      ...startOf(),
      failedExec({ ...at(40), ...inside(10140, 8), ppid: pids.init, args: ['nope'] }),
      fork({ ...at(41), ...inside(10141, 9), ppid: 10140, comm: 'sh' }),
      exit({ ...at(42), ...inside(10141, 9), ppid: 10140, comm: 'sh', signal: 'SIGKILL', core: true, oom: true }),
      ...endOf(),
    ];
    const steps = text(records)
      .split('\n')
      .filter((line) => /1014\d {5}\d/.test(line));
    expect(steps).toMatchInlineSnapshot(`
      [
        "     +39.0 ms   10140     8      nope  fails: ENOENT",
        "     +40.0 ms   10141     9        sh is born, child of 10140",
        "     +41.0 ms   10141     9        sh is killed by SIGKILL, core dumped, out of memory after 12.3 ms",
      ]
    `);
  });
});
