import { readlinkSync } from 'node:fs';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject } from 'vitest';
import { namespaceTypes } from '../../../src/kernel/namespaces.ts';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import { run, wake } from '../support/run.ts';
import { type Bundle, makeBundle } from '../support/runc.ts';
import { trace, traced, tracedOutsideChroot } from '../support/trace.ts';

const id = `xyxy12-${process.pid}`;
const ref = { id, name: id, runtime: 'runc' };

let bundle: Bundle;
beforeEach(async () => {
  if (inject('cannotTrace') === '') {
    bundle = await makeBundle();
  }
});
afterEach(() => bundle?.remove());

const isExec = (record: NstraceRecord, ...args: string[]): record is RecordOf<'exec'> =>
  record.type === 'exec' && record.args.join(' ') === args.join(' ');

const namespacesOf = (pid: number): Record<string, number> =>
  Object.fromEntries(
    namespaceTypes.map((type) => [type, Number(/\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${type}`))![1])]),
  );

describe('the walk of the article with runc', () => {
  traced('run: the namespaces are made, init starts in them, and all tools say the same of it', async () => {
    let seen: Record<string, number> = {};
    let pidns = '';
    let runcPs = '';
    const { of, footer } = await trace([], async ({ until }) => {
      const running = bundle.run(id, ['sh', '-c', 'sleep 6801; exit 5']);
      const init = (await until((record) => isExec(record, 'sh', '-c', 'sleep 6801; exit 5'))) as RecordOf<'exec'>;
      seen = namespacesOf(init.pid);
      pidns = (await run('ps', '-o', 'pidns=', '-p', String(init.pid))).stdout.trim();
      runcPs = (await run('runc', 'ps', '--format', 'json', id)).stdout;
      await wake(6801);
      expect((await running).exitCode).toBe(5);
    });
    const init = of('exec').find(({ container, args }) => container !== null && args[2] === 'sleep 6801; exit 5')!;
    expect(init).toMatchObject({ container: ref, nspid: [init.pid, 1], origin: 'init', comm: 'sh' });
    expect(init.ns).toEqual(seen);
    expect(String(init.ns.pid)).toBe(pidns);
    expect(JSON.parse(runcPs)).toContain(init.pid);
    const child = of('exec').find((record) => isExec(record, 'sleep', '6801') && record.container?.id === id);
    expect(child).toMatchObject({ container: ref, ppid: init.pid, origin: 'born', ns: init.ns });
    expect(child?.nspid[1]).toBeGreaterThan(1);
    const unshared = of('namespace').find(({ container, op }) => container?.id === id && op === 'unshare');
    expect(Object.keys(unshared?.created ?? {}).sort()).toEqual(['ipc', 'mnt', 'net', 'pid', 'uts']);
    expect(unshared?.created).toEqual({
      ...Object.fromEntries(['ipc', 'mnt', 'net', 'uts', 'pid'].map((type) => [type, seen[type]])),
    });
    expect(footer).toMatchObject({ lost: 0, cut: 0, complete: true });
  });

  traced('the life of the container is reported in order', async () => {
    const { of } = await trace([], () => bundle.run(id, ['sh', '-c', 'exit 5']));
    const life = of('container').filter(({ container }) => container.id === id);
    expect(life.map(({ op }) => op)).toEqual(['created', 'started', 'stopped', 'removed']);
    const [created, started, stopped] = life;
    expect(created?.by).toMatchObject({ comm: 'runc', uid: 0 });
    expect(created?.by?.args?.slice(-1)).toEqual([id]);
    const init = of('exec').find(({ args, container }) => args[2] === 'exit 5' && container?.id === id);
    expect(started).toMatchObject({ pid: init?.pid, container: { init: init?.pid, pidns: init?.ns.pid } });
    const { startup_ns: whole = 0, startup = {} } = started!;
    expect(whole).toBeGreaterThan(1_000_000);
    const parts = ['runtime_ns', 'cgroup_ns', 'namespaces_ns', 'rest_ns'] as const;
    const sum = parts.reduce((total, part) => total + startup[part]!, 0);
    expect(Math.abs(sum - whole)).toBeLessThan(1000);
    expect(stopped).toMatchObject({ code: 5 });
    const made = of('cgroup').filter(({ op, container }) => op === 'mkdir' && container?.id === id);
    const removed = of('cgroup').filter(({ op, container }) => op === 'rmdir' && container?.id === id);
    expect(made.length).toBeGreaterThan(0);
    expect(removed.map(({ hierarchy, path }) => `${hierarchy}${path}`).sort()).toEqual(
      made.map(({ hierarchy, path }) => `${hierarchy}${path}`).sort(),
    );
    const attached = of('cgroup').filter(({ op, container }) => op === 'attach' && container?.id === id);
    expect(new Set(attached.map(({ hierarchy }) => hierarchy))).toEqual(
      new Set(made.map(({ hierarchy }) => hierarchy)),
    );
  });

  tracedOutsideChroot('exec: top joins them; its parent is the one that left', async () => {
    let execPid = 0;
    const { of } = await trace([], async ({ until }) => {
      const running = bundle.run(id, ['sleep', '6802']);
      await until((record) => isExec(record, 'sleep', '6802') && record.container?.id === id);
      const top = execa('runc', ['exec', id, 'top', '-b'], { reject: false, stdin: 'ignore' });
      execPid = top.pid!;
      await until((record) => isExec(record, 'top', '-b') && record.container?.id === id);
      await run('runc', 'kill', id, 'KILL');
      await running;
      await top;
    });
    const init = of('exec').find((record) => isExec(record, 'sleep', '6802') && record.container?.id === id)!;
    const top = of('exec').find((record) => isExec(record, 'top', '-b') && record.container?.id === id)!;
    expect(top).toMatchObject({ container: ref, origin: 'joined', ns: init.ns });
    expect(top.nspid[1]).toBeGreaterThan(1);
    // Before that, others can have had namespaces with these inodes.
    const { mono } = of('exec').find(({ pid, args }) => pid === execPid && args.at(-2) === 'top')!;
    const { ipc, mnt, net, pid, uts } = init.ns;
    const own = [ipc, mnt, net, pid, uts];
    const joined = of('namespace').filter(
      (record) =>
        record.op === 'setns' &&
        BigInt(record.mono) > BigInt(mono) &&
        Object.values(record.joined ?? {}).some((inode) => own.includes(inode)),
    );
    const inodes = Object.assign({}, ...joined.map((record) => record.joined));
    expect(Object.keys(inodes).sort()).toEqual(['ipc', 'mnt', 'net', 'pid', 'uts']);
    expect(init.ns).toMatchObject(inodes);
    expect(joined.every(({ time }) => time < top.time)).toBe(true);
    const entry = of('container').find(({ op, container }) => op === 'joined' && container.id === id);
    expect(entry).toMatchObject({ pid: top.pid, by: { pid: execPid, comm: 'runc' } });
    expect(of('container').filter(({ op, container }) => op === 'joined' && container.id === id)).toHaveLength(1);
    expect(of('exit').find(({ pid }) => pid === top.pid)).toMatchObject({ signal: 'SIGKILL' });
  });

  traced('a container that was there before is seen with its name, and nsenter joins it', async () => {
    const running = bundle.run(id, ['sleep', '600']);
    let init = 0;
    await expect
      .poll(async () => {
        const { pid, status } = JSON.parse((await run('runc', 'state', id)).stdout || '{}');
        init = Number(pid);
        return status;
      })
      .toBe('running');
    const { of } = await trace([], () => run('nsenter', '-t', String(init), '-m', '-p', 'echo', 'hello'));
    await run('runc', 'kill', id, 'KILL');
    await running;
    const seen = of('container').find(({ container }) => container.id === id);
    expect(seen).toMatchObject({ op: 'seen', container: { ...ref, init } });
    expect(of('process').find(({ pid }) => pid === init)).toMatchObject({ container: ref, origin: 'init' });
    const entered = of('exec').find((record) => isExec(record, 'echo', 'hello') && record.container?.id === id);
    expect(entered).toMatchObject({ container: ref, origin: 'joined' });
    expect(entered?.nspid).toHaveLength(2);
  });

  traced('-c shows only that container, also if it comes later', async () => {
    const { of, records } = await trace(['-c', id], async () => {
      await run('true', 'elsewhere');
      await bundle.run(id, ['sh', '-c', 'true inside']);
    });
    expect(of('exec').some(({ args }) => args[1] === 'elsewhere')).toBe(false);
    expect(of('exec').some(({ args }) => args[2] === 'true inside')).toBe(true);
    for (const record of records) {
      if ('container' in record && record.type !== 'container') {
        expect(record.container).toMatchObject(ref);
      }
    }
  });

  traced('of twenty containers that live a moment each is reported whole', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `${id}-${index}`);
    const { of, footer } = await trace([], async () => {
      for (const name of ids) {
        await bundle.run(name, ['true', name]);
      }
    });
    for (const name of ids) {
      const life = of('container').filter(({ container }) => container.id === name);
      expect(life.map(({ op }) => op)).toEqual(['created', 'started', 'stopped', 'removed']);
      expect(of('exec').filter(({ args, container }) => args[1] === name && container?.name === name)).toHaveLength(1);
    }
    expect(footer).toMatchObject({ lost: 0, cut: 0, complete: true });
  });
});
