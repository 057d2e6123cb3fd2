import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest';
import { namespaceTypes } from '../../../src/kernel/namespaces.ts';
import type { InspectRecord, NowRecord, NsRecord, PsRecord } from '../../../src/now/schema.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import * as records from '../../fixtures/records.ts';
import { castOf, lifeOf } from '../../fixtures/story.ts';
import type { Engine } from '../support/engine.ts';
import * as engines from '../support/engine.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { onHost } from '../support/host.ts';
import { type Ran, run } from '../support/run.ts';
import { program, tool, traced, tracedOutsideChroot } from '../support/trace.ts';

/** What runs now, compared with what /proc, runc and lsns say of it. */
const schema = join(import.meta.dirname, '../../../docs/nstrace-now-1.schema.json');
const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(schema, 'utf8')));

const nstrace = (...args: string[]): Promise<Ran> => run(program, ...args);

/** Each line is an object as the published schema says. */
const parse = <Type extends NowRecord>(stdout: string): Type[] =>
  stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const record = JSON.parse(line);
      expect(validate(record), JSON.stringify(validate.errors)).toBe(true);
      return record as Type;
    });

const ask = async <Type extends NowRecord>(...args: string[]): Promise<Type[]> => {
  const { stdout, stderr, exitCode } = await nstrace(...args, '-o', 'json');
  expect(exitCode, stderr).toBe(0);
  return stdout === '' ? [] : parse<Type>(stdout);
};
const askPs = (...args: string[]) => ask<PsRecord>('ps', ...args);
const askNs = (...args: string[]) => ask<NsRecord>('ns', ...args);
const inspect = (...args: string[]) => ask<InspectRecord>('inspect', ...args);

/** Columns under titles, without the header. */
const table = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(/ +/));

const said = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => !line.includes('hidden from you'))
    .join('\n');

// What /proc says.
const statusOf = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const numbers = (name: string): number[] =>
    new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(text)![1]!.trim().split(/\s+/).map(Number);
  return {
    nspid: numbers('NSpid'),
    ppid: numbers('PPid')[0]!,
    uid: numbers('Uid')[0]!,
    gid: numbers('Gid')[0]!,
    threads: numbers('Threads')[0]!,
    seccomp: numbers('Seccomp')[0]!,
  };
};
const cgroupOf = (pid: number): string => readFileSync(`/proc/${pid}/cgroup`, 'utf8');
const inodeOf = (pid: number, type: string): number =>
  Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/${type}`).replace(/^.*:/, ''))![0]);
const commandOf = (pid: number): string[] => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);

const findPids = (found: (pid: number) => boolean): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return found(pid);
      } catch {
        // It ended meanwhile.
        return false;
      }
    });

/** Also outside of tests, where there is no `expect.poll`. */
const until = async (what: string, found: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 3000 && !found(); tries += 1) {
    await sleep(20);
  }
  if (!found()) {
    throw new Error(`waited for ${what}`);
  }
};

/** The one process with this command line. */
const waitForPid = async (...command: string[]): Promise<number> => {
  const find = () => findPids((pid) => commandOf(pid).join('\0') === command.join('\0'));
  await until(command.join(' '), () => find().length === 1);
  return find()[0]!;
};

const web = `nstrace-now-${process.pid}`;
const mate = `nstrace-now-${process.pid}-mate`;
const docked = `nstrace-docked-${process.pid}`;
const webScript = `sleep 6011 & sleep 6012 & # \x1b[31m\nwait`;

let folder = '';
let bound = '';
let runc: Engine;
let docker: Engine;
let init = { web: 0, mate: 0, docked: 0 };
const cleanups: (() => Promise<unknown>)[] = [];

const membersOf = (pid: number): number[] => findPids((other) => cgroupOf(other) === cgroupOf(pid));

