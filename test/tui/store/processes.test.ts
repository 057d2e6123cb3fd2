import { describe, expect, it } from 'vitest';
import { Store } from '../../../src/tui/store/store.ts';
import { exec, exit, fork, header } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';

const storeOf = (...records: readonly Parameters<Store['take']>[0][]): Store => {
  const store = new Store();
  for (const record of [header(at(0)), ...records]) {
    store.take(record);
  }
  return store;
};

const inside = { pid: 77, nspid: [77, 5] };

describe('a process is its pid and its start', () => {
  it('is another one where its pids inside are others: the end of the first was lost', () => {
    const store = storeOf(
      fork({ ...at(10), ...inside }),
      exec({ ...at(20), ...inside, args: ['old'] }),
      exec({ ...at(9000), ...inside, nspid: [77, 6], args: ['new'] }),
    );
    const process = store.processes.get(77)!;
    expect(process.startAt).toBe(Number(at(9000).mono));
    expect(process.marks).toHaveLength(1);
    expect(store.host.alive).toBe(1);
  });

  it('is another one that ends where the end says of a later start', () => {
    const store = storeOf(
      fork({ ...at(10), pid: 77, nspid: [77] }),
      exit({ ...at(60_000), pid: 77, nspid: [77], duration_ns: 1e9 }),
    );
    expect(store.processes.get(77)).toBeUndefined();
    expect(store.endedProcesses.count).toBe(0);
    expect(store.events.all.at(-1)).toMatchObject({ kind: 'exit', process: undefined });
    expect(store.host.alive).toBe(0);
  });

  it('is the same from its birth to its end', () => {
    const store = storeOf(
      fork({ ...at(10), ...inside }),
      exec({ ...at(20), ...inside }),
      exit({ ...at(60_010), ...inside, duration_ns: 60e9 }),
    );
    expect(store.endedProcesses.all).toMatchObject([{ pid: 77, startAt: Number(at(10).mono), end: '0' }]);
  });

  it('is found by its pid and a time, though another one has its pid since', () => {
    const store = storeOf(
      fork({ ...at(10), ...inside, comm: 'old' }),
      exit({ ...at(20), ...inside, duration_ns: 10e6 }),
      fork({ ...at(30), ...inside, comm: 'new' }),
    );
    const { first } = store.traces;
    const commAt = (ms: number) => store.processes.at(77, first.source, Number(at(ms).mono))?.comm;
    expect([15, 25, 35].map(commAt)).toEqual(['old', undefined, 'new']);
  });
});
