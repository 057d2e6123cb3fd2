import { describe, expect, it } from 'vitest';
import type { AgentState, SinkState } from '../../../src/fleet/agent/state.ts';
import { agentText } from '../../../src/fleet/agent/status.ts';

const sink: SinkState = {
  ...{ name: 'nats', target: 'nats://h:1', records: 5, bytes: 500, retries: 0, refused: 0 },
  ...{ lagBytes: 0, lagSeconds: 0, trouble: undefined },
};
const state: AgentState = {
  ...{
    events: { exec: 3, fork: 2 },
    lost: {},
    containers: 2,
    spoolBytes: 1024,
    spoolLimitBytes: 1e9,
    spoolAgeSeconds: 0,
  },
  ...{ silentMs: 10, bpftrace: { restarts: 0, cpuSeconds: 1.25, residentBytes: 2 ** 20 }, sinks: [sink] },
};

describe('agent status', () => {
  it('says that all is well', () => {
    expect(agentText(state, [])).toBe(`state       tracing
records     5, of them 3 execs
lost        nothing
containers  2
bpftrace    1.0M, 1.3 s of CPU
spool       1.0K of 954M
nats        nats://h:1: 5 records, up to date
`);
  });

  it('says what is missing, and what was left out on purpose apart from it', () => {
    const text = agentText({ ...state, lost: { spool: 7, limit: 9 } }, ['the spool is full']);
    expect(text).toContain('state       the spool is full\n');
    expect(text).toContain('lost        7 (spool)\nleft out    9 by --limit\n');
  });

  it('says how old the oldest record is that waits, and for whom, with what another side said escaped', () => {
    const slow = { ...sink, name: 'nats-127.0.0.1_4222', lagBytes: 2048, lagSeconds: 90, trouble: 'no\u001b[31m' };
    const text = agentText({ ...state, spoolAgeSeconds: 90, sinks: [sink, slow] }, []);
    expect(text).toMatch(/spool +1\.0K of 954M, the oldest record not shipped everywhere is 1m30s old/);
    expect(text).toMatch(/nats-127\.0\.0\.1_4222 nats:\/\/h:1: 5 records, 2\.0K and 1m30s behind, no/);
    expect(text).not.toContain('\u001b');
  });
});
