import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Expression, needsPatterns, parseExpression, requireExpression } from '../../src/filter/expression.ts';
import { keyNames } from '../../src/filter/keys.ts';
import { type CompilePattern, loadPatterns } from '../../src/filter/pattern.ts';
import { Knowledge } from '../../src/filter/subject.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import {
  cgroup,
  container,
  containerNs,
  exec,
  exit,
  failedExec,
  fork,
  header,
  inContainer,
  namespace,
  process,
  xyxy12Info,
} from '../fixtures/records.ts';

let compile: CompilePattern;
beforeAll(async () => {
  compile = await loadPatterns();
});

const names = new Map([
  [0, 'root'],
  [1000, 'alice'],
  [1001, 'alfred'],
]);
const users = {
  all: () => [...names.values()],
  nameOf: (uid: number) => names.get(uid) ?? String(uid),
  idOf: (name: string) => [...names].find(([, each]) => each === name)?.[0],
};

const parse = (text: string): Expression => parseExpression(text, { compile, users });

/** Of these records in this order, the indexes of those that match. */
const matching = (text: string, records: readonly NstraceRecord[], keepsLineage = true): number[] => {
  const expression = requireExpression(text, { compile, users });
  const knowledge = new Knowledge({ keepsLineage });
  return records.flatMap((record, index) => (expression.matches(knowledge.take(record)) ? [index] : []));
};

/** A field that the fixtures' types may not have. */
const withFields = <Kind extends NstraceRecord>(record: Kind, fields: object): Kind => Object.assign(record, fields);

describe('the words of an expression', () => {
  const curl = exec({ pid: 7, comm: 'curl', exe: '/usr/bin/curl', args: ['curl', '-o', 'a b', 'http://x'], uid: 1000 });
  const ls = exec({ pid: 8, comm: 'ls', exe: '/bin/busybox', args: ['ls'], uid: 0 });
  const records = [curl, ls];

  it.each([
    ['', [0, 1]],
    ['curl', [0]],
    ['"a b"', [0]],
    ['a b', [0]],
    ['!curl', [1]],
    ['curl,ls', [0, 1]],
    ['"http://x"', [0]],
    ['Curl', []],
    ['n:^ls$', [1]],
    ['n:busybox$', [1]],
    ['n:curl,ls', [0, 1]],
    ['l:^curl.*x$', [0]],
    ['l:!^curl', [1]],
    ['u:alice', [0]],
    ['user:1000', [0]],
    ['u:al*', [0]],
    ['u:!root', [0]],
    ['u:alice,root', [0, 1]],
    ['curl ls', []],
    ['n:curl u:alice', [0]],
  ])('%j', (text, expected) => {
    expect(matching(text, records)).toEqual(expected);
  });

  it('asks what a process ran before, where a record does not say it', () => {
    const records = [curl, exit({ pid: 7 }), ls, cgroup({ pid: 8, op: 'attach' }), fork({ pid: 9, ppid: 8 })];
    expect(matching('curl', records)).toEqual([0, 1]);
    expect(matching('u:root', records)).toEqual([2, 3, 4]);
  });

  it('does not match a record that has no such key, negated or not', () => {
    const records = [container(), exit({ pid: 99, comm: undefined })];
    expect(matching('u:root', records)).toEqual([]);
    expect(matching('u:!root', records)).toEqual([]);
    expect(matching('!u:root', records)).toEqual([0, 1]);
    expect(matching('tty:*', [ls])).toEqual([]);
  });
});

