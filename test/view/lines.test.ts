import { describe, expect, it } from 'vitest';
import { chooseColumns, type LineOptions, LineView } from '../../src/view/lines.ts';
import { UserNames } from '../../src/view/users.ts';
import { exec, failedExec, inContainer } from '../fixtures/records.ts';

const noExtra = { time: false, timestamp: false, uid: false };

const view = (changes: Partial<LineOptions> = {}): LineView =>
  new LineView({
    style: { quote: false, maxArgs: 20 },
    kinds: false,
    startedMono: '0',
    users: new UserNames(),
    columns: chooseColumns(undefined, noExtra),
    color: false,
    ...changes,
  });

describe('LineView', () => {
  it('has a header with the columns of the contract', () => {
    expect(view().header().trim().split(/\s+/)).toEqual(['CONTAINER', 'PIDNS', 'PID', 'NSPID', 'PPID', 'RET', 'ARGS']);
  });

  it('begins with the host where records are from several', () => {
    const columns = chooseColumns(undefined, { ...noExtra, host: true });
    expect(view({ columns }).line(exec({ ...inContainer, host: 'web-1' } as object))).toMatch(/^web-1 +xyxy12 /);
  });

  it('puts values under their titles', () => {
    expect(view().header()).toBe('CONTAINER             PIDNS     PID  NSPID    PPID RET ARGS\n');
    expect(view().line(exec(inContainer))).toBe('xyxy12           4026532572   10123      1     400   0 ls -l\n');
    expect(view().line(exec())).toBe('host             4026531836     500      -     400   0 ls -l\n');
  });

  it('keeps a value whole that is wider than its column, and apart from the next', () => {
    const name = 'a-very-long-container-name';
    const record = exec({ ...inContainer, container: { id: 'x', name, runtime: 'runc' } });
    expect(view().line(record).split(/\s+/).slice(0, 2)).toEqual([name, '4026532572']);
  });

  it('writes one line for a record, whatever is in its arguments', () => {
    expect(view().line(exec({ args: ['a\nb\r', '\u2028'] }))).toMatch(/^[^\n\r\u2028]+\n$/);
  });

  it('shows only the columns asked for, in their order', () => {
    const columns = chooseColumns(['pid', 'comm'], { time: true, timestamp: true, uid: true });
    expect(view({ columns }).line(exec())).toBe('    500 ls\n');
  });

  it('colours failures and the host, and nothing without colour', () => {
    const coloured = view({ color: true });
    expect(coloured.line(failedExec(inContainer))).toMatch(/^\x1b\[31m.*\x1b\[39m\n$/);
    expect(coloured.line(exec())).toMatch(/^\x1b\[2m.*\x1b\[22m\n$/);
    expect(coloured.line(exec(inContainer))).not.toContain('\x1b');
    expect(view().line(failedExec())).not.toContain('\x1b');
  });
});

describe('chooseColumns', () => {
  it('puts what -T, -t and -U add in front', () => {
    const all = chooseColumns(undefined, { time: true, timestamp: true, uid: true });
    expect(all.slice(0, 4)).toEqual(['time', 'timestamp', 'uid', 'container']);
  });
});
