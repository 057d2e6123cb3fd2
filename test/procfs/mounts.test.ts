import { expect, it } from 'vitest';
import { parseLocalMounts } from '../../src/procfs/mounts.ts';

const lines = (...types: string[]): string =>
  types.map((type, index) => `${index + 1} 0 0:${index + 40} / /at${index} rw shared:1 - ${type} none rw\n`).join('');

it('knows the devices of mounts on this machine, and of which an inode is not one directory only', () => {
  const text = `${lines('overlay', 'nfs4', 'btrfs', 'fuse.sshfs', '9p', 'autofs', 'tmpfs')}8 0 8:17 / / rw - ext4 /dev/sdb1 rw\n`;
  const { devices, ambiguous, root } = parseLocalMounts(text);
  expect([...devices]).toEqual([
    [1, 40],
    [3, 42],
    [7, 46],
    [8, (8 << 20) | 17],
  ]);
  expect([...ambiguous]).toEqual([3]);
  expect(root).toBe(true);
});

it('takes a disk that a process serves for what it is', () => {
  expect(parseLocalMounts('1 0 8:1 / / rw - fuseblk /dev/sda1 rw\n')).toMatchObject({ root: false });
});

it('believes the last line about a root', () => {
  const line = (type: string) => `1 0 0:40 / / rw - ${type} none rw\n`;
  expect(parseLocalMounts(line('tmpfs') + line('nfs')).root).toBe(false);
  expect(parseLocalMounts(line('nfs') + line('tmpfs')).root).toBe(true);
});
