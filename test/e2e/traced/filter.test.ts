import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { run } from '../support/run.ts';
import { makeBundle } from '../support/runc.ts';
import { bpftraceOption, program, tool, trace, traced } from '../support/trace.ts';

describe('--where', () => {
  traced('chooses what is traced', async () => {
    const mark = `where-${process.pid}`;
    const { of } = await trace(['--where', `${mark} !two n:noop$,^sh$`], async () => {
      await run(tool('noop'), mark, 'one');
      await run(tool('noop'), mark, 'two');
      await run('sh', '-c', `true ${mark}; exit 3`);
    });
    expect(of('exec').map(({ args }) => args.at(-1))).toEqual(['one', `true ${mark}; exit 3`]);
  });

  traced('chooses ends, whatever ran, and asks for failed execs by itself', async () => {
    const mark = `ends-${process.pid}`;
    const { of } = await trace(['--where', `${mark} exit:!0`], async () => {
      await run(tool('noop'), mark);
      await run('sh', '-c', `: ${mark}; exit 3`);
      await run('sh', '-c', `: ${mark}; kill -9 $$`);
    });
    expect(of('exec')).toEqual([]);
    expect(of('exit').map(({ code, signal }) => code ?? signal)).toEqual([3, 'SIGKILL']);
    const failed = await trace(['--where', `failed ${mark}`], async () => {
      await run('sh', '-c', `exec /no/such/program ${mark}`);
    });
    expect(failed.of('exec').map(({ errno }) => errno)).toContain('ENOENT');
  });
});

describe('-c', () => {
  traced('says what runs and what was perhaps meant, and goes on waiting', async () => {
    const bundle = await makeBundle();
    const name = `filter-${process.pid}`;
    try {
      const container = bundle.run(name, ['sleep', '600']);
      await expect.poll(async () => (await run('runc', 'state', name)).stdout).toContain('"running"');
      const child = execa(program, ['live', '-c', `${name}x`, '--duration', '3', ...bpftraceOption], {
        reject: false,
        stdin: 'ignore',
      });
      const { stderr, exitCode } = await child;
      expect(exitCode).toBe(0);
      expect(stderr).toContain(`waiting for a container ${name}x`);
      expect(stderr).toContain(`did you mean ${name}`);
      expect(stderr).toMatch(new RegExp(`running: .*${name}`));
      await execa('runc', ['kill', name, 'KILL'], { reject: false });
      await container;
    } finally {
      await bundle.remove();
    }
  });
});

describe('what is asked wrongly', () => {
  it.each([
    [
      ['replay', '/dev/null', '--where', 'exot:1'],
      ['there is no key exot:', 'did you mean exit?'],
    ],
    [['replay', '/dev/null', '--where', 'l:"a'], ['a double quote is not closed']],
    [
      ['replay', '/dev/null', '-n', 'a(?=b)'],
      ['lookaround', 'RE2 syntax'],
    ],
    [['replay', '/dev/null', '-l', '(a)\\1'], ['a back-reference']],
    [['replay', '/dev/null', '--auid', 'nobody-there'], ['there is no user']],
    [
      ['replay', '/dev/null', '--since', 'yesterday'],
      ['is no time', 'RFC 3339'],
    ],
    [['live', '-n', '('], ['missing closing']],
    [
      ['live', '--contianer', 'web'],
      ['Did you mean --container?', 'nstrace live --help'],
    ],
    [['--contianer', 'web'], ['nstrace live --help']],
    [['recrod'], ['there is no command "recrod"', 'did you mean record?']],
    [['record', '-c', 'a', '-c', 'b', '--until', 'stopped'], ['needs one container']],
    [['record', '--only'], ['--only needs a command']],
    [['record', '--keep', '3'], ['--keep is for a recording in parts']],
  ] as const)('%j ends with 2 and says why', async (args, texts) => {
    const { exitCode, stderr } = await run(program, ...args);
    for (const text of texts) {
      expect(stderr).toContain(text);
    }
    expect(exitCode).toBe(2);
  });
});

describe('-e usage', () => {
  traced('says what CPU and memory a container uses', async () => {
    const bundle = await makeBundle();
    const name = `usage-${process.pid}`;
    try {
      const { of } = await trace(['-e', 'usage,container', '-c', name], async ({ until }) => {
        const container = bundle.run(name, ['sh', '-c', 'while :; do :; done']);
        let first: string | undefined;
        await until(({ type, mono }) => {
          first ??= type === 'usage' ? mono : undefined;
          return type === 'usage' && mono !== first;
        });
        await execa('runc', ['kill', name, 'KILL'], { reject: false });
        await container;
      });
      const usage = of('usage');
      expect(usage.length).toBeGreaterThanOrEqual(2);
      expect(usage.every(({ container }) => container.name === name)).toBe(true);
      const [first, last] = [usage[0]!, usage.at(-1)!];
      const seconds = usage.slice(1).reduce((sum, { interval_ns: interval }) => sum + interval!, 0) / 1e9;
      const used = (last.cpu_ns! - first.cpu_ns!) / 1e9;
      // It spins on one CPU, as far as others leave it.
      expect(used).toBeGreaterThan(0.05 * seconds);
      expect(used).toBeLessThan(2 * seconds);
      expect(last.memory_bytes).toBeGreaterThan(0);
    } finally {
      await bundle.remove();
    }
  });
});
