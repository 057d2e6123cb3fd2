import { describe, expect, it } from 'vitest';
import { loadPatterns } from '../../../src/filter/pattern.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { parseQuery } from '../../../src/tui/rows/query.ts';
import { Store } from '../../../src/tui/store/store.ts';
import { container, exec, exit, failedExec } from '../../fixtures/records.ts';
import { castOf } from '../../fixtures/story.ts';
import { inWeb, users, web, webNs } from '../support.ts';

const { inside } = castOf();

/** What of these is shown, by its last argument or its type. */
const shown = (text: string, ...records: readonly NstraceRecord[]): string[] => {
  const query = parseQuery(text, users);
  return storeOf(...records)
    .events.all.filter((event) => query.matches(event))
    .map(({ record }) => ('args' in record ? record.args.at(-1)! : record.type));
};

const storeOf = (...records: readonly NstraceRecord[]): Store => {
  const store = new Store();
  for (const record of records) {
    store.take(record);
  }
  return store;
};

const records = [
  container({ op: 'seen', container: { ...web, pidns: webNs.pid } }),
  exec({ uid: 0, comm: 'sh', exe: '/bin/sh', args: ['sh', 'host'] }),
  exec({ ...inside(10123, 1), uid: 1000, comm: 'curl', exe: '/usr/bin/curl', args: ['curl', 'inside'] }),
  exec({
    ...inWeb,
    pid: 2010,
    nspid: [2010, 42],
    uid: 1000,
    comm: 'Nginx',
    exe: '/opt/srv',
    args: ['nginx', 'webbed'],
  }),
  failedExec({ uid: 0, comm: 'sh', exe: '/bin/nope', args: ['nope', 'failed'] }),
  exit({ ...inWeb, pid: 2010, nspid: [2010, 42], comm: 'Nginx', code: 1 }),
];

describe('parseQuery', () => {
  it.each([
    ['', ['host', 'inside', 'webbed', 'failed', 'exit']],
    ['c:web', ['webbed', 'exit']],
    ['c:we*', ['webbed', 'exit']],
    ['c:host', ['host', 'failed']],
    ['!c:host', ['inside', 'webbed', 'exit']],
    ['c:nothing', []],
    ['n:curl', ['inside']],
    ['n:/opt/srv', ['webbed', 'exit']],
    ['failed', ['failed']],
    ['e:exit', ['exit']],
    ['exit:!0', ['exit']],
    ['x:ex', ['host', 'inside', 'webbed', 'exit']],
    ['u:1000', ['inside', 'webbed', 'exit']],
    ['p:2010', ['webbed', 'exit']],
    [`ns:${webNs.pid}`, ['webbed', 'exit']],
    ['nope inside', []],
    ['curl c:xyxy12', ['inside']],
    ['!curl', ['host', 'webbed', 'failed', 'exit']],
  ])('%j shows %j', (text, wanted) => {
    expect(shown(text, ...records)).toEqual(wanted);
  });

  it('has regular expressions as soon as their engine is there', async () => {
    const compile = await loadPatterns();
    const [event] = storeOf(exec({ args: ['sh', 'x'], comm: 'sh' })).events.all;
    expect(parseQuery('n:^s.$', users).matches(event!)).toBe(false);
    expect(parseQuery('n:^s.$', users, compile).matches(event!)).toBe(true);
    expect(parseQuery('n:(', users, compile).problems[0]?.message).toContain('no regular expression');
  });

  it('leaves out a word with a problem, and says where it is', () => {
    const query = parseQuery('curl nosuch:key', users);
    expect(query).toMatchObject({ empty: false, problems: [{ start: 5, end: 15 }] });
    expect(shown('curl nosuch:key', ...records)).toEqual(['inside']);
  });

  it('is empty where nothing is asked, and keeps what was typed', () => {
    expect(parseQuery('  ', users)).toMatchObject({ empty: true, text: '  ' });
    expect(parseQuery('c:web', users)).toMatchObject({ empty: false, text: 'c:web' });
  });
});
