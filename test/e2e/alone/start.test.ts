import { chmod, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { bpftraceOf } from '../support/bpftrace.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { run } from '../support/run.ts';
import { bpftraceOption, tool, trace, traced } from '../support/trace.ts';

/** Runs a command again and again, from before tracing begins until `stop`, which waits for the last one. */
const loop = (command: string) => {
  const child = execa('sh', ['-c', `trap stop=1 TERM; while [ -z "$stop" ]; do ${command}; done`], { reject: false });
  return {
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM');
      await child;
    },
  };
};

describe('a trace that begins on a busy host', () => {
  traced('reports nothing older than its header, and an end of each process that it has', async () => {
    const loops = [loop('/bin/true'), loop('/bin/true')];
    const ofLoops = new Set(loops.map(({ pid }) => pid));
    const { records, of, footer } = await trace([], async ({ records: soFar, until }) => {
      await until(() => soFar.filter((record) => record.type === 'exec' && ofLoops.has(record.ppid)).length > 20);
      await Promise.all(loops.map(({ stop }) => stop()));
    });
    const begun = BigInt(records[0]!.mono);
    expect(records.filter(({ mono }) => BigInt(mono) < begun)).toEqual([]);
    const running = new Set<number>();
    const twice: number[] = [];
    for (const record of records) {
      if ((record.type === 'process' || record.type === 'fork') && ofLoops.has(record.ppid)) {
        twice.push(...(running.has(record.pid) ? [record.pid] : []));
        running.add(record.pid);
      } else if (record.type === 'exit') {
        running.delete(record.pid);
      }
    }
    expect({ twice, neverEnded: [...running] }).toEqual({ twice: [], neverEnded: [] });
    const execs = of('exec').filter(({ ppid }) => ofLoops.has(ppid));
    const exits = new Set(of('exit').map(({ pid }) => pid));
    expect(execs.length).toBeGreaterThan(10);
    expect(execs.filter(({ pid }) => !exits.has(pid))).toEqual([]);
    expect(footer).toMatchObject({ complete: true, lost: 0 });
  });

  traced('ends every container that it has, and takes none for another', async () => {
    const loops = [loop('unshare -pf /bin/true'), loop('unshare -pf /bin/true')];
    const ofLoops = new Set(loops.map(({ pid }) => pid));
    const { of, footer } = await trace([], async ({ records, until }) => {
      await until(() => records.filter((record) => record.type === 'container' && record.op === 'removed').length > 30);
      await Promise.all(loops.map(({ stop }) => stop()));
    });
    const makers = new Set(
      of('exec')
        .filter(({ ppid }) => ofLoops.has(ppid))
        .map(({ pid }) => pid),
    );
    const lives = new Map<string, string[]>();
    for (const { op, container, by } of of('container')) {
      if (makers.has(by?.pid ?? 0) || lives.has(container.id)) {
        lives.set(container.id, [...(lives.get(container.id) ?? []), op]);
      }
    }
    // Their ids are inodes, which the kernel uses again.
    const lived = [...lives.values()].flatMap((ops) => ops.join(' ').replaceAll('removed ', 'removed,').split(','));
    expect([...new Set(lived)]).toEqual(['created started stopped removed']);
    expect(lived.length).toBeGreaterThan(10);
    // One each, none taken for another or not found.
    const created = of('container').filter(({ op, by }) => op === 'created' && makers.has(by?.pid ?? 0));
    expect(created.map(({ by }) => by?.pid).toSorted()).toEqual([...makers].toSorted());
    expect(footer).toMatchObject({ complete: true, lost: 0 });
  });
});

describe('the kernel’s structures', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => removeFolder(folder));

  const environmentOf = async (pid: number): Promise<string[]> =>
    (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter((entry) => entry.startsWith('BPFTRACE_BTF='));

  traced('are given to bpftrace in a file that nobody else can open or change', async () => {
    const { footer } = await trace([], async ({ pid }) => {
      const bpftrace = bpftraceOf(pid);
      expect(await environmentOf(bpftrace)).toEqual(['BPFTRACE_BTF=/proc/self/fd/3']);
      expect(await readlink(`/proc/${bpftrace}/fd/3`)).toMatch(/\/nstrace-[0-9a-f]+ \(deleted\)$/);
    });
    expect(footer.complete).toBe(true);
  });

  traced('are the whole kernel’s where bpftrace fails with them', async () => {
    const path = join(folder, 'bpftrace-whole');
    const real = bpftraceOption[1] ?? '/usr/bin/bpftrace';
    await writeFile(
      path,
      `#!/bin/sh\nif [ -n "$BPFTRACE_BTF" ]; then echo 'ERROR: not these' >&2; exit 1; fi\nexec ${real} "$@"\n`,
    );
    await chmod(path, 0o755);
    const { of, footer, stderr } = await trace(['--bpftrace', path], async ({ pid }) => {
      expect(await environmentOf(bpftraceOf(pid))).toEqual([]);
      await run(tool('noop'), 'with the whole');
    });
    expect(of('exec').filter(({ args }) => args[1] === 'with the whole')).toHaveLength(1);
    expect(footer.complete).toBe(true);
    expect(stderr).not.toContain('not these');
  });
});
