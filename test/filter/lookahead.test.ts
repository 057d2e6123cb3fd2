import { describe, expect, it } from 'vitest';
import { RecordFilter } from '../../src/filter/filter.ts';
import { eventKinds } from '../../src/filter/kinds.ts';
import { Lookahead } from '../../src/filter/lookahead.ts';
import type { ContainerInfo, NstraceRecord } from '../../src/record/schema.ts';
import { cgroup, container, exec, header } from '../fixtures/records.ts';

const first: ContainerInfo = { id: 'web-1', name: 'web-1', runtime: 'runc', instance: 1 };
const second: ContainerInfo = { id: 'web', name: 'web', runtime: 'runc', instance: 2 };
const inside = ({ id, name, runtime, instance }: ContainerInfo) => ({ id, name, runtime, instance: instance! });
const of = (info: ContainerInfo, pid = 5): NstraceRecord => exec({ pid, container: inside(info) });

const story: NstraceRecord[] = [
  header(),
  container({ op: 'created', container: first }),
  of(first),
  container({ op: 'created', container: second }),
  of(second),
  container({ op: 'started', container: { ...second, pidns: 4026532999, init: 77 } }),
  cgroup({ op: 'rename', path: '/a', new_path: '/b', container: inside(second) }),
  of(second, 78),
  container({ op: 'removed', container: { ...second, pidns: 4026532999, init: 77 } }),
];

/** Which of the records are wanted, by instance, where the selectors were looked for before. */
const wanted = (words: readonly string[], records = story): (number | undefined)[] => {
  const lookahead = new Lookahead(words.map((word) => word.replace(/^!/, '')));
  let recording = '';
  for (const record of records) {
    recording = record.type === 'header' ? record.recording : recording;
    lookahead.take(record as unknown as Record<string, unknown>, recording);
  }
  lookahead.settle();
  const nothing = { namespaces: [], pids: [], uids: [], names: [], lines: [], failed: false };
  const filter = new RecordFilter({ ...nothing, containers: words, events: new Set(eventKinds), lookahead });
  return records
    .filter((record) => filter.wants(record) && 'container' in record)
    .map((record) => (record as { container: { instance?: number } | null }).container?.instance);
};

describe('what a selector means in a whole recording', () => {
  it('is a name that comes later, before an id that begins with it', () => {
    expect(wanted(['web'])).toEqual([2, 2, 2, 2, 2, 2]);
    expect(wanted(['!web'])).toEqual([1, 1]);
    expect(wanted(['web-'])).toEqual([1, 1]);
  });

  it.each(['pid:[4026532999]', '4026532999', '77', '78', '/b', 'runc/web'])(
    'is a container from its beginning: %s',
    (word) => {
      expect(wanted([word])).toEqual([2, 2, 2, 2, 2, 2]);
    },
  );

  it('is nothing where a prefix fits several', () => {
    expect(wanted(['we'])).toEqual([]);
  });

  it('is each life of the one id that a prefix fits', () => {
    const again = { ...first, instance: 3 };
    expect(wanted(['web-'], [...story, container({ op: 'created', container: again }), of(again)])).toEqual([
      1, 1, 3, 3,
    ]);
  });

  it('is within each recording what it is called there', () => {
    const other = [
      header({ recording: 'another' }),
      container({ op: 'created', container: { ...second, instance: 1 } }),
    ];
    expect(wanted(['web'], [...story.slice(0, 3), ...other])).toEqual([1]);
    expect(wanted(['web-1'], [...story.slice(0, 3), ...other])).toEqual([1, 1]);
    expect(wanted(['web-'], [...story.slice(0, 3), ...other])).toEqual([1, 1]);
  });

  it('is decided as records come where they say too little', () => {
    const execs = story.filter(({ type }) => type === 'exec');
    expect(wanted(['web'], execs)).toEqual([2, 2]);
    expect(wanted(['runc/web-1'], execs)).toEqual([1]);
  });
});

describe('Lookahead', () => {
  it('asks for no more lines when every name was found', () => {
    const lookahead = new Lookahead(['web']);
    expect(lookahead.marks.map(String)).toEqual(['"type":"container"', '"name":"web"']);
    lookahead.take(container({ container: second }) as unknown as Record<string, unknown>, '');
    expect(lookahead.marks).toEqual([]);
  });

  it('takes whatever a line says, and means nothing until all was looked through', () => {
    const lookahead = new Lookahead(['web']);
    for (const record of [{}, { container: null }, { container: 7 }, { container: { id: 7, name: 'web' } }]) {
      lookahead.take(record, '');
    }
    expect(lookahead.meaningOf('web')).toBeUndefined();
    lookahead.take({ container: { id: 'web', name: 'web' } }, '');
    expect(lookahead.meaningOf('web')).toBeUndefined();
    lookahead.settle();
    expect(lookahead.meaningOf('web')?.kind).toBe('name');
    expect(lookahead.meaningOf('db')).toBeUndefined();
  });
});
