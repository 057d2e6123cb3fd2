import { describe, expect, it } from 'vitest';
import { checkOthers, checkRights } from '../../src/doctor/rights.ts';

const status = (mask: string): string => `Name:\tnode\nCapInh:\t0000000000000000\nCapEff:\t${mask}\n`;
const all = status('000001ffffffffff');
/** What a container of Docker has. */
const docker = status('00000000a80425fb');

describe('rights', () => {
  it('are those of root', () => {
    expect(checkRights(0, all)).toBe('root');
    expect(() => checkRights(1000, all)).toThrow('not root');
  });

  it('are not those of root in a container', () => {
    expect(() => checkRights(0, docker)).toThrow('root without CAP_SYS_ADMIN');
  });

  it('reach other processes with SYS_PTRACE', () => {
    expect(checkOthers(all)).toBe('readable');
    expect(() => checkOthers(docker)).toThrow('CAP_SYS_PTRACE is missing');
  });
});
