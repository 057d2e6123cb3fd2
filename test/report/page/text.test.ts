import { describe, expect, it } from 'vitest';
import { commandOf, count, endText, sinceStart, span, whatOf } from '../../../src/report/page/text.ts';
import { cgroup, container, exec, exit, failedExec, fork, lost, namespace, process } from '../../fixtures/records.ts';

describe('a length of time', () => {
  it.each([
    [999, '1 µs'],
    [4000, '4 µs'],
    [12_340_000, '12.3 ms'],
    [1_234_000_000, '1.23 s'],
    [12_340_000_000, '12.3 s'],
    [125e9, '2 min 5 s'],
    [7260e9, '2 h 1 min'],
  ])('of %d ns is %s', (ns, text) => {
    expect(span(ns)).toBe(text);
  });
});

describe('a moment since the beginning', () => {
  it.each([
    [1.5e9, 1e9, '2 s'],
    [1.5e9, 1e8, '1.5 s'],
    [1_234_567, 1e4, '1.23 ms'],
    [61e9, 1e9, '1:01'],
    [61.5e9, 1e8, '1:01.5'],
    [3661e9, 60e9, '1:01:01'],
    // Closer than a tenth of a second the seconds are counted through.
    [61.25e9, 1e7, '61.25 s'],
  ])('%d ns on a scale of %d ns is %s', (at, step, text) => {
    expect(sinceStart(at, step)).toBe(text);
  });
});

describe('a command line', () => {
  it('shows empty arguments, and that it was cut', () => {
    expect(commandOf({ args: ['printf', '', 'x'], args_truncated: true, exe: '/bin/printf' })).toBe("printf '' x …");
  });

  it('is the path where there are no arguments', () => {
    expect(commandOf({ args: [], args_truncated: false, exe: '/bin/true' })).toBe('/bin/true');
  });

  it('is escaped', () => {
    expect(commandOf({ args: ['a\u001b[2Jb', '\u202e'], args_truncated: false, exe: '' })).not.toMatch(
      /[\u001b\u202e]/,
    );
  });
});

describe('an end', () => {
  it('has a code, or the signal that killed', () => {
    expect(endText({ code: 3 })).toBe('code 3');
    expect(endText({ signal: 'SIGKILL', oom: true })).toBe('SIGKILL, out of memory');
  });
});

describe('what happened, in a line', () => {
  it.each([
    ['an exec', exec({ args: ['ls', '-l'] }), 'ls -l'],
    ['a failed exec', failedExec({ args: ['ls'], errno: 'EACCES' }), 'ls: EACCES'],
    ['a thread of the kernel', process({ args: [], comm: 'kthreadd' }), '[kthreadd]'],
    ['a fork', fork({ comm: 'sh', flags: ['CLONE_NEWPID'] }), 'sh CLONE_NEWPID'],
    ['an exit', exit({ comm: 'sh', code: 2, duration_ns: 5e6 }), 'sh code 2 after 5.0 ms'],
    ['a setns', namespace({ op: 'setns', created: undefined, joined: { net: 1, uts: 2 } }), 'setns joined net uts'],
    ['an unshare of nothing', namespace({ op: 'unshare', created: {}, joined: undefined }), 'unshare'],
    ['a cgroup', cgroup({ op: 'mkdir', path: '/a\nb' }), 'mkdir /a\\nb'],
    ['a stop', container({ op: 'stopped', code: 4 }), 'stopped xyxy12, code 4'],
    ['a loss', lost({ count: 5, exact: true, stage: 'kernel' }), 'events lost: 5 (kernel)'],
    [
      'a loss without end',
      lost({ count: 0, exact: false, stage: 'spool' }),
      'events lost: nobody knows how many (spool)',
    ],
  ])('%s', (_, record, text) => {
    expect(whatOf(record)).toBe(text);
  });
});

describe('a count', () => {
  it('has its plural and separators', () => {
    expect([count(1, 'process', 'processes'), count(1234, 'process', 'processes'), count(0, 'exec')]).toEqual([
      ...['1 process', '1,234 processes', '0 execs'],
    ]);
  });
});
