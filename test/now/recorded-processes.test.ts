import { describe, expect, it } from 'vitest';
import { RecordedProcesses } from '../../src/now/recorded-processes.ts';
import { nowSchema } from '../../src/now/schema.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import * as records from '../fixtures/records.ts';
import { castOf, enterOf, lifeOf, startOf } from '../fixtures/story.ts';

const pastOf = (lines: readonly NstraceRecord[], ...words: string[]): RecordedProcesses => {
  const past = new RecordedProcesses(words);
  for (const record of [records.header(), ...lines]) {
    past.take(record);
  }
  return past;
};

const { ref, pids, entering } = castOf();

describe('the processes of a recording', () => {
  it('reports a process that has ended, and how', () => {
    const found = pastOf(lifeOf()).withPid(pids.init);
    expect(found).toMatchObject({
      ...{ pid: pids.init, gone: true, nspid: [pids.init, 1], ppid: pids.runc, comm: 'sh', exe: '/bin/sh' },
      ...{ args: ['sh', '-c', 'ls -l; sleep 1'], container: ref, origin: 'init', ended: { code: 5 } },
    });
    expect(Date.parse(found!.ended!.time)).toBeGreaterThan(Date.parse(found!.started!));
    expect(nowSchema.safeParse(found).success).toBe(true);
  });

  it('reports one that was still there as of one that is', () => {
    const found = pastOf(startOf()).withPid(pids.init);
    expect(found).toMatchObject({ gone: false, origin: 'init' });
    expect(found).not.toHaveProperty('ended');
  });

  it('reports the signal that ended it', () => {
    expect(pastOf(lifeOf()).withPid(entering.top)?.ended).toMatchObject({ signal: 'SIGTERM' });
    expect(pastOf(lifeOf()).withPid(entering.top)?.ended).not.toHaveProperty('code');
  });

  it('knows nothing of a pid that was not in the recording', () => {
    expect(pastOf(lifeOf()).withPid(99)).toBeUndefined();
  });

  it('finds the first process of a container, and one by its pid inside', () => {
    const past = pastOf(lifeOf(), ref.name);
    expect(past.inContainer(undefined)?.pid).toBe(pids.init);
    expect(past.inContainer(1)?.pid).toBe(pids.init);
    expect(past.inContainer(7)?.pid).toBe(pids.child);
    expect(past.inContainer(9)?.pid).toBe(entering.top);
    expect(past.inContainer(8)).toBeUndefined();
  });

  it('looks only into the container that is named', () => {
    const lines = [...lifeOf(), ...lifeOf({ id: 'other', base: 20_000, from: 5000 })];
    expect(pastOf(lines, ref.name).inContainer(7)?.pid).toBe(pids.child);
    expect(pastOf(lines, 'other').inContainer(7)?.pid).toBe(20_000 + pids.child);
    expect(pastOf(lines, 'nobody').inContainer(undefined)).toBeUndefined();
  });

  it('does not take a pid on the host for one inside', () => {
    const lines = [records.fork({ pid: 7, nspid: [7] }), ...startOf()];
    expect(pastOf(lines, ref.name).inContainer(7)?.pid).toBe(pids.child);
  });

  it('goes up the ancestry, out of the container', () => {
    const { ancestry } = pastOf([records.process({ pid: 400, nspid: [400], args: ['bash'] }), ...lifeOf()]).withPid(
      pids.child,
    )!;
    expect(ancestry.map(({ pid }) => pid)).toEqual([pids.init, pids.runc, 400]);
    expect(ancestry.map(({ container }) => container?.name)).toEqual([ref.name, undefined, undefined]);
    expect(ancestry.map(({ args }) => args?.[0])).toEqual(['sh', 'runc', 'bash']);
    expect(ancestry[0]).toMatchObject({ nspid: [pids.init, 1], pidns: records.containerNs.pid });
    expect(ancestry[1]).toMatchObject({ pidns: records.hostNs.pid });
  });

  it('reports who brought a process into its container, also of the children of that process', () => {
    const child = records.fork({ pid: 7000, nspid: [7000, 12], ns: records.containerNs, container: ref });
    const enter = enterOf();
    const before = enter.findIndex((record) => record.type === 'exit' && record.pid === entering.top);
    enter.splice(before, 0, { ...child, ppid: entering.top, origin: 'born' });
    const past = pastOf([...startOf(), ...enter]);
    const by = { pid: entering.runc, comm: 'runc', args: ['runc', 'exec', ref.id, 'top'] };
    expect(past.withPid(entering.top)).toMatchObject({ origin: 'joined', entered_by: by });
    expect(past.withPid(7000)).toMatchObject({ entered_by: by });
    expect(past.withPid(pids.init)).not.toHaveProperty('entered_by');
    expect(past.withPid(pids.child)).not.toHaveProperty('entered_by');
  });

  it('knows who ran a program, and the person behind who entered', () => {
    const file = { device: '0:49', inode: 7, deleted: true } as const;
    const login = { euid: 0, auid: 1000, session: 3, tty: 'pts/3', caps_gained: ['kill'], exe_file: file };
    const person = { pid: 7, comm: 'docker', tty: 'pts/3', evidence: ['ancestor'] };
    const asked = [...startOf(), ...enterOf()].map((record) =>
      record.type === 'container' && record.op === 'joined' ? { ...record, asked_by: person } : record,
    );
    const past = pastOf([records.exec({ pid: 7100, nspid: [7100], uid: 1000, gid: 1, ...login }), ...asked]);
    expect(past.withPid(7100)).toMatchObject({ uid: 1000, gid: 1, ...login });
    expect(past.withPid(entering.top)).toMatchObject({ entered_asked_by: person });
  });

  it('says of each namespace whose it was', () => {
    const whose = (pid: number) =>
      Object.fromEntries(
        pastOf(lifeOf())
          .withPid(pid)!
          .namespaces.map((namespace) => [namespace.type, namespace.whose]),
      );
    expect(whose(pids.child)).toMatchObject({ pid: 'container', mnt: 'container', user: 'host', time: 'host' });
    expect(whose(pids.runc)).toMatchObject({ pid: 'host', mnt: 'host', net: 'host' });
    const strange = records.exec({ pid: 8000, nspid: [8000], ns: { ...records.hostNs, net: 4026539999 } });
    expect(pastOf([strange]).withPid(8000)?.namespaces).toContainEqual({
      ...{ type: 'net', inode: 4026539999, whose: 'other' },
    });
  });

  it('leaves out namespaces that the recording does not know', () => {
    const { pid, mnt } = records.hostNs;
    const found = pastOf([records.exec({ ns: { pid, mnt } })]).withPid(500);
    expect(found?.namespaces.map(({ type }) => type)).toEqual(['pid', 'mnt']);
    expect(found).not.toHaveProperty('capabilities');
  });

  it('is at its last namespaces if it went elsewhere', () => {
    const found = pastOf(enterOf()).withPid(entering.setup);
    expect(found?.container).toEqual(ref);
    expect(found?.namespaces).toContainEqual(expect.objectContaining({ type: 'pid', inode: records.containerNs.pid }));
  });

  it('reports the last process of a pid that was used again', () => {
    const lines = [
      records.fork({ pid: 700, nspid: [700] }),
      records.exec({ pid: 700, nspid: [700], args: ['first'] }),
      records.exit({ pid: 700, nspid: [700], code: 3 }),
      records.fork({ pid: 700, nspid: [700], time: '2026-01-02T03:04:06.000000000Z' }),
      records.exec({ pid: 700, nspid: [700], args: ['second'] }),
    ];
    expect(pastOf(lines).withPid(700)).toMatchObject({ args: ['second'], gone: false });
    expect(pastOf(lines).withPid(700)).not.toHaveProperty('ended');
  });

  it('keeps the program of a process whose last exec failed', () => {
    const lines = [
      records.fork({ pid: 700, nspid: [700] }),
      records.exec({ pid: 700, nspid: [700], args: ['works'] }),
      records.failedExec({ pid: 700, nspid: [700], args: ['nowhere'] }),
    ];
    expect(pastOf(lines).withPid(700)?.args).toEqual(['works']);
  });

  it("has its parent's program before it runs one of its own", () => {
    const lines = [
      records.process({ pid: 400, nspid: [400], args: ['bash', '-l'], comm: 'bash' }),
      records.fork({ pid: 700, nspid: [700], ppid: 400 }),
    ];
    expect(pastOf(lines).withPid(700)).toMatchObject({ args: ['bash', '-l'], comm: 'bash' });
  });

  it('reports what it can of one whose birth was not recorded', () => {
    const found = pastOf([records.exit({ pid: 800, nspid: [800], ppid: 1, code: 2 })]).withPid(800);
    expect(found).toMatchObject({ pid: 800, gone: true, ended: { code: 2 }, args: [], ancestry: [] });
    expect(nowSchema.safeParse(found).success).toBe(true);
  });

  it('says of a parent that is gone what it was, and does not take a later process for it', () => {
    const lines = [
      records.fork({ pid: 600, nspid: [600], ppid: 1 }),
      records.exec({ pid: 600, nspid: [600], ppid: 1, args: ['parent'] }),
      records.fork({ pid: 601, nspid: [601], ppid: 600 }),
      records.exit({ pid: 600, nspid: [600], code: 0 }),
      records.fork({ pid: 600, nspid: [600], ppid: 1 }),
      records.exec({ pid: 600, nspid: [600], ppid: 1, args: ['stranger'] }),
    ];
    expect(
      pastOf(lines)
        .withPid(601)
        ?.ancestry.map(({ args }) => args),
    ).toEqual([['parent']]);
  });
});
