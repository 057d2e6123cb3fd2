import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { trace, traced } from './support/trace.ts';

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
    const { records, of, footer } = await trace([], async () => {
      await sleep(500);
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
    const { of, footer } = await trace([], async () => {
      await sleep(500);
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
    expect(footer).toMatchObject({ complete: true, lost: 0 });
  });
});
