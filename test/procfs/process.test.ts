import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDirectory } from '../../src/procfs/directory.ts';
import { readArgumentArea, readProcess, startOf } from '../../src/procfs/process.ts';
import { containerNs } from '../fixtures/records.ts';

const status =
  'Name:\tls\nUid:\t1000\t0\t0\t0\nGid:\t100\t101\t0\t0\nNSpid:\t42\t7\t1\nVmRSS:\t    12 kB\nThreads:\t1\n';

/** Of `/`, which in a chroot is not in mountinfo. */
const ownMount = readDirectory('/', () => true)!.mount;
const { dev } = statSync('/');
const ownDevice =
  new RegExp(`^${ownMount} \\d+ (\\S+)`, 'm').exec(readFileSync('/proc/self/mountinfo', 'latin1'))?.[1] ??
  `${dev >> 8}:${dev & 0xff}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-proc-`);
  mkdirSync(`${root}/42/ns`, { recursive: true });
  put('stat', '42 (ls) S 17 42 42 34819 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 551234 8192\n');
  put('status', status);
  put('comm', 'ls\n');
  put('loginuid', '1000');
  put('sessionid', '3');
  put('cmdline', 'ls\0-l\0');
  put('cgroup', '4:memory:/a/xyxy12\n0::/xyxy12\n');
  symlinkSync('/usr/bin/ls', `${root}/42/exe`);
  symlinkSync('/tmp', `${root}/42/cwd`);
  symlinkSync('/', `${root}/42/root`);
  put('mountinfo', `${ownMount} 1 ${ownDevice} / / rw - ext4 /dev/sda1 rw\n`);
  for (const [type, inode] of Object.entries(containerNs)) {
    symlinkSync(`${type}:[${inode}]`, `${root}/42/ns/${type}`);
  }
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (name: string, content: string | Buffer): void => writeFileSync(`${root}/42/${name}`, content);
const read = () => readProcess(42, root)!;

