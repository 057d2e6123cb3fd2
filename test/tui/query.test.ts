import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { parseQuery } from '../../src/tui/query.ts';
import { Store } from '../../src/tui/store.ts';
import { container, exec, exit, failedExec, lost } from '../fixtures/records.ts';
import { castOf } from '../fixtures/story.ts';
import { inWeb, users, web, webNs } from './support.ts';

const { inside } = castOf();

/** What of these is shown, by its last argument or its type. */
const shown = (text: string, ...records: readonly NstraceRecord[]): string[] => {
  const store = new Store();
  const query = parseQuery(text, users);
  const told: string[] = [];
  for (const record of records) {
    store.take(record);
    const event = store.events.get(store.events.next - 1);
    if (event?.record === record && query.matches(event)) {
      told.push('args' in record ? record.args.at(-1)! : record.type);
    }
  }
  return told;
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
    ['   ', ['host', 'inside', 'webbed', 'failed', 'exit']],
    ['!', ['host', 'inside', 'webbed', 'failed', 'exit']],
    ['c:web', ['webbed', 'exit']],
    ['c:we', ['webbed', 'exit']],
    ['c:web01234', ['webbed', 'exit']],
    [`c:${webNs.pid}`, ['webbed', 'exit']],
    ['c:host', ['host', 'failed']],
    ['!c:host', ['inside', 'webbed', 'exit']],
    ['c:nothing', []],
    ['n:curl', ['inside']],
    ['n:^sh$', ['host', 'failed']],
    ['n:/opt/srv', ['webbed']],
    ['n:nginx', ['webbed', 'exit']],
    ['n:Nginx', ['webbed', 'exit']],
    ['n:NGINX', []],
    ['x:failed', ['failed']],
    ['e:exit', ['exit']],
    ['x:ex', ['host', 'inside', 'webbed', 'exit']],
    ['u:1000', ['inside', 'webbed']],
    ['u:root', ['host', 'failed']],
    ['u:nobody-of-that-name', []],
    ['p:2010', ['webbed', 'exit']],
    ['p:42', ['webbed', 'exit']],
    ['p:201', []],
    [`ns:${webNs.pid}`, ['webbed', 'exit']],
    ['l:^nope', ['failed']],
    ['nope failed', ['failed']],
    ['nope inside', []],
    ['curl c:xyxy12', ['inside']],
    ['!curl', ['host', 'webbed', 'failed', 'exit']],
    ['s.*h', ['host']],
    ['xyxy12', ['inside']],
  ])('%j shows %j', (text, wanted) => {
    expect(shown(text, ...records)).toEqual(wanted);
  });

  it.each(['(', '[', '*', '\\', 'a{2,1}', '+'])('takes %j, which is no regular expression, as text', (text) => {
    expect(shown(text, exec({ args: ['with', `a ${text} b`] }), exec({ args: ['without'] }))).toEqual([`a ${text} b`]);
  });

  it('is empty where nothing is asked, and keeps what was typed', () => {
    expect(parseQuery(' ! ', users)).toMatchObject({ empty: true, text: ' ! ' });
    expect(parseQuery('c:web', users)).toMatchObject({ empty: false, text: 'c:web' });
  });

  it('shows losses only where no word is against it', () => {
    expect(shown('', lost())).toEqual(['lost']);
  });

  it('looks through the command line as it is shown, with escapes', () => {
    expect(shown('x1b', exec({ args: ['sh', '\x1b[31m'] }))).toEqual(['\x1b[31m']);
  });

  it('finds wide and small letters', () => {
    expect(shown('日本', exec({ args: ['日本語'] }))).toEqual(['日本語']);
    expect(shown('élan', exec({ args: ['Élan'] }))).toEqual(['Élan']);
  });
});
