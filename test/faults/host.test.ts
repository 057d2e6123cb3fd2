import { expect } from 'vitest';
import { callAsNamesake } from '../e2e/support/namesake.ts';
import { run } from '../e2e/support/run.ts';
import { bpftraceOption, program, tool, trace } from '../e2e/support/trace.ts';
import { accounts, expectAccounts, fault, livesOf, spawn } from './support.ts';

const inNamespace = (...lines: string[]) => run('unshare', '-m', 'sh', '-c', lines.join('\n'));
const recordSpawn = `${program} record -o - ${bpftraceOption.join(' ')} -- ${tool('spawn')} 50 ${tool('noop')} mounted`;
const unmount = 'umount -l /sys/kernel/debug 2>/dev/null; umount -l /sys/kernel/tracing';

fault('tracefs not mounted', 'nstrace mounts it, as systemd does, and traces', async () => {
  const { exitCode, stdout } = await inNamespace(unmount, recordSpawn);
  expect(exitCode).toBe(0);
  const execs = stdout.split('\n').filter((line) => line.startsWith('{"type":"exec"') && line.includes('"mounted"'));
  const complete = stdout.includes('"complete":true');
  expect([execs.length, complete]).toEqual([51, true]);
  return `${execs.length - 1} of 50 execs, complete: ${complete}`;
});

fault('tracefs hidden, and nowhere to mount it', 'refused with what is missing and what to do, status 3', async () => {
  // All of /sys/kernel but the kernel's types.
  const hide = [
    'mount -t tmpfs none /mnt',
    'mkdir /mnt/btf',
    'mount --rbind /sys/kernel/btf /mnt/btf',
    'mount -o remount,ro /mnt',
  ];
  const { exitCode, stderr } = await inNamespace(...hide, 'mount --move /mnt /sys/kernel', recordSpawn);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/tracefs/);
  return `status 3, “${stderr.split('\n')[0]!.replace('nstrace: ', '')}”`;
});

fault('tracefs unmounted while it traces', 'tracing goes on', async () => {
  const { exitCode, stdout } = await inNamespace(
    `${program} record -o - ${bpftraceOption.join(' ')} -- sh -c '${unmount}; ${tool('spawn')} 50 ${tool('noop')} mounted'`,
  );
  expect(exitCode).toBe(0);
  const execs = stdout.split('\n').filter((line) => line.startsWith('{"type":"exec"') && line.includes('"mounted"'));
  expect(execs.length).toBe(51);
  return `${execs.length - 1} of 50 execs, complete: ${stdout.includes('"complete":true')}`;
});

fault(
  'somebody else calls what stops the probes (setpriority(2) as nstrace does, from a process with its pid in a pid namespace)',
  'the probes go on: nstrace is known by pid, start and pid namespace',
  async () => {
    const found = await trace([], async ({ pid }) => {
      expect(await callAsNamesake(pid)).toBe(pid);
      await spawn(100, 'after');
    });
    expectAccounts(found);
    const { execs } = livesOf(found, 'after');
    expect([execs, found.footer.complete]).toEqual([100, true]);
    return `${execs} of 100 execs afterwards, ${accounts(found)}`;
  },
);
