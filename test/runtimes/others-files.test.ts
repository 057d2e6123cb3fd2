import type { Stats } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OthersFiles } from '../../src/runtimes/others-files.ts';

const stats = (ino: number, size: number) => ({ dev: 1, ino, size, mtimeMs: 1, ctimeMs: 1 }) as Stats;

describe('files of others', () => {
  it('are not read where they are large', () => {
    const files = new OthersFiles();
    expect(files.read('/a', stats(1, 256 * 1024), () => 'small')).toBe('small');
    expect(files.read('/b', stats(2, 256 * 1024 + 1), () => 'large')).toBeUndefined();
  });

  it('are read once, as long as they are the same', () => {
    const files = new OthersFiles();
    let reads = 0;
    const read = (ino: number) => files.read('/a', stats(ino, 10), () => (reads += 1));
    expect([read(1), read(1), read(2), read(1)]).toEqual([1, 1, 2, 1]);
    const broken = (): unknown => {
      reads += 1;
      throw new SyntaxError('no JSON');
    };
    expect(files.read('/c', stats(3, 10), broken)).toBeUndefined();
    expect(files.read('/c', stats(3, 10), broken)).toBeUndefined();
    expect(reads).toBe(3);
  });

  it('are read within a budget, which is there again a second later', () => {
    const clock = { ms: 0 };
    const files = new OthersFiles(() => clock.ms);
    const read = (ino: number) => files.read('/a', stats(ino, 256 * 1024), () => ino);
    expect([1, 2, 3, 4, 5].map(read)).toEqual([1, 2, 3, 4, undefined]);
    clock.ms += 1000;
    expect(read(5)).toBe(5);
  });
});