describe('ends', () => {
  const records = [
    exit({ pid: 1, code: 0 }),
    exit({ pid: 2, code: 1 }),
    exit({ pid: 3, signal: 'SIGKILL', oom: true }),
    exec(),
    container({ op: 'stopped', code: 42 }),
    container({ op: 'stopped', signal: 'SIGTERM' }),
    container({ op: 'created' }),
  ];

  it.each([
    ['exit:0', [0]],
    ['exit:1', [1]],
    ['exit:0,42', [0, 4]],
    ['exit:!0', [1, 2, 4, 5]],
    ['exit:!0,1', [2, 4, 5]],
    ['!exit:0', [1, 2, 3, 4, 5, 6]],
    ['signal:KILL', [2]],
    ['signal:SIGKILL', [2]],
    ['signal:kill,term', [2, 5]],
    ['signal:9', [2]],
    ['signal:!KILL', [5]],
    ['oom', [2]],
    ['!oom', [0, 1, 3, 4, 5, 6]],
    ['exit:!0 e:exit', [1, 2]],
  ])('%j', (text, expected) => {
    expect(matching(text, records)).toEqual(expected);
  });
});

describe('kinds', () => {
  const records = [exec(), failedExec(), fork(), exit(), namespace(), container({ op: 'joined' }), process()];

  it.each([
    ['e:exec', [0, 1]],
    ['e:exec,fork', [0, 1, 2]],
    ['e:!exec', [2, 3, 4, 5, 6]],
    ['failed', [1]],
    ['x:failed', [1]],
    ['x:fa', [1]],
    ['x:exec', [0]],
    ['!failed', [0, 2, 3, 4, 5, 6]],
    ['e:container', [5]],
    ['x:join', [5]],
    ['e:process', [6]],
  ])('%j', (text, expected) => {
    expect(matching(text, records)).toEqual(expected);
  });
});

describe('containers', () => {
  const web = { ...xyxy12Info, id: 'abc1'.repeat(16), name: 'web', runtime: 'docker', instance: 1 };
  const info = {
    ...web,
    image: 'docker.io/library/nginx:1.27',
    labels: { app: 'shop', 'io.kubernetes.pod.namespace': 'prod' },
    pod: { id: 'u1', name: 'web-0' },
  };
  const { id, name, runtime, instance } = web;
  const records = [
    container({ op: 'created', container: info }),
    exec({ ...inContainer, container: { id, name, runtime, instance } }),
    exec(),
    exec({ ...inContainer, pid: 55, container: { id: 'db', name: 'db', runtime: 'runc', instance: 2 } }),
  ];

  it.each([
    ['c:web', [0, 1]],
    ['c:w*', [0, 1]],
    ['c:abc1', [0, 1]],
    ['c:docker/*', []],
    [`c:docker/${'abc1'.repeat(16)}`, [0, 1]],
    ['c:host', [2]],
    ['c:!host', [0, 1, 3]],
    ['c:!web', [3]],
    ['!c:web', [2, 3]],
    ['c:web,db', [0, 1, 3]],
    ['c:web,host', [0, 1, 2]],
    ['image:*nginx*', [0, 1]],
    ['image:nginx', []],
    ['image:!*nginx*', []],
    ['pod:web-0', [0, 1]],
    ['pod:prod/web-*', [0, 1]],
    ['pod:u1', [0, 1]],
    ['label:app=shop', [0, 1]],
    ['label:app=s*,app=x', [0, 1]],
    ['label:app=*', [0, 1]],
    ['label:!app=x', [0, 1]],
    ['label:x=*', []],
  ])('%j', (text, expected) => {
    expect(matching(text, records)).toEqual(expected);
  });

  it('takes what happened while a container bore a name', () => {
    const named = (name: string, reason: 'late' | 'renamed') =>
      container({ op: 'named', reason, container: { ...web, name } });
    const run = (name: string) => exec({ ...inContainer, container: { id, name, runtime, instance } });
    const records = [run('web'), named('old', 'renamed'), run('old')];
    expect(matching('c:web', records)).toEqual([0]);
    expect(matching('c:old', records)).toEqual([1, 2]);
  });

  it('takes a late name from the start of its container on', () => {
    const run = (name: string) => exec({ ...inContainer, container: { id, name, runtime, instance } });
    const named = container({ op: 'named', reason: 'late', container: { ...web, name: 'shop' } });
    const knowledge = new Knowledge();
    const subjects = [run(id), named, run('shop')].map((record) => knowledge.take(record));
    expect(subjects.map((subject) => parse('c:shop').matches(subject))).toEqual([true, true, true]);
  });
});

