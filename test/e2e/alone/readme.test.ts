import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { notPrinted } from '../support/readme.ts';
import { run } from '../support/run.ts';
import { type Bundle, makeBundle } from '../support/runc.ts';
import { bpftraceOption, program, traced, tracedOutsideChroot } from '../support/trace.ts';

/** With NSTRACE_README=FOLDER the outputs are written there, to be put into the README. */
const target = process.env.NSTRACE_README;

/** Names as long as those in the README, so that columns are as wide, which nothing else on the machine has. */
const unique = (length: number): string => randomBytes(8).toString('hex').replace(/\d/g, 'q').slice(0, length);
const xyxy12 = unique(6);
const web = unique(3);
const lab1 = unique(4);
const names = new Map([
  [xyxy12, 'xyxy12'],
  [web, 'web'],
  [lab1, 'lab1'],
]);

/** What a container does beside what its command line says. */
let andThen = 'true';

let folder: string;
let bundle: Bundle;
beforeAll(async () => {
  folder = await makeFolder();
  if (inject('cannotTrace') === '') {
    bundle = await makeBundle(({ process }) => {
      process.env = [...process.env, `AND_THEN=${andThen}`];
    });
  }
});
afterAll(async () => {
  for (const id of [xyxy12, web]) {
    await run('runc', 'delete', '-f', id);
  }
  await bundle?.remove();
  await removeFolder(folder);
});

const check = async (command: string, printed: string): Promise<void> => {
  const usual = '/usr/bin/bpftrace';
  let text = printed.replaceAll(inject('rootfs'), '/srv/web/rootfs').replaceAll(bpftraceOption[1] ?? usual, usual);
  for (const [name, readmes] of names) {
    text = text.replace(new RegExp(`\\b${name}\\b`, 'g'), readmes);
  }
  if (target !== undefined) {
    await writeFile(join(target, `${command.replace(/\W+/g, '-')}.txt`), text);
  }
  expect(notPrinted(command, text)).toEqual([]);
};

/** `runc run ID` in the bundle's folder, where the README's reader is too. */
const start = async (id: string, ...args: string[]) => {
  await bundle.write(args);
  const child = execa('runc', ['run', id], { cwd: bundle.folder, reject: false, stdin: 'ignore' });
  await expect.poll(async () => (await run('runc', 'state', id)).stdout).toContain('"running"');
  return { ran: child };
};

const record = async (file: string, work: () => Promise<unknown>) => {
  const child = execa(program, ['record', '-o', file, ...bpftraceOption], { cwd: folder, reject: false });
  await expect.poll(() => readFile(join(folder, file), 'utf8').catch(() => '')).toContain('"type":"header"');
  await work();
  await sleep(300);
  child.kill('SIGINT');
  return child;
};

const read = async (...args: string[]) => {
  const { stdout } = await execa(program, args, { cwd: folder, reject: false });
  return stdout;
};

describe('what the README shows is what is printed', () => {
  tracedOutsideChroot('of a container that is started, entered, and ends', async () => {
    let pids: [number, number] = [0, 0];
    const { stderr } = await record('session.ndjson', async () => {
      // The README has a shorter one: numbers are masked, and runc exec has to come in time. It ends by itself, with 0.
      const { ran } = await start(xyxy12, 'sh', '-c', 'sleep 20; /bin/ls /; exit 3');
      const text = () => readFile(join(folder, 'session.ndjson'), 'utf8');
      // runc says that it runs a moment before its program does.
      await expect.poll(text).toContain('"args":["sleep","20"]');
      const entered = execa('runc', ['exec', xyxy12, 'top', '-b'], { reject: false, stdin: 'ignore' });
      await ran;
      await entered;
      pids = [ran.pid ?? 0, entered.pid ?? 0];
    });
    await check('sudo nstrace record -o session.ndjson\n', stderr);
    const { stdout: footer } = await execa('tail', ['-1', 'session.ndjson'], { cwd: folder });
    const { reason, lost, complete, probe } = JSON.parse(footer);
    await check('sudo tail -1', JSON.stringify({ reason, lost, complete, probe }));
    await check(
      'sudo nstrace live | cat',
      await read('replay', 'session.ndjson', '-p', String(pids[0]), '-p', String(pids[1])),
    );
    await check('', await read('replay', 'session.ndjson', '-e', 'all', '-p', String(pids[0])));
    await check('sudo nstrace timeline', await read('timeline', 'session.ndjson', '-c', xyxy12));
  });

  // A chroot has other paths than the host, and lacks the host's /run and more.
  tracedOutsideChroot('of what is there now', async () => {
    const { ran } = await start(web, 'sleep', '600');
    // runc says that it runs a moment before its program does.
    await expect.poll(() => read('ps', web)).toContain('sleep 600');
    await run('ip', 'netns', 'add', lab1);
    const apart = execa('unshare', ['-fpmun', '--mount-proc', 'sleep', '600'], { reject: false });
    try {
      await check('sudo nstrace ps web', await read('ps', web));
      await check('sudo nstrace ns -t net', await read('ns', '-t', 'net'));
      await check('sudo nstrace inspect web:1', await read('inspect', `${web}:1`));
    } finally {
      // What it forked would outlive it.
      await run('pkill', '-KILL', '-P', String(apart.pid));
      apart.kill('SIGKILL');
      await apart;
      await run('ip', 'netns', 'delete', lab1);
      await run('runc', 'kill', web, 'KILL');
      await ran;
    }
  });

  traced('of a program that is not in the baseline', async () => {
    const trace = async (file: string, ...options: string[]) => {
      await bundle.write(['sh', '-c', '/bin/ls /; $AND_THEN; true']);
      const command = ['record', '-o', join(folder, file), ...bpftraceOption, ...options];
      return execa(program, [...command, '--', 'runc', 'run', web], { cwd: bundle.folder, reject: false });
    };
    await trace('good.ndjson');
    await read('baseline', 'good.ndjson', '-c', web, '-o', 'web.baseline');
    const options = ['--baseline', join(folder, 'web.baseline'), '--fail-on', 'new', '-c', web];
    andThen = '/bin/cat /etc/hosts';
    const { stderr, exitCode } = await trace('test.ndjson', ...options);
    expect(exitCode).toBe(1);
    await check('sudo nstrace record -o test.ndjson', stderr.replaceAll(`${folder}/`, ''));
  });

  tracedOutsideChroot('of what the machine lacks', async () => {
    const printed = await read('doctor', ...bpftraceOption);
    await check('sudo nstrace doctor', printed.replace(/^(ok +kernel +[\d.]+).*$/m, '$1'));
  });
});