beforeAll(async () => {
  folder = await makeFolder();
  if (inject('cannotTrace') !== '') {
    return;
  }
  bound = join(folder, 'földer with blanks');
  await mkdir(bound);
  runc = await engines.oci('runc', (spec) => {
    for (const namespace of spec.linux.namespaces as { type: string; path?: string }[]) {
      if (namespace.type === 'network' && init.web > 0) {
        namespace.path = `/proc/${init.web}/ns/net`;
      }
    }
    (spec.mounts as object[]).push({
      ...{ destination: '/tmp', type: 'bind', source: bound, options: ['rbind', 'ro'] },
    });
  });
  await runc.start(web, webScript);
  init.web = JSON.parse((await run('runc', 'state', web)).stdout).pid;
  await runc.start(mate, 'exec sleep 6013');
  const matePid = JSON.parse((await run('runc', 'state', mate)).stdout).pid;
  docker = await engines.docker();
  await docker.start(docked, 'sleep 6021 & sleep 6022 & wait');
  init = { ...init, mate: matePid, docked: await waitForPid('sh', '-c', 'sleep 6021 & sleep 6022 & wait') };
  for (const pid of [init.web, init.docked]) {
    await until('the processes of a container', () => membersOf(pid).length === 3);
  }
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

afterAll(async () => {
  await runc?.remove(mate);
  await runc?.remove(web);
  await runc?.close();
  await docker?.remove(docked);
  await docker?.close();
  await removeFolder(folder);
});

/** A process that lives as long as its test. */
const start = (file: string, ...args: string[]) => {
  const child = execa(file, args, { reject: false, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' });
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await child;
  });
  return child;
};

describe('ps', () => {
  for (const kind of ['web', 'docked'] as const) {
    const [name, runtime] = kind === 'web' ? [web, 'runc'] : [docked, 'docker'];
    traced(`has the processes of a container of ${runtime} as /proc has them`, async () => {
      const shown = await askPs(name);
      const pids = shown.map(({ pid }) => pid).sort((a, b) => a - b);
      expect(pids).toEqual(membersOf(init[kind]).sort((a, b) => a - b));
      for (const { pid, container, ns, args, started, cgroups, ...record } of shown) {
        const { seccomp: _, ...status } = statusOf(pid);
        expect(record).toMatchObject(status);
        expect(args).toEqual(commandOf(pid));
        expect(container).toMatchObject({ name, runtime });
        expect(ns).toEqual(Object.fromEntries(namespaceTypes.map((type) => [type, inodeOf(pid, type)])));
        expect(Date.now() - Date.parse(started)).toBeLessThan(600_000);
        expect(Object.values(cgroups).length).toBe(cgroupOf(pid).trim().split('\n').length);
      }
      const origins = shown.map(({ pid, origin }) => [pid === init[kind], origin]);
      expect(origins).toEqual([
        [true, 'init'],
        [false, 'born'],
        [false, 'born'],
      ]);
    });
  }

  traced('has the processes that runc ps has', async () => {
    const pids: number[] = JSON.parse((await run('runc', 'ps', '-f', 'json', web)).stdout);
    expect((await askPs(web)).map(({ pid }) => pid).sort()).toEqual(pids.sort());
  });

  traced('finds a container by what else names it', async () => {
    const expected = (await askPs(docked)).map(({ pid }) => pid);
    const [{ container, cgroups }] = (await askPs(docked)) as [PsRecord];
    const [child] = expected.filter((pid) => pid !== init.docked);
    const path = Object.values(cgroups).find((text) => text.includes(container!.id))!;
    const pidns = inodeOf(init.docked, 'pid');
    for (const word of [container!.id, container!.id.slice(0, 12), path, `pid:[${pidns}]`, String(child)]) {
      expect(
        (await askPs(word)).map(({ pid }) => pid),
        word,
      ).toEqual(expected);
      expect(
        (await askPs('-c', word)).map(({ pid }) => pid),
        word,
      ).toEqual(expected);
    }
  });

  traced('is a table for people, in which nothing can move the cursor', async () => {
    const { stdout } = await nstrace('ps', web);
    const [header, ...rows] = stdout.split('\n');
    expect(header).toMatch(/^CONTAINER +PIDNS +PID +NSPID +PPID +USER +START +TIME +RSS +THR COMMAND$/);
    expect(rows).toHaveLength(3);
    const [first] = rows;
    expect(first).toMatch(new RegExp(`^${web} +${inodeOf(init.web, 'pid')} +${init.web} +1 +\\d+ root `));
    expect(first).toMatch(/ sh -c sleep 6011 & sleep 6012 & # \\x1b\[31m\\nwait$/);
    expect(stdout).not.toContain('\x1b');
  });

  traced('has one group for each container, and the host last', async () => {
    const shown = table((await nstrace('ps', '--no-header', '--columns', 'container,pid')).stdout);
    const groups = shown.map(([name]) => name).filter((name, index, all) => name !== all[index - 1]);
    expect(groups).toEqual(expect.arrayContaining([web, mate, docked]));
    expect(new Set(groups).size).toBe(groups.length);
    expect(groups.at(-1)).toBe('host');
  });

  traced('indents children below their parents', async () => {
    const { stdout } = await nstrace('ps', web, '--tree', '--no-header', '--columns', 'command');
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/^sh -c/), '  sleep 6011', '  sleep 6012']);
    const all = (await nstrace('ps', 'host', '--tree', '--no-header', '--columns', 'pid,ppid,command')).stdout;
    const depths = new Map<string, number>();
    for (const line of all.split('\n')) {
      const [, pid, ppid, indent] = /^ *(\d+) +(\d+) ( *)/.exec(line) as unknown as [string, string, string, string];
      expect(indent.length / 2, line).toBe(depths.has(ppid) ? Math.min(30, depths.get(ppid)! + 1) : 0);
      depths.set(pid, indent.length / 2);
    }
  });

  traced('sorts by columns, the other way round too', async () => {
    const units = ['B', 'K', 'M', 'G', 'T'];
    const bytes = (text: string) =>
      text === '-' ? 0 : Number.parseFloat(text) * 1024 ** units.indexOf(text.replace(/^[\d.]+/, ''));
    const down = table((await nstrace('ps', '--no-header', '--columns', 'rss,pid', '--sort', '-rss')).stdout);
    const sizes = down.map(([rss]) => bytes(rss!));
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    const options = ['--no-header', '--columns', 'container,pid', '--sort', 'container,-pid'];
    const rows = table((await nstrace('ps', '!host', ...options)).stdout);
    const expected = [...rows].sort(([a, b], [c, d]) => (a! < c! ? -1 : a! > c! ? 1 : Number(d) - Number(b)));
    expect(rows.length).toBeGreaterThanOrEqual(7);
    expect(rows).toEqual(expected);
  });

  traced('leaves out what is not wanted', async () => {
    const names = async (...args: string[]) => new Set((await askPs(...args)).map(({ container }) => container?.name));
    const all = await names('!host');
    expect([...all]).toEqual(expect.arrayContaining([web, mate, docked]));
    expect(all).not.toContain(undefined);
    expect(await names('host')).toEqual(new Set([undefined]));
    const rest = await names(`!${web}`);
    expect(rest).not.toContain(web);
    expect([...rest]).toEqual(expect.arrayContaining([undefined, mate, docked]));
    expect(await names(web, docked)).toEqual(new Set([web, docked]));
  });

  traced('has only who is in a namespace, or only one user', async () => {
    const net = await askPs('--ns', String(inodeOf(init.web, 'net')));
    expect(new Set(net.map(({ container }) => container?.name))).toEqual(new Set([web, mate]));
    start('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'sleep', '6031');
    const pid = await waitForPid('sleep', '6031');
    const nobody = await askPs('-u', 'nobody');
    expect(nobody.map((record) => record.pid)).toContain(pid);
    expect(nobody.every(({ uid }) => uid === 65_534)).toBe(true);
    expect((await nstrace('ps', '-u', '65534', '--columns', 'user,pid')).stdout).toMatch(
      new RegExp(`^nobody +${pid}$`, 'm'),
    );
  });

  traced('has processes that have ended and that nobody waited for, and kernel threads', async () => {
    // `sleep` does not wait for the child that the shell before it had.
    start('sh', '-c', 'true & exec sleep 6032');
    const parent = await waitForPid('sleep', '6032');
    const zombie = async () => (await askPs('host')).find(({ ppid, state }) => ppid === parent && state === 'Z');
    await expect.poll(zombie).toBeDefined();
    const { pid, args, comm } = (await zombie())!;
    expect(args).toEqual([]);
    const { stdout } = await nstrace('ps', 'host', '--no-header', '--columns', 'pid,state,rss,command');
    expect(stdout).toMatch(new RegExp(`^ *${pid} Z +- \\[${comm}\\]$`, 'm'));
    expect(stdout).toMatch(/^ +2 S +- \[kthreadd\]$/m);
  });

  traced('says which containers run if one is not there', async () => {
    const { stdout, stderr, exitCode } = await nstrace('ps', 'no-such-container');
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/there is no container "no-such-container"/);
    expect(stderr).toMatch(new RegExp(`running: .*${web}`));
    expect(stderr).toContain(docked);
  });

  traced('lists what a prefix could mean if it could mean several', async () => {
    const { stderr, exitCode } = await nstrace('ps', web.slice(0, -1));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`could be any of .*${web}(,|$)`, 'm'));
    expect(stderr).toContain(mate);
    // A whole name is one, though others begin like it.
    expect((await askPs(web)).every(({ container }) => container?.name === web)).toBe(true);
  });
});

