import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addFilterOptions,
  chosenBy,
  describeFilters,
  type FilterValues,
  filterOf,
} from '../../../src/cli/options/filter.ts';
import { exec } from '../../fixtures/records.ts';

const parse = (...words: string[]): FilterValues => {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  return addFilterOptions(command, 'all').parse(words, { from: 'user' }).opts();
};

const compile = (...words: string[]) => filterOf(parse(...words), ['exec']);

describe('options for what is shown', () => {
  it('become a filter', async () => {
    const filter = await compile('-c', 'web', '-c', '!db', '--ns', 'net:[17]', '-p', '4', '-u', 'root', '-x');
    expect(filter).toMatchObject({
      containers: ['web', '!db'],
      namespaces: [17],
      pids: [4],
      uids: [0],
      failed: true,
      events: new Set(['exec']),
    });
  });

  it('name kinds of events, or all of them', async () => {
    expect((await compile('-e', 'exec, exit')).events).toEqual(new Set(['exec', 'exit']));
    expect((await compile('-e', 'all')).events).toContain('usage');
    expect(() => parse('-e', 'exce')).toThrow(/"exce" is no kind of event: did you mean exec/);
  });

  it('ask for all kinds where the filter language speaks of kinds or ends, and for failures where it speaks of those', async () => {
    expect((await compile('--where', 'exit:!0')).events).toContain('exit');
    expect((await compile('--where', 'c:web')).events).toEqual(new Set(['exec']));
    expect((await compile('--where', 'failed')).failed).toBe(true);
  });

  it.each([
    [['-n', '(?=a)'], /^--name "\(\?=a\)" is no regular expression/],
    [['-l', '('], /^--line "\(" is no regular expression/],
    [['--since', 'yesterday'], /^--since "yesterday" is no time/],
    [['--auid', 'nobody-of-that-name'], /^--auid: /],
    [['--where', 'nokey:1'], /nokey/],
  ])('that make no sense, %j, are wrong usage that says which', async (words, message) => {
    await expect(compile(...words)).rejects.toMatchObject({ message: expect.stringMatching(message), status: 2 });
  });

  it('are wrong where nothing is between two times', async () => {
    await expect(compile('--since', '1h', '--until', '2h')).rejects.toThrow('there is nothing between');
    expect(await compile('--since', '2h', '--until', '1h')).toMatchObject({ since: expect.any(String) });
    const moment = '2026-01-02T03:04:05Z';
    expect(await compile('--since', moment, '--until', moment)).toMatchObject({ since: expect.any(String) });
  });

  it('stand in the header of a recording as they were given', () => {
    expect(describeFilters(parse('-c', 'web', '--since', '10m', '--max-events', '3'))).toEqual({
      container: ['web'],
      since: '10m',
      maxEvents: 3,
    });
    expect(describeFilters({})).toEqual({});
  });

  it('choose nothing where neither -c nor --where is given', async () => {
    expect(await chosenBy({})).toBeUndefined();
    const filter = await chosenBy({ where: ['n:true'] });
    expect(filter?.wants(exec({ args: ['true'], exe: '/bin/true', comm: 'true' }))).toBe(true);
    expect(filter?.wants(exec({ args: ['false'], exe: '/bin/false', comm: 'false' }))).toBe(false);
  });
});
