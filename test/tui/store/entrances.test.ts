import { describe, expect, it } from 'vitest';
import { Entrances } from '../../../src/tui/store/entrances.ts';
import { container, exec } from '../../fixtures/records.ts';
import { castOf } from '../../fixtures/story.ts';

const { info } = castOf();

/** Entrances one after the other, each with the program that it runs. */
const enteredWith = (...runs: readonly (readonly [line: string, more?: { person?: true; tty?: string }])[]) => {
  const entrances = new Entrances();
  for (const [index, [line, { person, tty } = {}]] of runs.entries()) {
    const asked = { pid: 9, comm: 'docker', evidence: ['it is the only one'] };
    const record = container({ op: 'joined', container: info, ...(person && { asked_by: asked }) });
    entrances.add(record, index);
    entrances.runs(record, exec({ args: line.split(' '), ...(tty && { tty }) }), person === true || tty !== undefined);
  }
  return entrances;
};

const lineOf = ({ last }: Entrances): string | undefined => last?.program?.args.join(' ');

describe('Entrances', () => {
  it('know who came last, and what it ran', () => {
    const entrances = enteredWith(['sh'], ['cat /etc/shadow']);
    expect(entrances).toMatchObject({ count: 2, last: { at: 1 }, repeated: undefined });
    expect(lineOf(entrances)).toBe('cat /etc/shadow');
  });

  it('set apart what comes a third time with the same command, and show who came before it', () => {
    const check = ['test -f /ready'] as const;
    const entrances = enteredWith(['cat /etc/shadow'], check, check, check, check);
    expect(lineOf(entrances)).toBe('cat /etc/shadow');
    expect(entrances).toMatchObject({ count: 5, repeated: { count: 4, at: 4 } });
  });

  it('distinguish two commands that come in turn', () => {
    const runs = Array.from({ length: 12 }, (_, index) => [index % 2 === 0 ? 'check a' : 'check b'] as const);
    const entrances = enteredWith(['id'], ...runs);
    expect(lineOf(entrances)).toBe('id');
    expect(entrances.repeated?.count).toBe(6);
  });

  it.each([{ person: true }, { tty: 'pts/0' }] as const)('never set a person apart: %j', (by) => {
    const entrances = enteredWith(['sh', by], ['sh', by], ['sh', by], ['sh', by]);
    expect(entrances).toMatchObject({ count: 4, last: { at: 3 }, repeated: undefined });
  });

  it('remember who came though many others did since, as far as there is room', () => {
    const runs = Array.from({ length: 1000 }, (_, index) => [`check ${index}`] as const);
    const entrances = enteredWith(...runs);
    let remembered = 0;
    for (let entrance = entrances.last; entrance !== undefined; entrance = entrance.before) {
      remembered += 1;
    }
    expect(remembered).toBeLessThan(20);
    expect(lineOf(entrances)).toBe('check 999');
  });
});