describe('what is asked wrongly', () => {
  for (const [args, message] of [
    [['ps', '--columns', 'pid,nonsense'], /there is no column "nonsense"[\s\S]*the columns are container, /],
    [['ps', '--sort', '-nonsense'], /there is no column "nonsense"/],
    [['ps', '--watch', 'often'], /it is not a number of seconds/],
    [['ps', '--watch', '0'], /it is not a number of seconds/],
    [['ps', '--json', '-o', 'table'], /contradict each other/],
    [['ps', '-u', 'no such user'], /there is no such user/],
    [['ns', '-t', 'net,disk'], /"disk" is none of pid, mnt/],
    [['ns', 'web'], /it is not the inode of a namespace/],
    [['ns', '--columns', 'rss'], /there is no column "rss"/],
    [['inspect'], /missing required argument/],
    [['inspect', '1', '2', '3'], /too many arguments/],
  ] as const) {
    traced(`is reported with status 2: ${args.join(' ')}`, async () => {
      const { stdout, stderr, exitCode } = await nstrace(...args);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
    });
  }

  for (const [args, message] of [
    [['ns', '1'], /there is no namespace 1/],
    [['inspect', '4194305'], /there is no process 4194305/],
    [['inspect', 'no-such-container'], /there is no container "no-such-container"/],
    [['inspect', `${web}:4000`], /there is no process nstrace-now-\d+:4000/],
    [['inspect', '--from', '/no/such/file', '1'], /there is no such file/],
  ] as const) {
    traced(`is reported with status 1: ${args.join(' ')}`, async () => {
      const { stdout, stderr, exitCode } = await nstrace(...args);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(1);
      expect(stdout).toBe('');
    });
  }
});

interface Lsns {
  ns: number;
  type: string;
  nprocs: number;
  pns: number;
  ons: number;
}
const lsns = async (): Promise<Map<number, Lsns>> => {
  const { stdout } = await execa('lsns', ['-J', '-o', 'NS,TYPE,NPROCS,PNS,ONS']);
  return new Map((JSON.parse(stdout).namespaces as Lsns[]).map((namespace) => [namespace.ns, namespace]));
};

/** Those that the containers of this test have for themselves. */
const ownInodes = (): number[] => [
  ...new Set(
    [init.web, init.mate, init.docked].flatMap((pid) =>
      namespaceTypes
        .filter((type) => inodeOf(pid, type) !== inodeOf(process.pid, type))
        .map((type) => inodeOf(pid, type)),
    ),
  ),
];

const byInode = (namespaces: readonly NsRecord[]) => new Map(namespaces.map((record) => [record.inode, record]));

