import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../src/report/page/rows.ts';
import { spokenProc, spokenRow } from '../../../src/report/page/screen-reader.ts';
import { exec } from '../../fixtures/records.ts';
import { at, inTime, lifeOf } from '../../fixtures/story.ts';
import { modelOf } from './support.ts';

describe('what a screen reader says', () => {
  it('of rows: what they are, and how they ended', () => {
    const model = modelOf(lifeOf());
    const rows = rowsOf(model, new Set([0]), undefined).map(spokenRow);
    expect(rows[0]).toMatch(/^xyxy12, \d+ processes, code 5 after /);
    expect(rows[1]).toBe('startup, 19.0 ms');
    expect(rows).toContainEqual(expect.stringMatching(/^pid namespace \d+$/));
    expect(rows).toContainEqual(expect.stringMatching(/^user namespace \d+, shared$/));
    expect(rows.at(-1)).toMatch(/^host, \d+ process(es)?, outside of containers$/);
  });

  it('of a process: where it is, and whether it still runs', () => {
    const host = { pid: 4711, nspid: [4711], container: null };
    const model = modelOf(inTime(...lifeOf(), exec({ ...host, ...at(2000), args: ['a\u001bb'], exe: '/bin/a' })));
    const texts = model.procs.map(spokenProc);
    expect(texts).toContainEqual(expect.stringMatching(/^top, pid 611, in xyxy12, (code \d+|SIG[A-Z]+)$/));
    expect(texts).toContainEqual(expect.stringMatching(/^[^\u001b]+, pid 4711, in host, still running$/));
  });
});
