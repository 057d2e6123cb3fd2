import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { hostRoot } from '../../src/doctor/host-root.ts';

let proc: string;
afterEach(() => rmSync(proc, { recursive: true }));

const makeProc = (processes: Readonly<Record<string, { mnt?: string; root?: string }>>): void => {
  proc = mkdtempSync(`${tmpdir()}/nstrace-doctor-`);
  for (const [pid, { mnt, root }] of Object.entries(processes)) {
    mkdirSync(`${proc}/${pid}/ns`, { recursive: true });
    if (mnt !== undefined) {
      symlinkSync(`mnt:[${mnt}]`, `${proc}/${pid}/ns/mnt`);
    }
    if (root !== undefined) {
      symlinkSync(root, `${proc}/${pid}/root`);
    }
  }
};

it('is that of pid 1', () => {
  makeProc({ 1: { mnt: '7', root: '/' }, 2: { mnt: '7' } });
  expect(hostRoot(proc)).toBe(`${proc}/1/root`);
});

it('is that of another process of the host, where pid 1 may not be looked at', () => {
  makeProc({
    1: {},
    2: { mnt: '7' },
    30: { mnt: '9', root: '/' },
    31: { mnt: '7', root: '/srv' },
    32: { mnt: '7', root: '/' },
  });
  expect(hostRoot(proc)).toBe(`${proc}/32/root`);
});

it('is unknown where none of them may be looked at', () => {
  makeProc({ 1: {}, 30: { mnt: '9', root: '/' } });
  expect(hostRoot(proc)).toBeUndefined();
});