/** A network namespace that only a mount keeps. */
const keepByMount = async (file: string): Promise<number> => {
  await writeFile(file, '');
  await execa('unshare', [`--net=${file}`, 'true']);
  cleanups.push(() => execa('umount', ['-l', file], { reject: false }));
  return statSync(file).ino;
};

describe('ns', () => {
  traced('agrees with lsns about the namespaces of containers', async () => {
    const [before, shown, theirs] = [await lsns(), byInode(await askNs()), await lsns()];
    const inodes = ownInodes();
    expect(inodes.length).toBeGreaterThanOrEqual(13);
    for (const inode of inodes) {
      const { type, nprocs } = theirs.get(inode)!;
      expect(shown.get(inode)).toMatchObject({ ns_type: type, processes: nprocs, host: false });
    }
    // What others on the machine make meanwhile is in one of them only.
    for (const { ns, type } of [...theirs.values()].filter((namespace) => before.has(namespace.ns))) {
      expect(shown.get(ns)?.ns_type).toBe(type);
    }
  });

  traced('names the containers in each, and knows those of the host', async () => {
    const shown = byInode(await askNs());
    const names = (inode: number) => shown.get(inode)?.containers.map((container) => container?.name);
    expect(names(inodeOf(init.web, 'pid'))).toEqual([web]);
    expect(names(inodeOf(init.docked, 'mnt'))).toEqual([docked]);
    expect(shown.get(inodeOf(init.web, 'pid'))).toMatchObject({ pid: init.web, uid: 0, args: commandOf(init.web) });
    for (const type of namespaceTypes) {
      expect(shown.get(inodeOf(process.pid, type))?.host, type).toBe(true);
    }
    const { stdout } = await nstrace('ns', '-c', web, '-t', 'pid');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^TYPE +INODE +PROCS +PID +USER +CONTAINER +COMMAND$/),
      expect.stringMatching(
        new RegExp(`^pid +${inodeOf(init.web, 'pid')} +3 +${init.web} +root +${web} +sh -c sleep 6011 .*\\\\x1b`),
      ),
    ]);
  });

  traced('has only types that are asked for', async () => {
    expect(new Set((await askNs('-t', 'net')).map(({ ns_type: type }) => type))).toEqual(new Set(['net']));
    const two = await askNs('-t', 'mnt, user');
    expect(new Set(two.map(({ ns_type: type }) => type))).toEqual(new Set(['mnt', 'user']));
  });

  traced('has only what a container uses', async () => {
    const shown = await askNs('-c', mate);
    expect(shown.map(({ inode }) => inode).sort()).toEqual(
      namespaceTypes.map((type) => inodeOf(init.mate, type)).sort(),
    );
  });

  traced('has what containers share with each other or with the host', async () => {
    const shared = byInode(await askNs('--shared'));
    const names = (inode: number) => shared.get(inode)?.containers.map((container) => container?.name);
    expect(names(inodeOf(init.web, 'net'))).toEqual([web, mate]);
    expect(names(inodeOf(init.web, 'user'))).toEqual(expect.arrayContaining([undefined, web, mate, docked]));
    for (const inode of [inodeOf(init.web, 'pid'), inodeOf(init.mate, 'mnt'), inodeOf(init.docked, 'net')]) {
      expect(shared.has(inode)).toBe(false);
    }
    const { stdout } = await nstrace('ns', '--shared', '-t', 'net', '--wide');
    expect(stdout).toMatch(new RegExp(`^net +${inodeOf(init.web, 'net')} +4 .*${web}, ${mate}`, 'm'));
  });

  traced('reports one that ip netns has made, and that a mount keeps it', async () => {
    const [name, hadFolder] = [`nstrace-${process.pid}`, existsSync('/run/netns')];
    cleanups.push(async () => {
      await execa('ip', ['netns', 'del', name], { reject: false });
      if (!hadFolder) {
        await execa('umount', ['/run/netns'], { reject: false });
        await execa('rmdir', ['/run/netns'], { reject: false });
      }
    });
    await execa('ip', ['netns', 'add', name]);
    const { ino } = statSync(`/run/netns/${name}`);
    const [kept] = (await askNs(String(ino))) as [NsRecord];
    expect(kept).toMatchObject({ ns_type: 'net', processes: 0, containers: [], host: false });
    expect(kept.kept_by).toContainEqual(expect.objectContaining({ how: 'mount', where: onHost(`/run/netns/${name}`) }));
    expect((await nstrace('ns', '-t', 'net')).stdout).toMatch(
      new RegExp(`^net +${ino} +0 +- +- +- +mounted on ${onHost(`/run/netns/${name}`)}`, 'm'),
    );
    const { stdout } = await nstrace('ns', `net:[${ino}]`);
    expect(stdout).toMatch(
      new RegExp(`^net:\\[${ino}\\], 0 processes\nkept by mount ${onHost(`/run/netns/${name}`)}$`, 'm'),
    );
    await execa('ip', ['netns', 'del', name]);
    expect((await nstrace('ns', String(ino))).exitCode).toBe(1);
  });

  traced('reports the place of a mount as it is called', async () => {
    const file = join(folder, 'nétwork of blanks');
    const inode = await keepByMount(file);
    const [kept] = (await askNs(String(inode))) as [NsRecord];
    expect(kept.kept_by).toContainEqual(expect.objectContaining({ how: 'mount', where: onHost(file) }));
  });

  traced('reports that a descriptor keeps one', async () => {
    start('unshare', '-n', '--kill-child', '-f', 'sleep', '6041');
    const inside = await waitForPid('sleep', '6041');
    const inode = inodeOf(inside, 'net');
    start('bash', '-c', `exec 7</proc/${inside}/ns/net; exec sleep 6042`);
    const pid = await waitForPid('sleep', '6042');
    expect((await askNs(String(inode)))[0]).not.toHaveProperty('kept_by');
    await cleanups.splice(0, 1)[0]!();
    await until('the end of its process', () => !existsSync(`/proc/${inside}`));
    const [kept] = (await askNs(String(inode))) as [NsRecord];
    expect(kept).toMatchObject({ processes: 0, kept_by: [{ how: 'descriptor', where: '7', pid }] });
    expect((await nstrace('ns', '-t', 'net')).stdout).toMatch(
      new RegExp(`^net +${inode} .* open as descriptor 7 of pid ${pid}$`, 'm'),
    );
  });

  for (const [kind, type] of [
    ['thread', 'net'],
    ['children', 'time'],
  ] as const) {
    traced(
      `says that one is there for a ${kind === 'thread' ? 'thread' : "process's next children"} only`,
      async () => {
        const keeper = execa(tool('keeper'), [kind], { reject: false, stdin: 'pipe' });
        cleanups.push(async () => {
          keeper.kill('SIGKILL');
          await keeper;
        });
        let printed = '';
        keeper.stdout.on('data', (chunk) => {
          printed += chunk;
        });
        await expect.poll(() => printed).toMatch(/^[a-z]+:\[\d+\]\n/);
        const [kept] = (await askNs(printed.trim())) as [NsRecord];
        expect(kept).toMatchObject({ ns_type: type, processes: 0, kept_by: [{ how: kind, pid: keeper.pid }] });
      },
    );
  }

  tracedOutsideChroot('says what each was made in and who owns it, as lsns does', async () => {
    start('unshare', '-Urfp', '--kill-child', '--mount-proc', 'sleep', '6051');
    const nested = await waitForPid('sleep', '6051');
    const inodes = [...ownInodes(), ...['user', 'pid', 'mnt'].map((type) => inodeOf(nested, type))];
    const [shown, theirs] = [byInode(await askNs()), await lsns()];
    for (const inode of inodes) {
      const { pns, ons } = theirs.get(inode)!;
      const record = shown.get(inode)!;
      expect([record.parent ?? 0, record.owner ?? 0], `${record.ns_type}:[${inode}]`).toEqual([pns, ons]);
    }
    expect(shown.get(inodeOf(nested, 'user'))?.parent).toBe(inodeOf(process.pid, 'user'));
    expect(shown.get(inodeOf(nested, 'pid'))).toMatchObject({
      ...{ parent: inodeOf(process.pid, 'pid'), owner: inodeOf(nested, 'user') },
    });
    const lines = (await nstrace('ns', '--tree', '--no-header', '--columns', 'inode,type,owner')).stdout.split('\n');
    const depthOf = (line: string): number => /^ */.exec(line)![0].length;
    for (const inode of inodes) {
      const { pns, ons } = theirs.get(inode)!;
      const at = lines.findIndex((line) => Number.parseInt(line, 10) === inode);
      const above = lines.slice(0, at).findLast((line) => depthOf(line) < depthOf(lines[at]!));
      expect(Number.parseInt(above ?? '', 10), lines[at]).toBe(pns || ons);
    }
  });

  traced('lists the processes in one, with their cgroups', async () => {
    const inode = inodeOf(init.web, 'net');
    const printed = (await nstrace('ns', String(inode), '-o', 'json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(printed[0]).toMatchObject({ type: 'namespace', ns_type: 'net', inode, processes: printed.length - 1 });
    expect(printed.slice(1).every(({ type, ns, cgroups }) => type === 'process' && ns.net === inode && cgroups)).toBe(
      true,
    );
    const { stdout, exitCode } = await nstrace('ns', String(inode));
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`net:[${inode}], 4 processes`);
    for (const pid of [...membersOf(init.web), init.mate]) {
      expect(lines.filter((line) => new RegExp(`^ *${pid} `).test(line))).toHaveLength(1);
    }
    const paths = (pid: number) =>
      cgroupOf(pid)
        .trim()
        .split('\n')
        .map((line) => line.split(':').slice(2).join(':'));
    const shown = lines.filter((line) => /^ +cgroup /.test(line)).map((line) => line.trim().split(/ +/)[2]);
    expect(shown).toEqual([...paths(init.web), ...paths(init.mate)]);
    expect((await nstrace('ns', `net:[${inode}]`)).stdout).toBe(stdout);
    expect((await nstrace('ns', String(inodeOf(process.pid, 'user')))).stdout).toMatch(
      /^user:\[\d+\], the host's, \d+ /,
    );
  });

  traced('counts a single process as one', async () => {
    const { stdout } = await nstrace('ns', String(inodeOf(init.mate, 'pid')));
    expect(stdout.split('\n')[0]).toBe(`pid:[${inodeOf(init.mate, 'pid')}], 1 process`);
  });
});

