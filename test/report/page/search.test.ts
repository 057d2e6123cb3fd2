import { describe, expect, it } from 'vitest';
import { Search } from '../../../src/report/page/search.ts';
import { lost } from '../../fixtures/records.ts';
import { at, inTime, lifeOf } from '../../fixtures/story.ts';
import { modelOf } from './support.ts';

const search = async (query: string, more = [] as Parameters<typeof inTime>) => {
  const model = modelOf(inTime(...lifeOf(), ...more));
  const found = new Search(model, model.data.header);
  await found.load();
  const { hits, procs, problem } = found.find(query);
  return {
    problem,
    types: hits.map((index) => model.records[index]!.type),
    pids: procs && [...procs].map(({ pid }) => pid).sort((a, b) => a - b),
    all: hits.length === model.records.length,
  };
};

describe('the search of a report', () => {
  it.each(['', '   '])('hits everything without words: %j', async (query) => {
    expect(await search(query)).toMatchObject({ all: true, pids: undefined, problem: undefined });
  });

  it('hits events by the filter language', async () => {
    expect(await search('n:^top$ e:exec')).toMatchObject({ types: ['exec'], pids: [611] });
  });

  it('knows descendants by what earlier events said', async () => {
    expect((await search('p:10123 e:exec')).pids).toEqual([10_123, 10_130]);
  });

  it('keeps losses, which may have been hits', async () => {
    expect((await search('n:^no-such-program$', [lost(at(50))])).types).toEqual(['lost']);
  });

  it('says what is wrong with a query', async () => {
    const { problem } = await search('nosuchkey:1');
    expect(problem).toMatch(/nosuchkey/);
    expect((await search('n:(')).problem).toBeDefined();
  });

  it('takes users by number only: those of the recorded host are not known', async () => {
    expect((await search('u:0 e:exec')).types.length).toBeGreaterThan(0);
    expect((await search('u:root')).problem).toMatch(/root/);
  });
});
