import { describe, expect, it } from 'vitest';
import { positionals, rootsOf } from '../../src/runtimes/flags.ts';
import { processAs } from '../fixtures/model.ts';

const flags = { withValue: new Set(['root', 'e']) };
const words = (...args: string[]): string[] => positionals(args, flags, 9).words;

describe('positionals', () => {
  it('leaves options out, and the values of those that take one', () => {
    expect(words('--debug', '--root', '/run/x', 'run', '-e', 'A=b', 'id')).toEqual(['run', 'id']);
  });

  it('takes an option with = as one word', () => {
    expect(words('--root=/run/x', 'run', '-e=A', 'id')).toEqual(['run', 'id']);
  });

  it('takes one and two dashes for the same', () => {
    expect(words('-root', '/run/x', '--e', 'A', 'run')).toEqual(['run']);
  });

  it('takes everything behind -- as words', () => {
    expect(words('run', '--', '-x', '--root')).toEqual(['run', '-x', '--root']);
  });

  it('takes a lone dash as a word', () => {
    expect(words('-', 'a')).toEqual(['-', 'a']);
  });

  it('stops at the most words wanted and says where the rest begins', () => {
    const args = ['--debug', 'exec', '--tty', 'id', 'top'];
    expect(positionals(args, flags, 1)).toEqual({ words: ['exec'], next: 2 });
    expect(positionals(args, flags, 2)).toEqual({ words: ['exec', 'id'], next: 4 });
  });

  it('stands an option whose value is missing', () => {
    expect(words('run', '--root')).toEqual(['run']);
    expect(words()).toEqual([]);
  });
});

describe('rootsOf', () => {
  const runc = processAs(9, 1, ['runc', '--root', '/srv/runc', 'run', 'web'], { exe: '/usr/sbin/runc' });

  it('takes the folders that root named on this host', () => {
    expect(rootsOf([runc, processAs(10, 1, ['crun', '--root', '/srv/crun'])], 'runc')).toEqual(['/srv/runc']);
  });

  it('takes none of users, and none of processes in a container: there the path is another one', () => {
    expect(rootsOf([{ ...runc, uid: 1000 }], 'runc')).toEqual([]);
    expect(rootsOf([{ ...runc, elsewhere: true }], 'runc')).toEqual([]);
  });
});
