import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { findHidden, takeSnapshot } from '../../src/now/snapshot.ts';

/** Of this machine, whatever runs on it: needs no rights. */
const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
});

const start = (command: string, ...args: string[]): number => {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.push(child);
  return child.pid!;
};

describe('takeSnapshot', () => {
  it('has this process as it is', async () => {
    const { byPid } = await takeSnapshot();
    const { proc, record } = byPid.get(process.pid)!;
    expect(proc).toMatchObject({
      pid: process.pid,
      ppid: process.ppid,
      uid: process.getuid!(),
      gid: process.getgid!(),
    });
    expect(proc.ns?.net).toBe(Number(/\d+/.exec(readlinkSync('/proc/self/ns/net'))![0]));
    expect(proc.rssBytes).toBeGreaterThan(1_000_000);
    expect(proc.threads).toBeGreaterThan(1);
    expect(record).toMatchObject({ type: 'process', pid: process.pid, ppid: process.ppid });
    expect(record.cwd).toBe(process.cwd());
    expect(Date.parse(record.started)).toBeLessThanOrEqual(Date.now() + 1000);
    expect(Date.parse(record.started)).toBeGreaterThan(Date.now() - 3_600_000);
  });

  it('has a child that was just started, below its parent and after it', async () => {
    const pid = start('sleep', '600');
    await expect.poll(async () => (await takeSnapshot()).byPid.get(pid)?.record.args).toEqual(['sleep', '600']);
    const { processes, byPid } = await takeSnapshot();
    expect(byPid.get(pid)?.record).toMatchObject({ ppid: process.pid, comm: 'sleep' });
    const at = (wanted: number) => processes.findIndex(({ proc }) => proc.pid === wanted);
    expect(at(pid)).toBeGreaterThan(at(process.pid));
  });

  it('has each process once, in the order in which they started, with its own record', async () => {
    const { processes, byPid } = await takeSnapshot();
    expect(byPid.size).toBe(processes.length);
    for (const [index, { proc, record }] of processes.entries()) {
      expect(record.pid).toBe(proc.pid);
      expect(proc.startTicks).toBeGreaterThanOrEqual(processes[index - 1]?.proc.startTicks ?? 0);
    }
  });

  it('has a process that has ended and that nobody waited for', async () => {
    // `sleep` does not wait for the child that the shell before it had.
    const parent = start('sh', '-c', 'true & exec sleep 600');
    const zombie = async () =>
      (await takeSnapshot()).processes.find(({ proc }) => proc.ppid === parent && proc.state === 'Z');
    await expect.poll(zombie).toBeDefined();
    expect(await zombie()).toMatchObject({ record: { args: [] }, proc: { state: 'Z', rssBytes: undefined } });
  });

  it('says when it was taken, and which namespaces are the host of it', async () => {
    const { time, host } = await takeSnapshot();
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Object.values(host).every((inode) => Number.isInteger(inode) && inode > 0)).toBe(true);
  });

  it('says how many processes hide their namespaces, and does not count those that have ended', () => {
    const ns = { pid: 1, mnt: 2, net: 3, ipc: 4, uts: 5, user: 6, cgroup: 7, time: 8 };
    const secret = { ns: undefined };
    expect(findHidden([{ ns }, { ns: undefined, ending: true }], true).join()).not.toContain('the namespaces of');
    expect(findHidden([{ ns }, secret], true)[0]).toMatch(/^the namespaces of 1 process are hidden from you/);
    expect(findHidden([secret, secret, { ns: undefined, ending: true }], true)[0]).toMatch(
      /^the namespaces of 2 processes /,
    );
  });

  it('says that a pid namespace hides what is outside, and what it calls the host then', () => {
    expect(findHidden([], true).join()).not.toContain('pid namespace');
    expect(findHidden([], false).at(-1)).toMatch(/^it runs in a pid namespace of its own: .* --pid=host$/);
  });
});