describe('inspect', () => {
  /** Without what changes between two looks: when it was, and who else is in the host's namespaces. */
  const apart = ({ time: _, namespaces, ...rest }: InspectRecord) => ({
    ...rest,
    namespaces: namespaces.map(({ type, inode, whose }) => ({ type, inode, whose })),
  });

  traced('finds one process by its pid, by its container, and by its pid inside', async () => {
    const [first] = (await inspect(web)) as [InspectRecord];
    expect(first).toMatchObject({ pid: init.web, nspid: statusOf(init.web).nspid, gone: false, origin: 'init' });
    expect((await inspect(`${web}:1`))[0]?.pid).toBe(init.web);
    for (const pid of membersOf(init.web)) {
      const { nspid, ppid } = statusOf(pid);
      const [outside, inside] = [(await inspect(String(pid)))[0]!, (await inspect(`${web}:${nspid.at(-1)}`))[0]!];
      expect(outside).toMatchObject({ pid, nspid, ppid, args: commandOf(pid), container: { name: web } });
      expect(apart(inside)).toEqual(apart(outside));
    }
    expect((await inspect(docked))[0]).toMatchObject({ pid: init.docked, container: { name: docked } });
    const { stdout } = await nstrace('inspect', `${web}:1`);
    expect(stdout).toMatch(new RegExp(`^pid +${init.web}, inside 1$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^container +${web} \\(runc\\)$`, 'm'));
    expect(stdout).not.toContain('\x1b');
  });

  traced('reports the rights that runc spec gives', async () => {
    const [{ capabilities, no_new_privs: noNew, seccomp, ids }] = (await inspect(web)) as [InspectRecord];
    const three = ['CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_AUDIT_WRITE'];
    expect(capabilities).toMatchObject({ effective: three, permitted: three, bounding: three });
    expect(noNew).toBe(true);
    expect(seccomp).toBe('off');
    expect(ids).toMatchObject({ uid: [0, 0, 0, 0], gid: [0, 0, 0, 0], uid_map: [[0, 0, 4_294_967_295]] });
    const { stdout } = await nstrace('inspect', web);
    expect(stdout).toMatch(/^ +capabilities kill net_bind_service audit_write$/m);
    expect(stdout).toMatch(/^ +privileges +can gain none \(no_new_privs\)$/m);
  });

  traced('reports the seccomp mode that docker sets', async () => {
    const mode = ['off', 'strict', 'filter'][statusOf(init.docked).seccomp];
    expect((await inspect(docked))[0]?.seccomp).toBe(mode);
  });

  traced('says whose each namespace is, and how many are in it', async () => {
    const of = async (word: string) =>
      new Map((await inspect(word))[0]!.namespaces.map((namespace) => [namespace.type, namespace]));
    const first = await of(web);
    expect(first.get('pid')).toMatchObject({ whose: 'container', processes: 3, inode: inodeOf(init.web, 'pid') });
    expect(first.get('net')).toMatchObject({ whose: 'container', processes: 4, with: [mate] });
    expect(first.get('user')).toMatchObject({ whose: 'host', with: expect.arrayContaining(['host']) });
    expect((await of(String(process.pid))).get('pid')?.whose).toBe('host');
    // Into its container, and out of its network.
    const command = ['/bin/busybox', 'unshare', '-n', '/bin/sleep', '6061'];
    start('nsenter', '-t', String(init.web), '-m', '-p', ...command);
    const pid = await waitForPid('/bin/sleep', '6061');
    cleanups.push(async () => process.kill(pid, 'SIGKILL'));
    const guest = await of(String(pid));
    expect(guest.get('pid')).toMatchObject({ whose: 'container', processes: expect.any(Number) });
    expect(guest.get('net')).toMatchObject({ whose: 'own', processes: 1 });
    expect(guest.get('ipc')).toMatchObject({ whose: 'host' });
  });

  traced('goes up the ancestry to the host', async () => {
    const child = membersOf(init.web).find((pid) => pid !== init.web)!;
    const [{ ancestry }] = (await inspect(String(child))) as [InspectRecord];
    expect(ancestry[0]).toMatchObject({ pid: init.web, container: { name: web }, pidns: inodeOf(init.web, 'pid') });
    for (const [index, { pid }] of ancestry.entries()) {
      const next = ancestry[index + 1]?.pid ?? 0;
      expect(statusOf(pid).ppid).toBe(next);
    }
    expect(ancestry.at(-1)?.container).toBe(null);
    const { stdout } = await nstrace('inspect', String(child));
    expect(stdout).toMatch(new RegExp(`^ancestry\n  ${init.web} \\(1\\) sh -c .*\n.*  <- in the host$`, 'm'));
  });

  traced('finds the folders of the host that are bound into a container', async () => {
    const [{ mounts, cgroups }] = (await inspect(web)) as [InspectRecord];
    expect(mounts?.find(({ where }) => where === '/')).toMatchObject({
      ...{ from_host: onHost(inject('rootfs')), read_only: true },
    });
    expect(mounts?.find(({ where }) => where === '/tmp')).toMatchObject({ from_host: onHost(bound), read_only: true });
    expect(mounts?.some(({ type }) => ['proc', 'sysfs', 'devpts'].includes(type))).toBe(false);
    expect(Object.values(cgroups ?? {}).some((path) => path.endsWith(`/${web}`))).toBe(true);
  });

  traced('says what two processes share', async () => {
    const child = membersOf(init.web).find((pid) => pid !== init.web)!;
    const mates = (await nstrace('inspect', `${web}:1`, String(child))).stdout;
    expect(mates).toMatch(new RegExp(`^${init.web} sh -c `));
    expect(mates.match(/shared$/gm)).toHaveLength(8);
    expect(mates).toMatch(new RegExp(`^container +both in ${web}$`, 'm'));
    for (const word of ['cgroups', 'users', 'capabilities', 'seccomp', 'mounts']) {
      expect(mates).toMatch(new RegExp(`^${word} +the same$`, 'm'));
    }
    const neighbours = (await nstrace('inspect', web, mate)).stdout;
    expect(neighbours).toMatch(
      new RegExp(`^net +${inodeOf(init.web, 'net')} +${inodeOf(init.web, 'net')} +shared$`, 'm'),
    );
    expect(neighbours).toMatch(
      new RegExp(`^pid +${inodeOf(init.web, 'pid')} +${inodeOf(init.mate, 'pid')} +DIFFERS$`, 'm'),
    );
    expect(neighbours).toMatch(new RegExp(`^container +${web} and ${mate}$`, 'm'));
    const strangers = (await nstrace('inspect', web, String(process.pid))).stdout;
    expect(strangers).toMatch(/^capabilities +differ$/m);
    expect((await inspect(web, mate)).map(({ pid }) => pid)).toEqual([init.web, init.mate]);
  });

  traced('reports kernel threads and of itself', async () => {
    expect((await inspect('2'))[0]).toMatchObject({ comm: 'kthreadd', args: [], container: null, ppid: 0 });
    expect((await nstrace('inspect', '2')).stdout).toMatch(/^command +\[kthreadd\]$/m);
  });
});

