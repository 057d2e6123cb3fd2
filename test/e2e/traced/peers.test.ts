import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { program, type Trace, tool, trace, traced } from '../support/trace.ts';

const folder = ownFolder();

/** What the shell `name`, called by a relative path as daemontools do, runs in the folder. */
const runAs = async (name: string, script: string): Promise<void> => {
  await copyFile('/bin/sh', join(folder, name));
  await execa(join(folder, name), ['-c', script], { cwd: folder, stdin: 'ignore', reject: false });
};

const lines = async ({ records }: Trace, ...options: string[]): Promise<string> => {
  const file = join(folder, `lines-${options.join('')}.ndjson`);
  await writeFile(file, linesOf(records));
  return (await run(program, 'replay', file, '--speed', 'max', '-o', 'table', '--no-header', ...options)).stdout;
};

/** The examples in bcc's documentation of execsnoop: the same programs, and what stands there of them. */
describe('the examples of bcc execsnoop', () => {
  traced('with -x show what a supervisor runs, and what fails', async () => {
    const steps = ['mkdir -p ./main', 'chown root:root ./main', 'chmod 0777 ./main'];
    const missing = 'exec /usr/local/bin/setuidgid-none nobody /command/multilog t ./main';
    await writeFile(join(folder, 'run'), `#!/bin/sh\n${steps.join('\n')}\n${missing}\n`, { mode: 0o755 });
    const seen = await trace(['-x'], () => runAs('supervise', './run; exit 0'));
    const supervise = seen.of('exec').find(({ exe }) => exe === join(folder, 'supervise'));
    const script = seen.of('exec').find(({ exe, ppid }) => exe === './run' && ppid === supervise?.pid)!;
    expect(script).toMatchObject({ pcomm: 'supervise', ret: 0, args: ['/bin/sh', './run'] });
    const tools = seen.of('exec').filter(({ ppid, ret }) => ppid === script.pid && ret === 0);
    expect(tools.map(({ pcomm, args }) => [pcomm, args.join(' ')])).toEqual(steps.map((step) => ['run', step]));
    const failed = seen.of('exec').find(({ pid, ret }) => pid === script.pid && ret < 0);
    expect(failed).toMatchObject({ comm: 'run', ret: -2, errno: 'ENOENT', exe: '/usr/local/bin/setuidgid-none' });
    expect(failed?.args.slice(1)).toEqual(['nobody', '/command/multilog', 't', './main']);
    expect(await lines(seen, '-x', '-l', 'setuidgid-none')).toMatch(
      / -2 \/usr\/local\/bin\/setuidgid-none nobody \/command\/multilog t \.\/main$/m,
    );
  });

  traced('with -l have a program that executes another one twice, with -t and -n times and a name', async () => {
    const word = `testpkg-${process.pid}`;
    await writeFile(join(folder, 'service'), `#!/bin/sh\nexec ./systemctl status "$1.service"\n`, { mode: 0o755 });
    await copyFile(tool('noop'), join(folder, 'systemctl'));
    const seen = await trace([], () => runAs('yum', `./service ${word}; ./systemctl other`));
    const shown = (await lines(seen, '-l', word)).trimEnd().split('\n');
    expect(shown.map((line) => line.split(/ +/).slice(5).join(' '))).toEqual([
      expect.stringContaining(`./yum -c ./service ${word}`.slice(1)),
      `0 /bin/sh ./service ${word}`,
      `0 ./systemctl status ${word}.service`,
    ]);
    const [, service, systemctl] = shown.map((line) => line.split(/ +/)[2]);
    expect(systemctl).toBe(service);
    expect(await lines(seen, '-t', '-n', '^systemc')).toMatch(/^ *\d+\.\d{3} +host .* \.\/systemctl status/m);
  });
});

/** What tracexec's own tests expect of an exec. */
describe('the cases of tracexec', () => {
  traced('have a path as it was given, /proc/self/exe too, and every argument', async () => {
    const { of } = await trace([], () =>
      execa('sh', ['-c', 'exec /proc/self/exe -c "exit 3" peer-word'], { reject: false }),
    );
    const again = of('exec').find(({ args }) => args.includes('peer-word') && args[0] === '/proc/self/exe');
    expect(again).toMatchObject({
      exe: '/proc/self/exe',
      args: ['/proc/self/exe', '-c', 'exit 3', 'peer-word'],
      ret: 0,
    });
    expect(of('exit').find(({ pid }) => pid === again?.pid)).toMatchObject({ code: 3 });
  });

  traced('have who was killed by what, and who executed from a thread that is not the first', async () => {
    let [killed, thread] = [0, 0];
    const { of } = await trace([], async () => {
      killed = (await run('sh', '-c', 'kill -TERM $$')).pid;
      thread = (await run(tool('threads'), 'at', tool('noop'))).pid;
    });
    expect(of('exit').find(({ pid }) => pid === killed)).toMatchObject({ signal: 'SIGTERM' });
    const byThread = of('exec').find(({ pid, old_tid: tid }) => pid === thread && tid !== undefined);
    expect(byThread).toMatchObject({ comm: 'noop', args: [tool('noop'), 'from-a-thread'], ret: 0 });
    // What execveat calls a program beside a descriptor.
    expect(byThread?.exe).toMatch(/^\/dev\/fd\/\d+\/noop$/);
    expect(byThread?.old_tid).not.toBe(byThread?.pid);
  });
});
