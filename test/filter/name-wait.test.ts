import { describe, expect, it } from 'vitest';
import { RecordFilter } from '../../src/filter/filter.ts';
import { eventKinds } from '../../src/filter/kinds.ts';
import { NameWait } from '../../src/filter/name-wait.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { container, exec, header } from '../fixtures/records.ts';
import { at } from '../fixtures/story.ts';

const id = 'a1'.repeat(32);
const ref = { id, name: id, runtime: 'docker', instance: 7 };
const inside = (ms: number, ...args: string[]) => exec({ ...at(ms), pid: 900, container: { ...ref }, args });
const outside = (ms: number) => exec({ ...at(ms), pid: 901, args: ['host'] });
const created = container({ ...at(10), op: 'created', container: ref });
const named = container({ ...at(300), op: 'named', container: { ...ref, name: 'web' }, reason: 'late' });

/** What comes out of it, and whether it is wanted, when all of it came. */
const through = (containers: string[], ...records: NstraceRecord[]) => {
  const filter = new RecordFilter({
    ...{ containers, namespaces: [], pids: [], uids: [], names: [], lines: [] },
    ...{ failed: true, events: new Set(eventKinds) },
  });
  const given: [string, boolean][] = [];
  const wait = new NameWait(filter, (record, isWanted) => {
    const name = 'container' in record ? record.container?.name : undefined;
    given.push([`${record.type} ${name ?? '-'}`, isWanted]);
  });
  for (const record of records) {
    wait.take(record, true);
  }
  return { given, wait };
};

describe('NameWait', () => {
  it('gives what came before the name, in order, and with it', () => {
    const { given } = through(
      ['web'],
      ...[header(at(0)), created, inside(20, 'sh'), outside(30), named],
      exec({ ...at(400), container: { ...ref, name: 'web' } }),
    );
    expect(given).toEqual([
      ['header -', true],
      ['container web', true],
      ['exec web', true],
      ['exec -', false],
      ['container web', true],
      ['exec web', true],
    ]);
  });

  it('leaves out what turns out to have the name that is not wanted', () => {
    const { given } = through(['!web'], created, inside(20, 'sh'), outside(30), named);
    expect(given).toEqual([
      ['container web', false],
      ['exec web', false],
      ['exec -', true],
      ['container web', false],
    ]);
  });

  it('waits a second, and says up to when all was given', () => {
    const { given, wait } = through(['web'], created, inside(20, 'sh'), outside(30));
    const mono = (ms: number) => BigInt(at(ms).mono);
    expect(wait.passed(mono(900))).toBe(mono(10) - 1n);
    expect(given).toEqual([]);
    expect(wait.passed(mono(1015))).toBe(mono(20) - 1n);
    expect(wait.passed(mono(1100))).toBe(mono(1100));
    expect(given.map(([, isWanted]) => isWanted)).toEqual([false, false, false]);
  });

  it('waits for nothing where ids are names, and where a container is old', () => {
    const runc = { id: 'web', name: 'web', runtime: 'runc', instance: 1 };
    const { given } = through(['web'], container({ ...at(1), op: 'created', container: runc }), inside(2, 'sh'));
    expect(given).toEqual([
      ['container web', true],
      [`exec ${id}`, false],
    ]);
  });

  it('gives all at the end', () => {
    const { given, wait } = through(['web'], created, inside(20, 'sh'));
    wait.end();
    expect(given).toHaveLength(2);
  });
});
