import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import type { RecordOf } from '../../../src/record/schema.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { tool, trace, traced } from '../support/trace.ts';

type Exec = RecordOf<'exec'>;

const folder = ownFolder();

/** Runs the noop program with exactly these arguments. */
const runWith = async (args: readonly Buffer[]): Promise<void> => {
  const file = join(folder, 'args');
  await writeFile(file, Buffer.concat(args.flatMap((arg) => [arg, Buffer.from([0])])));
  await run(tool('execv'), tool('noop'), file);
};

const bytesOf = (exec: Exec): Buffer[] =>
  exec.args_base64 === undefined
    ? exec.args.map((arg) => Buffer.from(arg))
    : exec.args_base64.map((arg) => Buffer.from(arg, 'base64'));

const noops = (execs: Exec[]): Exec[] => execs.filter(({ exe }) => exe === tool('noop'));

const probes = join(import.meta.dirname, '../../../probes');

/** Runs the command in the head of a probe until it has attached; what it says if it does not. */
const runByHand = async (name: string): Promise<string> => {
  const command = /^\/\/ {3}(.*\bbpftrace .*)$/m.exec(await readFile(join(probes, name), 'utf8'))![1]!;
  const child = execa('sh', ['-c', command.replace('sudo ', 'env ')], {
    ...{ cwd: dirname(probes), reject: false, stdin: 'ignore', all: true, buffer: false, detached: true },
  });
  const said = await new Promise<string>((resolve) => {
    let text = '';
    child.all.on('data', (data: Buffer) => {
      text += data;
      // `Attaching 2 probes...`; from 0.24 on, when it has, `Attached 2 probes`.
      if (/^Attach(?:ing|ed) \d+ probe/m.test(text)) {
        resolve('attached');
      }
    });
    child.all.on('end', () => resolve(text));
  });
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
  await child;
  return `${name}: ${said}`;
};