describe('inspect --from', () => {
  const { ref, pids, entering } = castOf();
  const write = async (name: string, ...lines: NstraceRecord[]): Promise<string> => {
    const all = [records.header(), ...lines, records.footer()];
    const file = join(folder, name);
    await writeFile(file, all.map((line, index) => `${JSON.stringify({ ...line, seq: index + 1 })}\n`).join(''));
    return file;
  };

  traced('answers for processes that are gone', async () => {
    const file = await write('life.ndjson', ...lifeOf());
    const [first] = await inspect('--from', file, String(pids.init));
    expect(first).toMatchObject({ pid: pids.init, gone: true, ended: { code: 5 }, container: ref });
    expect((await inspect('--from', file, ref.name))[0]?.pid).toBe(pids.init);
    const [top] = await inspect('--from', file, `${ref.name}:9`);
    expect(top).toMatchObject({
      ...{ pid: entering.top, gone: true, origin: 'joined', ended: { signal: 'SIGTERM' } },
      entered_by: { pid: entering.runc, args: ['runc', 'exec', ref.id, 'top'] },
    });
    const { stdout, stderr } = await nstrace('inspect', '--from', file, `${ref.name}:9`);
    expect(stdout).toMatch(/^ended +2026\S+, SIGTERM$/m);
    expect(stdout).toMatch(/^came +from outside, with setns: runc exec xyxy12 top, pid 600$/m);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/^ *(rights|mounts)/m);
  });

  traced('says what it does not find', async () => {
    const file = await write('none.ndjson', ...lifeOf());
    for (const [word, what] of [
      ['99', 'process 99'],
      ['nobody', 'container "nobody"'],
      [`${ref.name}:77`, `process ${ref.name}:77`],
    ] as const) {
      const { stderr, exitCode } = await nstrace('inspect', '--from', file, word);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`there is no ${what} in ${file}`);
      expect(stderr).not.toContain('--from');
    }
    const { stderr: none } = await nstrace('inspect', '--from', '/bin/sh', '99');
    expect(none).toContain('/bin/sh is no recording of nstrace');
    const two = [...lifeOf(), ...lifeOf({ id: 'xyxy34', base: 20_000, from: 5000 })];
    const { stderr, exitCode } = await nstrace('inspect', '--from', await write('two.ndjson', ...two), 'xyxy');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('could be any of xyxy12, xyxy34');
    expect(stderr).toMatch(/xyxy34 \(runc, .*pid \d+\)/);
  });

  traced('compares two, out of a pipe too', async () => {
    const file = await write('compare.ndjson', ...lifeOf());
    const words = [String(pids.runc), `${ref.name}:1`];
    const { stdout } = await nstrace('inspect', '--from', file, ...words);
    expect(stdout).toMatch(new RegExp(`^pid +${records.hostNs.pid} +${records.containerNs.pid} +DIFFERS$`, 'm'));
    expect(stdout).toMatch(/^container +host and xyxy12$/m);
    const piped = await execa(program, ['inspect', '--from', '-', ...words], {
      input: readFileSync(file),
      reject: false,
    });
    expect(piped.stderr).toBe('');
    expect(piped.stdout).toBe(stdout);
  });
});

