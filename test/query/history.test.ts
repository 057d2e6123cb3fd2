import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History } from '../../src/query/history.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nstrace-history-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const me = () => ({ uid: process.getuid!(), gid: process.getgid!(), home });
const fileOf = (state = '.local/state') => join(home, state, 'nstrace/query_history');

describe('the history of questions', () => {
  it('is empty at first, and then what was asked, the latest first', () => {
    const history = new History(me(), undefined);
    expect(history.read()).toEqual([]);
    history.write(['SELECT 2', 'SELECT 1']);
    expect(new History(me(), undefined).read()).toEqual(['SELECT 2', 'SELECT 1']);
    expect(readFileSync(fileOf(), 'utf8')).toBe('SELECT 1\nSELECT 2\n');
  });

  it('keeps statements of several lines, and backslashes', () => {
    const history = new History(me(), undefined);
    const entries = ["SELECT 'a\\nb'", 'SELECT\n1', '\\\\', '\\\n'];
    history.write(entries);
    expect(history.read()).toEqual(entries);
  });

  it('is its user’s alone', () => {
    new History(me(), undefined).write(['SELECT 1']);
    expect(statSync(fileOf()).mode & 0o777).toBe(0o600);
    mkdirSync(join(home, 'open/nstrace'), { recursive: true });
    writeFileSync(fileOf('open'), 'SELECT 0\n', { mode: 0o644 });
    new History(me(), join(home, 'open')).write(['SELECT 1']);
    expect(statSync(fileOf('open')).mode & 0o777).toBe(0o600);
  });

  it('stands in the folder for state, where that is an absolute path', () => {
    new History(me(), join(home, 'state')).write(['SELECT 1']);
    expect(readFileSync(fileOf('state'), 'utf8')).toBe('SELECT 1\n');
    new History(me(), 'state').write(['SELECT 2']);
    expect(readFileSync(fileOf(), 'utf8')).toBe('SELECT 2\n');
  });

  it('follows no link, and fails in silence', () => {
    mkdirSync(join(home, '.local/state/nstrace'), { recursive: true });
    writeFileSync(join(home, 'precious'), 'precious');
    symlinkSync(join(home, 'precious'), fileOf());
    new History(me(), undefined).write(['SELECT 1']);
    expect(readFileSync(join(home, 'precious'), 'utf8')).toBe('precious');
  });

  it('keeps the latest 1,000', () => {
    const history = new History(me(), undefined);
    const entries = Array.from({ length: 1200 }, (_, index) => `SELECT ${index}`);
    history.write(entries);
    expect(history.read()).toEqual(entries.slice(0, 1000));
  });
});