describe('processes', () => {
  it('takes a pid for it and what descends from it', () => {
    const records = [
      process({ pid: 100, ppid: 1 }),
      fork({ pid: 101, ppid: 100 }),
      exec({ pid: 101, ppid: 100 }),
      exit({ pid: 100 }),
      fork({ pid: 102, ppid: 101 }),
      exec({ pid: 5, ppid: 1 }),
      namespace({ pid: 102 }),
    ];
    expect(matching('p:100', records)).toEqual([0, 1, 2, 3, 4, 6]);
    expect(matching('!p:100', records)).toEqual([5]);
    expect(matching('p:10?', records)).toEqual([0, 1, 2, 3, 4, 6]);
  });

  it('finds them below 400 generations of which the first have ended', () => {
    const records: NstraceRecord[] = [process({ pid: 1000, ppid: 1 })];
    for (let pid = 1001; pid < 1400; pid += 1) {
      records.push(fork({ pid, ppid: pid - 1 }), exit({ pid: pid - 1 }));
    }
    records.push(exec({ pid: 1399, ppid: 1 }));
    expect(matching('p:1399', records).at(-1)).toBe(records.length - 1);
    expect(matching('p:1300', records).at(-1)).toBe(records.length - 1);
  });

  it.each([
    [`ns:${containerNs.net}`, [0]],
    [`ns:net:[${containerNs.net}]`, [0]],
    [`ns:${containerNs.net},4026531840`, [0, 1]],
    [`!ns:${containerNs.net}`, [1]],
  ])('%j', (text, expected) => {
    expect(matching(text, [exec(inContainer), exec()])).toEqual(expected);
  });

  it('knows terminal and login user of what descends, too', () => {
    const records = [
      withFields(exec({ pid: 7 }), { tty: 'pts/3', auid: 1000 }),
      fork({ pid: 8, ppid: 7 }),
      exit({ pid: 8 }),
      exec({ pid: 9 }),
    ];
    expect(matching('tty:pts/3', records)).toEqual([0, 1, 2]);
    expect(matching('tty:pts/*', records)).toEqual([0, 1, 2]);
    expect(matching('auid:alice', records)).toEqual([0, 1, 2]);
    expect(matching('auid:!alice', records)).toEqual([]);
  });

  it('knows who joined', () => {
    const records = [
      container({ op: 'joined' }),
      exec({ ...inContainer, pid: 7, origin: 'joined' }),
      exit({ ...inContainer, pid: 7 }),
      exec({ ...inContainer, pid: 8, origin: 'born' }),
      exec(),
    ];
    expect(matching('joined', records)).toEqual([0, 1, 2]);
    expect(matching('origin:joined', records)).toEqual([1, 2]);
    expect(matching('origin:!joined', records)).toEqual([3]);
    expect(matching('origin:born,joined', records)).toEqual([1, 2, 3]);
  });
});

describe('hosts', () => {
  it('are that of the header, or of the record', () => {
    const other = withFields(exec(), { host: 'db-1', recording: 'r2' });
    const records = [header(), exec(), other];
    expect(matching('host:box', records)).toEqual([0, 1]);
    expect(matching('host:db-*', records)).toEqual([2]);
    expect(matching('host:!box', records)).toEqual([2]);
  });
});