describe('exec', () => {
  traced('gives every argument to the byte', async () => {
    const lists = [
      ['plain', '', '', 'after two empty ones'],
      ['', 'argv[0] is empty'],
      ['new\nline', 'tab\t', 'quote"', "quote'", 'back\\slash', '\x1b[31mred\x1b[0m', '\r'],
      ['\\x41', '\\n', '%s%n%rh'],
      ['E 1 1000000000001 2 3 4', 'a\nE 944659173574 1000000000024 2d3900002d39 2d3800002d39 dbf1b07e5d 0 1 2 3\nH 1'],
      ['{"type":"exec","seq":1}', '@seq[0]: 100000', '\n@seq[0]: 999\n\n'],
      ['ünïcödé', '日本', '🙂', '\u202e\u200b'],
    ].map((args) => args.map((arg) => Buffer.from(arg)));
    lists.push([Buffer.from([0xff, 0xfe, 0x41]), Buffer.from([0xc3, 0x28]), Buffer.from('ok')]);
    for (const length of [62, 63, 64, 65, 223, 224, 225, 407, 408, 409, 1000, 1224, 1225, 3000]) {
      lists.push([Buffer.from('x'.repeat(length - 2)), Buffer.from('')]);
      lists.push([Buffer.from('é'.repeat(length / 2)), Buffer.from('y')]);
    }
    const { of, footer } = await trace([], async () => {
      for (const args of lists) {
        await runWith(args);
      }
    });
    const seen = noops(of('exec'));
    expect(seen.map(bytesOf)).toEqual(lists);
    for (const [index, exec] of seen.entries()) {
      expect(exec.args_truncated).toBe(false);
      expect(exec.args_bytes).toBe(lists[index]!.reduce((sum, arg) => sum + arg.length + 1, 0));
      expect(exec.args_base64 !== undefined).toBe(index === 7);
    }
    expect(footer).toMatchObject({ lost: 0, complete: true });
  });

  traced('gives at least 16,000 bytes of argv, and the true length of a longer one', async () => {
    const long = Buffer.from('z'.repeat(15_900));
    const longer = Buffer.from('w'.repeat(100_000));
    const { of, footer } = await trace([], async () => {
      await runWith([Buffer.from('long'), long]);
      await runWith([Buffer.from('longer'), longer]);
    });
    const [whole, cut] = noops(of('exec'));
    expect(whole).toMatchObject({ args: ['long', long.toString()], args_truncated: false });
    expect(cut!.args_truncated).toBe(true);
    expect(cut!.args_bytes).toBe('longer'.length + longer.length + 2);
    expect(cut!.args[1]).toMatch(/^w{16000,}$/);
    expect(footer).toMatchObject({ lost: 0, cut: 1, complete: false });
  });

  traced('completes a long argv from /proc while the process lives', async () => {
    const words = Array.from({ length: 45 }, (_, index) => `${index}`.padStart(1000, '.'));
    const script = join(folder, 'wait.sh');
    await writeFile(script, '#!/bin/sh\nread line\n', { mode: 0o755 });
    const { of } = await trace([], async ({ until }) => {
      const child = execa(script, words, { reject: false });
      await until((record) => record.type === 'exec' && record.exe === script);
      child.stdin.end();
      await child;
    });
    const exec = of('exec').find(({ exe }) => exe === script);
    expect(exec?.args.slice(2)).toEqual(words);
    expect(exec?.args_truncated).toBe(false);
  });

  traced('is what ran, whatever its process has written over it since', async () => {
    const long = 'a'.repeat(40_000);
    const { of } = await trace([], async ({ until }) => {
      const ways = ['head', 'tail', 'all', 'nothing'];
      const children = ways.map((what) => execa(tool('overwrite'), [what, long], { reject: false }));
      for (const { pid } of children) {
        await until((record) => record.type === 'exec' && record.pid === pid);
      }
      for (const child of children) {
        child.kill('SIGKILL');
        await child;
      }
    });
    const execs = of('exec').filter(({ exe }) => exe === tool('overwrite'));
    expect(execs).toHaveLength(4);
    for (const exec of execs) {
      const argument = exec.args[2]!;
      expect(argument).toMatch(/^a+$/);
      expect(exec.args_bytes).toBe(exec.args[0]!.length + exec.args[1]!.length + 40_000 + 3);
      expect(exec.args_truncated).toBe(argument.length < 40_000);
      expect(argument.length).toBeGreaterThan(16_000);
    }
    expect(execs.find(({ args }) => args[1] === 'nothing')?.args[2]).toBe(long);
  });

  traced('is traced by hand too, with each probe as its head says', async () => {
    // control.bt has nothing to say alone.
    const names = readdirSync(probes).filter((name) => /[.]bt$/.test(name) && name !== 'control.bt');
    expect(await Promise.all(names.map(runByHand))).toEqual(names.map((name) => `${name}: attached`));
  });

  traced('reports who ran what: parent, user, path, script, descriptor, thread', async () => {
    const script = join(folder, 'hello.sh');
    await writeFile(script, '#!/bin/sh -e\nexit 0\n', { mode: 0o755 });
    const long = join(folder, 'p'.repeat(200), 'q'.repeat(200));
    await run('mkdir', '-p', long);
    await run('cp', tool('noop'), join(long, 'noop'));
    let thread = 0;
    const { of } = await trace([], async () => {
      await run(script, 'argument');
      await run(join(long, 'noop'), 'far');
      await run(tool('fdexec'), tool('noop'));
      thread = Number((await run(tool('threads'), 'exec', tool('noop'))).stdout);
      await run('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', tool('noop'), 'nobody');
    });
    const execs = of('exec');
    expect(execs.find(({ exe }) => exe === script)).toMatchObject({
      args: ['/bin/sh', '-e', script, 'argument'],
      comm: 'hello.sh',
      // Ours: `node`, and from Node 24 on `MainThread`.
      pcomm: readFileSync('/proc/self/comm', 'utf8').trimEnd(),
      ret: 0,
    });
    expect(execs.find(({ args }) => args[1] === 'far')).toMatchObject({ exe: join(long, 'noop'), comm: 'noop' });
    const byDescriptor = execs.find(({ args }) => args[0] === 'by-descriptor');
    expect(byDescriptor?.exe).toMatch(/^\/dev\/fd\/\d+$/);
    expect(['noop', byDescriptor?.exe.split('/').at(-1)]).toContain(byDescriptor?.comm);
    const byThread = execs.find(({ args }) => args[1] === 'from-a-thread');
    expect(byThread).toMatchObject({ old_tid: thread, exe: tool('noop') });
    expect(byThread?.pid).not.toBe(thread);
    expect(execs.find(({ args }) => args[1] === 'nobody')).toMatchObject({ uid: 65_534, gid: 65_534, container: null });
  });
});
