import { describe, expect, it } from 'vitest';
import { endingRemarks, endingText } from '../../src/view/ending.ts';

describe('how a process ended', () => {
  it.each([
    [{ code: 0 }, 'code 0'],
    [{ code: 3, core: false }, 'code 3'],
    [{ signal: 'SIGKILL' }, 'SIGKILL'],
    [{ signal: 'SIGSEGV', core: true }, 'SIGSEGV, core dumped'],
    [{ signal: 'SIGKILL', oom: true as const }, 'SIGKILL, out of memory'],
    // A signal says more than a code.
    [{ code: 137, signal: 'SIGKILL' }, 'SIGKILL'],
    [{}, ''],
  ])('%j is %j', (ending, text) => {
    expect(endingText(ending)).toBe(text);
  });

  it('is escaped: a recording can say anything', () => {
    expect(endingText({ signal: 'SIG\u001b[2J' })).not.toContain('\u001b');
  });

  it('has its remarks apart', () => {
    expect(endingRemarks({ code: 1, core: true, oom: true })).toBe(', core dumped, out of memory');
    expect(endingRemarks({ code: 1 })).toBe('');
  });
});
