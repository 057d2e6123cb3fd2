import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { requireJsonOrTable } from '../../../src/cli/options/format.ts';
import { addLineOptions, type LineValues, refuseGroupedJson } from '../../../src/cli/options/lines.ts';

const parse = (...words: string[]): LineValues => {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  return addLineOptions(command).parse(words, { from: 'user' }).opts();
};

describe('options for lines', () => {
  it('are a table in automatic colours with a header, unless said otherwise', () => {
    expect(parse()).toEqual({ header: true, color: 'auto' });
    expect(parse('--no-header', '--color', 'never')).toEqual({ header: false, color: 'never' });
  });

  it('name columns that there are', () => {
    expect(parse('--columns', 'pid, args').columns).toEqual(['pid', 'args']);
    expect(() => parse('--columns', 'pid,argz')).toThrow(/there is no column "argz": did you mean args/);
  });

  it('take a table or JSON', () => {
    expect(requireJsonOrTable(parse())).toBe('table');
    expect(requireJsonOrTable(parse('--json'))).toBe('json');
    expect(requireJsonOrTable(parse('-o', 'json'))).toBe('json');
    expect(() => requireJsonOrTable(parse('--json', '-o', 'table'))).toThrow('contradict each other');
    expect(() => parse('-o', 'xml')).toThrow(/Allowed choices are table, json/);
  });

  it('do not group what is for programs', () => {
    expect(() => refuseGroupedJson({ groupBy: 'net', json: true })).toThrow('--group-by is for people');
    expect(() => refuseGroupedJson({ groupBy: 'net' })).not.toThrow();
  });
});
