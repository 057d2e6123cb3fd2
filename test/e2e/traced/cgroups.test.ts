import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordOf } from '../../../src/record/schema.ts';
import { type Engine, oci } from '../support/engine.ts';
import { run } from '../support/run.ts';
import { type Trace, tool, trace, traced } from '../support/trace.ts';

const mark = `nscg${process.pid}`;
const unified = existsSync('/sys/fs/cgroup/cgroup.procs') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/unified';
const pids = '/sys/fs/cgroup/pids';

/** A hierarchy of v1 without controllers, which can be had beside v2 as well. */
let v1: string;
const hierarchy = `name=${mark}`;

/** A test of what a runtime does with the controllers of cgroup v1, skipped by name where these are v2's, but never in CI. */
const tracedOnV1: typeof traced = (name, ...rest) =>
  existsSync(`${pids}/tasks`) || process.env.CI
    ? traced(name, ...rest)
    : it.skip(`${name} (skipped: no cgroup v1)`, () => {});

const folders = [`${unified}/${mark}`, `${unified}/${mark}/in`, `${unified}/${mark}/in/threads`];

beforeAll(async () => {
  for (const folder of folders) {
    await mkdir(folder);
  }
  v1 = await mkdtemp(join(tmpdir(), 'nstrace-test-'));
  await execa('mount', ['-t', 'cgroup', '-o', `none,name=${mark}`, 'none', v1]);
});
afterAll(async () => {
  await execa('umount', [v1]);
  await rmdir(v1);
  for (const folder of folders.toReversed()) {
    await rmdir(folder);
  }
});

const ran = ({ of }: Trace, ...args: string[]) =>
  of('exec').find((record) => record.ret === 0 && record.args.join(' ') === args.join(' '));

const entered = ({ of }: Trace, path: string) =>
  of('cgroup').filter(({ op, path: at }) => op === 'attach' && at === path);

describe('who is born in a cgroup has entered it', () => {
  for (const how of ['a fork', 'a vfork']) {
    traced(`by ${how}`, async () => {
      const found = await trace([], () =>
        run(tool('into'), `${unified}/${mark}/in`, ...(how === 'a vfork' ? ['vfork'] : []), '--', tool('noop'), how),
      );
      const child = ran(found, tool('noop'), how)!;
      expect(entered(found, `/${mark}/in`)).toMatchObject([
        { pid: child.pid, by_pid: child.ppid, hierarchy: 'unified', container: null },
      ]);
      const fork = found.of('fork').find(({ pid }) => pid === child.pid)!;
      expect(fork.seq).toBeLessThan(entered(found, `/${mark}/in`)[0]!.seq);
    });
  }

  describe('of a container', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await oci('runc');
    });
    afterAll(() => engine.close());

    traced('and is in it, also if it executes nothing', async () => {
      const name = `${mark}c`;
      const found = await trace([], async ({ until }) => {
        await engine.start(name, 'sleep 6301');
        await until(
          (record) => record.type === 'container' && record.op === 'started' && record.container.name === name,
        );
        await run(tool('into'), `${unified}/${name}`, 'vfork', '--', tool('noop'), 'guest');
        await run(tool('into'), `${unified}/${name}`, 'vfork', '--', '/no/such', 'nothing');
        await engine.remove(name);
      });
      expect(ran(found, tool('noop'), 'guest')).toMatchObject({
        container: { name },
        origin: 'joined',
        evidence: 'cgroup',
      });
      const [guest, nothing] = entered(found, `/${name}`).slice(-2);
      expect(guest).toMatchObject({ container: { name } });
      expect(found.of('exit').find(({ pid }) => pid === nothing?.pid)).toMatchObject({ code: 1, container: { name } });
    });
  });
});

