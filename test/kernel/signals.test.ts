import { describe, expect, it } from 'vitest';
import { signalName } from '../../src/kernel/signals.ts';

describe('signalName', () => {
  it.each([
    [6, 'SIGABRT'],
    [9, 'SIGKILL'],
    [11, 'SIGSEGV'],
    [15, 'SIGTERM'],
    [29, 'SIGIO'],
    [35, 'SIG35'],
  ])('names %d %s', (signal, name) => {
    expect(signalName(signal)).toBe(name);
  });
});