describe('problems', () => {
  it.each([
    ['container:web', 'did you mean c:? '],
    ['Name:curl', 'did you mean n:? '],
    ['exot:1', 'did you mean exit? '],
    ['zzzzzzzz:1', 'origin. To search for the text itself'],
  ])('%j: %s', (text, advice) => {
    expect(parse(text).problems[0]?.advice).toContain(advice);
  });

  it.each([
    ['foo:bar', 'there is no key foo:'],
    ['Exit:1', 'there is no key Exit:'],
    ['http://x', 'there is no key http:'],
    ['c:', 'c: has no value'],
    ['c:a,,b', 'c: has no value'],
    ['a,', 'a word has no text'],
    ['!', 'a word has no text'],
    ['exit:x', '"x" is no exit code'],
    ['exit:1,!2', 'exit: has a ! in the middle'],
    ['signal:KIL', 'there is no signal "KIL"'],
    ['signal:99', 'there is no signal "99"'],
    ['e:exce', '"exce" is no kind of event'],
    ['x:q', '"q" is no kind of event'],
    ['origin:root', '"root" is no origin'],
    ['ns:web', '"web" is no inode of a namespace'],
    ['p:web', '"web" is no pid'],
    ['u:nobody-there', 'there is no user "nobody-there"'],
    ['label:app', '"app" is no label with a value'],
    ['n:a(?=b)', 'lookaround'],
    ['l:(a)\\1', 'a back-reference'],
    ['l:(', 'missing closing'],
    ['l:"a', 'a double quote is not closed'],
  ])('%j: %s', (text, message) => {
    expect(
      parse(text)
        .problems.map((problem) => problem.message)
        .join('\n'),
    ).toContain(message);
    expect(() => requireExpression(text, { compile, users })).toThrow(message);
  });

  it.each([
    ['exot:1', 'did you mean exit?'],
    ['signal:KIL', 'did you mean KILL?'],
    ['e:exce', 'did you mean exec?'],
    ['u:alicf', 'did you mean alice?'],
  ])('%j is asked about: %s', (text, advice) => {
    expect(parse(text).problems[0]?.advice).toContain(advice);
  });

  it('stand where their word stands, and the other words still count', () => {
    const expression = parse('ls foo:bar');
    expect(expression.problems[0]).toMatchObject({ start: 3, end: 10 });
    const knowledge = new Knowledge();
    expect(expression.matches(knowledge.take(exec()))).toBe(true);
    expect(expression.matches(knowledge.take(exec({ args: ['wget'] })))).toBe(false);
  });

  it('are never thrown, whatever is typed', () => {
    const records = [header(), process(), exec(inContainer), container({ op: 'stopped', code: 1 }), exit()];
    const piece = fc.oneof(
      fc.constantFrom(...keyNames(), ':', ',', '!', '"', ' ', '\\', '*', '[', ']', '(', 'failed', 'oom', '0', 'pid:['),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const expression = parse(text);
        const knowledge = new Knowledge({ keepsLineage: true });
        for (const record of records) {
          expect(typeof expression.matches(knowledge.take(record))).toBe('boolean');
        }
        for (const { start, end } of expression.problems) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of the opposite of a word are those of the word, and it matches the other records', () => {
    const records = [exec(), failedExec(), exit({ code: 1 }), container(), exec(inContainer), namespace()];
    const word = fc.constantFrom('curl', 'ls', 'c:xyxy12', 'c:host', 'exit:1', 'failed', 'u:root', 'n:ls', 'e:exec');
    fc.assert(
      fc.property(word, (text) => {
        const all = records.map((_, index) => index);
        const hits = matching(text, records);
        expect(matching(`!${text}`, records)).toEqual(all.filter((index) => !hits.includes(index)));
      }),
    );
  });
});

describe('what an expression asks for', () => {
  it.each([
    ['failed', true],
    ['x:failed', true],
    ['!failed', false],
    ['"failed"', false],
    ['curl', false],
  ])('%j wants failed execs: %s', (text, expected) => {
    expect(parse(text).wantsFailed).toBe(expected);
  });

  it.each([
    ['exit:1', true],
    ['e:fork', true],
    ['oom', true],
    ['c:web curl', false],
  ])('%j is about more than execs: %s', (text, expected) => {
    expect(parse(text).wantsKinds).toBe(expected);
  });

  it.each([
    ['n:curl', true],
    ['c:web curl', false],
  ])('%j needs regular expressions: %s', (text, expected) => {
    expect(needsPatterns(text)).toBe(expected);
  });
});