describe('a thread that is moved alone', () => {
  /** @param from a cgroup that its process enters first */
  const moved = async (file: string, from = ''): Promise<{ found: Trace; pid: number; tid: number }> => {
    const enter = from === '' ? '' : `echo $$ >${from}/cgroup.procs; `;
    let [pid, tid] = [0, 0];
    const found = await trace([], async ({ until }) => {
      const child = execa('sh', ['-c', `${enter}exec ${tool('threads')} move ${file}`], { reject: false });
      pid = child.pid!;
      tid = Number(await once(child.stdout, 'data'));
      await until((record) => record.type === 'cgroup' && record.op === 'attach' && record.tid === tid);
      child.kill();
      await child;
    });
    return { found, pid, tid };
  };

  traced('is said beside its process, which stays where it is', async () => {
    const place = `${unified}/${mark}/in/threads`;
    await run('sh', '-c', `echo threaded >${place}/cgroup.type`);
    const { found, pid, tid } = await moved(`${place}/cgroup.threads`, `${unified}/${mark}/in`);
    const [record] = entered(found, `/${mark}/in/threads`);
    expect(record).toMatchObject({ pid, tid, by_pid: pid, container: null, ns: { pid: expect.any(Number) } });
  });

  traced('in a hierarchy of v1 too', async () => {
    await mkdir(`${v1}/${mark}`);
    try {
      const { found, pid, tid } = await moved(`${v1}/${mark}/tasks`);
      expect(entered(found, `/${mark}`)).toMatchObject([{ pid, tid, hierarchy, container: null }]);
    } finally {
      await rmdir(`${v1}/${mark}`);
    }
  });
});

describe('a cgroup of v1 that is renamed', () => {
  const renames = ({ of }: Trace, path: string) =>
    of('cgroup').filter((record) => record.op === 'rename' && record.path === path);

  traced('has its old path and its new one, also if it was there before', async () => {
    const [old, made] = [`${mark}old`, `${mark}made`];
    await mkdir(`${v1}/${old}`);
    const found = await trace([], async () => {
      await mkdir(`${v1}/${made}`);
      for (const name of [old, made]) {
        await mkdir(`${v1}/${name}/below`);
        await rename(`${v1}/${name}`, `${v1}/${name}-2`);
        await rmdir(`${v1}/${name}-2/below`);
        await rmdir(`${v1}/${name}-2`);
      }
    });
    for (const name of [old, made]) {
      expect(renames(found, `/${name}`)).toMatchObject([{ new_path: `/${name}-2`, hierarchy }]);
    }
  });

  tracedOnV1('takes its container along', async () => {
    const engine = await oci('runc');
    const name = `${mark}r`;
    try {
      const found = await trace([], async ({ until }) => {
        await engine.start(name, 'sleep 6302');
        const started = (await until(
          (record) => record.type === 'container' && record.op === 'started' && record.container.name === name,
        )) as RecordOf<'container'>;
        await rename(`${pids}/${name}`, `${pids}/${name}-2`);
        await run('sh', '-c', `echo $$ >${pids}/${name}-2/cgroup.procs; ${tool('noop')} guest; true`);
        process.kill(started.container.init!, 'SIGKILL');
        await until(
          (record) => record.type === 'container' && record.op === 'stopped' && record.container.name === name,
        );
        await engine.remove(name);
        await run('sh', '-c', `rmdir ${pids}/${name}-2`);
      });
      expect(renames(found, `/${name}`)).toMatchObject([{ new_path: `/${name}-2`, container: { name } }]);
      expect(ran(found, tool('noop'), 'guest')).toMatchObject({ container: { name }, evidence: 'cgroup' });
      const life = found.of('container').filter(({ container }) => container.name === name);
      const ended = life.find(({ op }) => op === 'stopped') as RecordOf<'container'>;
      expect(ended.container.cgroups).toContain(`/${name}-2`);
      const last = found.of('cgroup').findLast(({ op, path }) => op === 'rmdir' && path.startsWith(`/${name}`))!;
      expect(last.path).toBe(`/${name}-2`);
      const removed = life.at(-1)!;
      expect(removed).toMatchObject({ op: 'removed' });
      expect(removed.seq).toBe(last.seq + 1);
    } finally {
      await engine.remove(name);
      await engine.close();
    }
  });
});