describe('readProcess', () => {
  it('reads all that nstrace knows of a process', () => {
    expect(read()).toEqual({
      pid: 42,
      ppid: 17,
      startTicks: 551234,
      nspid: [42, 7, 1],
      uid: 1000,
      gid: 100,
      euid: 0,
      egid: 101,
      auid: 1000,
      session: 3,
      tty: 'pts/3',
      comm: 'ls',
      exe: '/usr/bin/ls',
      cwd: '/tmp',
      args: ['ls', '-l'],
      argsBytes: 6,
      ns: containerNs,
      cgroups: new Map([
        ['memory', '/a/xyxy12'],
        ['', '/xyxy12'],
      ]),
      state: 'S',
      threads: 1,
      cpuTicks: 3,
      rssBytes: 12_288,
    });
  });

  it('keeps empty arguments', () => {
    put('cmdline', 'a\0\0\0b\0\0');
    expect(read()).toMatchObject({ args: ['a', '', '', 'b', ''], argsBytes: 7 });
  });

  it('reads a title that a process wrote over its arguments', () => {
    put('cmdline', 'nginx: worker process');
    expect(read()).toMatchObject({ args: ['nginx: worker process'], argsBytes: 21 });
  });

  it('takes what is left of the arguments behind a title for none', () => {
    put('cmdline', 'nginx: master process nginx\0\0\0\0');
    expect(read()).toMatchObject({ args: ['nginx: master process nginx'], argsBytes: 28 });
    put('cmdline', 'prog\0\0\0\0');
    expect(read()).toMatchObject({ args: ['prog', '', '', ''] });
  });

  it.each([
    ['kworker/u8:1-events_unbound', 'kworker/u8:1'],
    ['kworker/0:1H+kblockd', 'kworker/0:1H'],
    ['kworker/R-rcu_gp', 'kworker/R-rcu_gp'],
    ['kworker/3:0', 'kworker/3:0'],
  ])('reads the comm of a kernel worker, not what it works on: %s', (shown, comm) => {
    put('comm', `${shown}\n`);
    put('stat', `42 (${shown}) I 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 20 0 1 0 17 0\n`);
    expect(read()).toMatchObject({ comm, ppid: 2 });
  });

  it('reads a kernel thread, which has neither arguments nor an executable', () => {
    put('cmdline', '');
    rmSync(`${root}/42/exe`);
    expect(read()).toMatchObject({ args: [], argsBytes: 0, exe: '' });
  });

  it('keeps the exact bytes of what is not UTF-8', () => {
    put('comm', Buffer.from([0x61, 0xff, 0x0a]));
    put('cmdline', Buffer.from([0x6c, 0x73, 0, 0xc3, 0, 0xc3, 0xa9, 0]));
    const { comm, args } = read();
    expect(comm).toEqual({ text: 'a\ufffd', bytes: Uint8Array.of(0x61, 0xff) });
    expect(args).toEqual(['ls', { text: '\ufffd', bytes: Uint8Array.of(0xc3) }, 'é']);
  });

  it('keeps a comm with brackets and line breaks', () => {
    put('comm', 'x) S 1\n2\n');
    put('stat', '42 (x) S 1\n2) S 17 42 42 34819 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 551234 8192\n');
    expect(read()).toMatchObject({ comm: 'x) S 1\n2', ppid: 17, startTicks: 551234 });
  });

  it('cuts a very long command line and says its true length', () => {
    put('cmdline', `ls\0${'x'.repeat(500_000)}\0`);
    const { args, argsBytes } = read();
    expect(argsBytes).toBe(500_004);
    expect(args[0]).toBe('ls');
    expect(args[1]).toMatch(/^x{60000,64000}$/);
  });

  it('does not mix processes up that are read one after the other', () => {
    const first = read();
    put('cmdline', 'other\0args\0');
    put('comm', 'other\n');
    read();
    expect(first).toMatchObject({ comm: 'ls', args: ['ls', '-l'] });
  });

  it('says of a process in another mount namespace whether its files are other ones', () => {
    expect(read().elsewhere).toBeUndefined();
    rmSync(`${root}/42/root`);
    expect(read()).toMatchObject({ elsewhere: true });
    symlinkSync('/tmp', `${root}/42/root`);
    expect(read()).toMatchObject({ elsewhere: true });
  });

  it('asks nothing of a root on a file system of the network', () => {
    put('mountinfo', '28 1 0:40 / / rw - nfs4 server:/ rw\n');
    expect(read()).toMatchObject({ elsewhere: true });
  });

  it('leaves out what may not be read', () => {
    rmSync(`${root}/42/ns/net`);
    rmSync(`${root}/42/cwd`);
    expect(read()).toMatchObject({ ns: undefined, cwd: undefined, comm: 'ls' });
  });

  it.each(['stat', 'status'])('finds no process without its %s', (file) => {
    rmSync(`${root}/42/${file}`);
    expect(readProcess(42, root)).toBeUndefined();
  });

  it('reads this very process from the real /proc', () => {
    const self = readProcess(process.pid)!;
    expect(self).toMatchObject({ ppid: process.ppid, uid: process.getuid!(), cwd: process.cwd() });
    expect(`pid:[${self.ns!.pid}]`).toBe(readlinkSync('/proc/self/ns/pid'));
    expect(self.nspid.at(-1)).toBe(process.pid);
  });
});

describe('startOf', () => {
  it('reports when a process started, and nothing of one that is not there', () => {
    expect(startOf(42, root)).toBe(551234);
    expect(startOf(43, root)).toBeUndefined();
  });
});

describe('readArgumentArea', () => {
  it('reads the bytes, a copy that later reads leave alone', () => {
    const area = readArgumentArea(42, 551234, root);
    put('cmdline', 'other\0');
    readArgumentArea(42, 551234, root);
    expect(area).toEqual(Buffer.from('ls\0-l\0'));
  });

  it('reads nothing of another process that got the pid', () => {
    expect(readArgumentArea(42, 551233, root)).toBeUndefined();
  });
});
