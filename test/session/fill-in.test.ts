import { describe, expect, it } from 'vitest';
import { monoOfTicks } from '../../src/kernel/time.ts';
import type { ForkEvent } from '../../src/probe/event.ts';
import { ownPidns } from '../../src/procfs/host.ts';
import { startOf } from '../../src/procfs/process.ts';
import { FillIn } from '../../src/session/fill-in.ts';
import { host } from '../fixtures/lines.ts';

const { pid, ppid } = process;
const start = Number(monoOfTicks(startOf(pid)!));

/** A fork whose child, this very process, the probe did not find. */
const forkAt = (at: number): ForkEvent => ({
  ...{
    kind: 'fork',
    mono: String(at),
    at,
    cpu: 0,
    seq: 1,
    pid,
    ppid,
    by: ppid,
    flags: 0,
    whole: false,
    uid: 0,
    gid: 0,
  },
  ...{ nspid: [pid], ns: host, cgroupId: 0, start: { mono: String(at), at } },
});

describe('a fork that the probe sent in part', () => {
  it('is completed from /proc', () => {
    const event = new FillIn(0n).complete(forkAt(start + 5_000_000));
    expect(event).toMatchObject({ whole: true, uid: process.getuid!(), ns: { pid: ownPidns() }, start: { at: start } });
  });

  it('is not, with another process that has the pid by now', () => {
    const event = new FillIn(0n).complete(forkAt(start - 1_000_000_000));
    expect(event).toMatchObject({ whole: false, ns: host });
  });
});