describe('without rights', () => {
  /** A copy that everybody may read. */
  const copy = async (): Promise<string> => {
    const place = join(folder, 'for-all');
    await chmod(folder, 0o755);
    await mkdir(place, { recursive: true });
    const root = join(program, '../..');
    await execa('cp', ['-r', join(root, 'bin'), join(root, 'dist'), join(root, 'package.json'), place]);
    return join(place, 'bin/nstrace');
  };
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

  traced('what is hidden is said, and all else shown', async () => {
    const own = await copy();
    start('setpriv', ...nobody, 'sleep', '6071');
    const pid = await waitForPid('sleep', '6071');
    const ps = await run('setpriv', ...nobody, own, 'ps', '-o', 'json');
    expect(ps.exitCode).toBe(0);
    expect(ps.stderr).toMatch(
      /^nstrace: the namespaces of \d+ processes are hidden from you: run it as root to see them$/m,
    );
    const shown = parse<PsRecord>(ps.stdout);
    expect(shown.find((record) => record.pid === pid)?.ns).toMatchObject({ pid: inodeOf(pid, 'pid') });
    expect(shown.find((record) => record.pid === init.web)).toMatchObject({ ns: {}, args: commandOf(init.web) });
    const ns = await run('setpriv', ...nobody, own, 'ns');
    expect(ns.exitCode).toBe(0);
    expect(ns.stderr).toContain('hidden from you');
    expect(ns.stdout).toMatch(new RegExp(`^net +${inodeOf(pid, 'net')} `, 'm'));
    const inspected = await run('setpriv', ...nobody, own, 'inspect', String(init.web));
    expect(inspected.exitCode).toBe(0);
    expect(inspected.stdout).toMatch(/^namespaces\n +hidden from you: run it as root$/m);
  });

  traced('two processes are not called the same in what is hidden of them', async () => {
    const own = await copy();
    const { stdout, exitCode } = await run('setpriv', ...nobody, own, 'inspect', String(init.web), String(init.docked));
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/^mounts +the same$/m);
  });
});

