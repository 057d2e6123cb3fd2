import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { schedule } from '../../../src/probe/bpftrace/scheduling.ts';

/** Field 41 of /proc/PID/stat (proc(5)), counted from behind the name. */
const policyOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[38]!;

describe('the scheduling of bpftrace', () => {
  it('is that of batch jobs', async () => {
    const child = execa('sleep', ['60'], { reject: false });
    expect(policyOf(child.pid!)).toBe('0');
    await schedule(child.pid!);
    expect(policyOf(child.pid!)).toBe('3');
    child.kill();
    await child;
  });

  it('of one that is gone already is no error', async () => {
    await expect(schedule(2 ** 22)).resolves.toBeUndefined();
  });
});
