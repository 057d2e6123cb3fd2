import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { inHostPidns, inHostTimens, inHostUserns } from '../../src/procfs/host.ts';

const inside = <Result>(links: Readonly<Record<string, string>>, look: (root: string) => Result): Result => {
  const root = mkdtempSync(`${tmpdir()}/nstrace-host-`);
  mkdirSync(`${root}/self/ns`, { recursive: true });
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, `${root}/self/ns/${name}`);
  }
  const result = look(root);
  rmSync(root, { recursive: true });
  return result;
};

describe('the host’s namespaces', () => {
  it.each([
    ['pid:[4026531836]', true],
    ['pid:[4026532572]', false],
  ])('%s is its pid namespace: %s', (link, expected) => {
    expect(inside({ pid: link }, inHostPidns)).toBe(expected);
  });

  it.each([
    ['time:[4026531834]', true],
    ['time:[4026532573]', false],
  ])('%s is its time namespace: %s', (link, expected) => {
    expect(inside({ time: link }, inHostTimens)).toBe(expected);
  });

  it.each([
    ['user:[4026531837]', true],
    ['user:[4026532574]', false],
  ])('%s is its user namespace: %s', (link, expected) => {
    expect(inside({ user: link }, inHostUserns)).toBe(expected);
  });

  it('has no time namespace on a kernel without them', () => {
    expect(inside({}, inHostTimens)).toBe(true);
  });
});