describe('from inside', () => {
  traced('a pid namespace is what there is', async () => {
    const { stdout, stderr, exitCode } = await run('unshare', '-fp', '--mount-proc', program, 'ps', '-o', 'json');
    expect(stderr).toContain('it runs in a pid namespace of its own: ');
    expect(exitCode).toBe(0);
    const shown = parse<PsRecord>(stdout);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ pid: 1, ppid: 0, nspid: [1], args: expect.arrayContaining(['ps']) });
    const ns = await run('unshare', '-fpn', '--mount-proc', program, 'ns', '-o', 'json');
    expect(ns.exitCode).toBe(0);
    // Those that mounts of the host keep can be seen too.
    const used = parse<NsRecord>(ns.stdout).filter(({ processes }) => processes > 0);
    expect(used.map(({ ns_type: type, pid }) => [type, pid])).toEqual(namespaceTypes.map((type) => [type, 1]));
    expect((await run('unshare', '-fp', '--mount-proc', program, 'inspect', '1')).exitCode).toBe(0);
  });
});

describe('--watch', () => {
  const watch = (...args: string[]) => {
    const child = execa(program, args, { reject: false, stdin: 'ignore' });
    cleanups.push(async () => {
      child.kill('SIGKILL');
      await child;
    });
    const output = { text: '' };
    child.stdout.on('data', (chunk) => {
      output.text += chunk;
    });
    return { child, output };
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    traced(`looks again, and ends with 0 on ${signal}`, async () => {
      const { child, output } = watch('ps', web, '--watch', '0.2');
      await expect.poll(() => output.text.match(/^CONTAINER/gm)?.length ?? 0).toBeGreaterThan(1);
      child.kill(signal);
      const { exitCode, stderr } = await child;
      expect(exitCode).toBe(0);
      expect(said(String(stderr))).toBe('');
      expect(output.text.match(new RegExp(`^${web} +\\d+ +${init.web} `, 'gm'))?.length).toBeGreaterThan(1);
    });
  }

  traced('sees what comes and goes', async () => {
    const { output, child } = watch('ps', 'host', '--watch', '0.2', '--columns', 'command');
    await expect.poll(() => output.text).toContain('COMMAND');
    const sleeper = execa('sleep', ['6081'], { reject: false });
    cleanups.push(async () => {
      sleeper.kill('SIGKILL');
      await sleeper;
    });
    await expect.poll(() => output.text).toMatch(/^sleep 6081$/m);
    sleeper.kill('SIGKILL');
    await sleeper;
    const gone = () => !/^sleep 6081$/m.test(output.text.split('COMMAND').at(-2) ?? 'sleep 6081');
    await expect.poll(gone).toBe(true);
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(0);
  });

  traced('goes on for long without a complaint', async () => {
    const { child, output } = watch('ns', '-c', web, '--watch', '0.1');
    await expect.poll(() => output.text.match(/^TYPE/gm)?.length ?? 0).toBeGreaterThan(14);
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(said(String(stderr))).toBe('');
  });

  traced('writes one object a line with -o json', async () => {
    const { child, output } = watch('ps', mate, '--watch', '0.2', '-o', 'json');
    await expect.poll(() => output.text.match(/^\{/gm)?.length ?? 0).toBeGreaterThan(2);
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(0);
    const times = parse<PsRecord>(output.text).map(({ time }) => time);
    expect(new Set(times).size).toBe(times.length);
  });
});

describe('a reader that goes away', () => {
  for (const words of [`ps`, 'ns', `inspect ${web}`, 'ps --watch 0.1', 'ns --watch 0.1 -o json']) {
    traced(`is a quiet end with 0 of ${words}`, async () => {
      const { stdout, stderr } = await run('bash', '-c', `"${program}" ${words} | head -1; echo "\${PIPESTATUS[0]}"`);
      expect(stdout).toMatch(/^(CONTAINER|TYPE|pid|\{).*\n0$/);
      expect(said(stderr)).toBe('');
    });

    traced(`is a quiet end with 0 of ${words}, also if it never read`, async () => {
      const { stdout, stderr } = await run('bash', '-c', `"${program}" ${words} | exec true; echo "\${PIPESTATUS[0]}"`);
      expect(stdout).toBe('0');
      expect(said(stderr)).toBe('');
    });
  }
});
