import { afterEach, describe, expect, it, vi } from 'vitest';
import { Launch } from '../../src/tracing/launch.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a command under sudo', () => {
  it.each(['', '-1', '4294967295', '1000x', ' ', '1e3', '0x0'])(
    'is refused where SUDO_UID is %j: it would run as root',
    (uid) => {
      vi.stubEnv('SUDO_UID', uid);
      vi.stubEnv('SUDO_GID', '1000');
      expect(() => new Launch(['true'], 'caller')).toThrow(/not known who called sudo: SUDO_UID/);
      expect(() => new Launch(['true'], 'root')).not.toThrow();
    },
  );

  it('is refused where only one of the two is there', () => {
    vi.stubEnv('SUDO_UID', '1000');
    vi.stubEnv('SUDO_GID', undefined);
    expect(() => new Launch(['true'], 'caller')).toThrow(/SUDO_GID is empty/);
  });
});
