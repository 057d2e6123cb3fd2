import { describe, expect, it } from 'vitest';
import * as errors from '../src/errors.ts';

const { exitStatus, installCommand, NstraceError } = errors;

/** Each, with what it is about. */
const all = {
  stoppedEarly: errors.stoppedEarly(),
  notRoot: errors.notRoot(),
  notInHostPidns: errors.notInHostPidns(),
  notInHostTimens: errors.notInHostTimens(),
  notInHostUserns: errors.notInHostUserns(),
  noNamespaces: errors.noNamespaces(),
  noBpftrace: errors.noBpftrace(['/usr/bin/bpftrace']),
  untrustedBpftrace: errors.untrustedBpftrace('/tmp/bpftrace', 'it belongs to user 1000'),
  noTracefs: errors.noTracefs('the kernel has none'),
  noBtf: errors.noBtf(),
  noPlace: errors.noPlace(['/run', '/tmp'], 'EROFS'),
  bpftraceFailed: errors.bpftraceFailed('it said no', 'ask it again'),
  bpftraceKeepsDying: errors.bpftraceKeepsDying('killed by SIGKILL'),
  cannotOpen: errors.cannotOpen('a.ndjson', 'EACCES', 'sudo'),
  cannotWrite: errors.cannotWrite('a.ndjson', 'ENOSPC'),
  recordingGone: errors.recordingGone('a.ndjson', 'ENOENT'),
  noRecording: errors.noRecording('a.txt'),
  damaged: errors.damaged('a.ndjson', 2),
  noSuchContainer: errors.noSuchContainer('webb', ['web', 'db'], 'a.ndjson'),
  severalContainers: errors.severalContainers('we', [{ name: 'web', full: 'web docker/1' }]),
  noSuchProcess: errors.noSuchProcess('77'),
  hiddenProcess: errors.hiddenProcess('77'),
  noPastProcess: errors.noPastProcess('77', 'a.ndjson'),
  noSuchNamespace: errors.noSuchNamespace(4026531836),
};

describe('an error', () => {
  it.each(Object.entries(all))('says what is wrong, and what to do next: %s', (_, error) => {
    expect(error).toBeInstanceOf(NstraceError);
    expect(error.message).not.toBe('');
    expect(error.advice).toBeTruthy();
    expect(Object.values(exitStatus)).toContain(error.status);
  });

  it('ends with 3 where the system lacks something, and with 1 where something is not there', () => {
    const statusOf = (names: readonly (keyof typeof all)[]) => new Set(names.map((name) => all[name].status));
    const system = ['notRoot', 'notInHostPidns', 'notInHostTimens', 'notInHostUserns', 'noNamespaces'] as const;
    expect(statusOf([...system, 'noBpftrace', 'untrustedBpftrace', 'noTracefs', 'noBtf', 'noPlace'])).toEqual(
      new Set([3]),
    );
    expect(statusOf(['noSuchContainer', 'severalContainers', 'noSuchProcess', 'noRecording'])).toEqual(new Set([1]));
    expect(errors.noRecording('a.txt', true).status).toBe(exitStatus.damaged);
    expect(all.damaged).toMatchObject({ status: exitStatus.damaged, message: 'a.ndjson is damaged in 2 places' });
  });

  it('about a name that is not there says which are near, and which there are', () => {
    expect(all.noSuchContainer.message).toBe('there is no container "webb" in a.ndjson');
    expect(all.noSuchContainer.advice).toBe('did you mean web? it has web, db');
    expect(errors.noSuchContainer('x', []).advice).toBe('no container is running');
    expect(errors.noSuchContainer('x', [], 'a.ndjson').advice).toBe('it has none');
    const many = Array.from({ length: 30 }, (_, index) => `container-${index}`);
    expect(errors.noSuchContainer('qqq', many).advice).toMatch(/^running: container-0, .*container-19, \.\.\.$/);
  });
});

describe('the command that installs a package', () => {
  it.each([
    ['ID=debian\n', 'sudo apt-get install bpftrace'],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'sudo apt-get install bpftrace'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'sudo apt-get install bpftrace'],
    ['ID=fedora\n', 'sudo dnf install bpftrace'],
    ['ID="rhel"\nID_LIKE="fedora"\n', 'sudo dnf install bpftrace'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'sudo dnf install bpftrace'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'sudo zypper install bpftrace'],
    ['ID=arch\n', 'sudo pacman -S bpftrace'],
    ['ID=alpine\n', 'sudo apk add bpftrace'],
    ['ID=nixos\n', 'install bpftrace with your package manager'],
    ['', 'install bpftrace with your package manager'],
  ])('of %j', (osRelease, command) => {
    expect(installCommand('bpftrace', osRelease)).toBe(command);
  });
});
