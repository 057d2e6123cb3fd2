import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Agent, type AgentOptions, outgoingLine } from '../../../src/fleet/agent/agent.ts';
import { RetryLater, type Sink } from '../../../src/fleet/sinks/sink.ts';
import { container, exec, header, inContainer } from '../../fixtures/records.ts';
import { TestSpool } from '../support/spool.ts';

const bpftrace = { restarts: 0, cpuSeconds: 0, residentBytes: 0 };

/** A sink that stores nothing. */
const deaf = (name: string): Sink => ({
  ...{ name, target: 'nowhere' },
  send: async () => {
    throw new RetryLater('not now', 10);
  },
  close: async () => {},
});

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

const agentWith = (changes: Partial<AgentOptions> = {}): Agent =>
  new Agent({
    ...{ folder: spool.folder, limitBytes: 1e6, sinks: [deaf('a')], perSecond: undefined, redact: true },
    ...{ hostName: undefined, onNotice: () => {}, onFailure: () => {} },
    ...changes,
  });

describe('an agent', () => {
  it('calls its host by the name that was chosen, in the header', () => {
    const [first] = agentWith({ hostName: 'web-1.example' }).take(header());
    expect(first).toMatchObject({ type: 'header', host: { ...header().host, name: 'web-1.example' } });
    expect(agentWith().take(header())[0]).toEqual(header());
  });

  it('leaves out what is over the limit of a container, and says so within a second', () => {
    const agent = agentWith({ perSecond: 2 });
    const records = Array.from({ length: 5 }, () => exec(inContainer));
    expect(records.flatMap((record) => agent.take(record))).toHaveLength(2);
    expect(agent.take(exec())).toHaveLength(1);
    expect(agent.rest()).toMatchObject([{ type: 'lost', stage: 'limit', count: 3, exact: true }]);
    expect(agent.state(bpftrace)).toMatchObject({ events: { exec: 3, lost: 1 }, lost: { limit: 3 } });
  });

  it('goes on each second while the clock is set back by years', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.parse('2026-01-02T03:04:05Z') });
    try {
      const agent = agentWith({ perSecond: 2, limitBytes: 0 });
      spool.part(1, [header(), exec()]);
      spool.part(2, [exec()]);
      expect(agent.beat()).toMatchObject([{ type: 'lost', stage: 'spool', count: 1 }]);
      vi.setSystemTime(Date.parse('2020-01-02T03:04:05Z'));
      vi.advanceTimersByTime(1500);
      spool.part(3, [exec()]);
      expect([1, 2, 3].flatMap(() => agent.take(exec(inContainer)))).toHaveLength(2);
      expect(agent.beat()).toMatchObject([
        { type: 'lost', stage: 'limit', count: 1 },
        { type: 'lost', stage: 'spool', count: 1 },
      ]);
      expect(agent.take(exec(inContainer))).toHaveLength(1);
      vi.advanceTimersByTime(5000);
      expect(agent.state(bpftrace).silentMs).toBe(5000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('counts the containers that run', () => {
    const agent = agentWith();
    agent.take(container({ op: 'started' }));
    expect(agent.state(bpftrace).containers).toBe(1);
    agent.take(container({ op: 'stopped' }));
    expect(agent.state(bpftrace).containers).toBe(0);
  });

  it('says how far each sink is behind, and how old the oldest record is that waits', () => {
    const time = new Date(Date.now() - 90_000).toISOString().replace('Z', '000000Z');
    spool.part(1, [header({ time }), exec({ time })]);
    const { spoolAgeSeconds, spoolBytes, sinks } = agentWith({ sinks: [deaf('a'), deaf('b')] }).state(bpftrace);
    expect(spoolBytes).toBeGreaterThan(100);
    expect(spoolAgeSeconds).toBeGreaterThanOrEqual(90);
    expect(spoolAgeSeconds).toBeLessThan(120);
    expect(sinks.map(({ name, lagBytes }) => [name, lagBytes])).toEqual([
      ['a', spoolBytes],
      ['b', spoolBytes],
    ]);
  });

  it('is behind by nothing where nothing is', () => {
    expect(agentWith().state(bpftrace)).toMatchObject({ spoolAgeSeconds: 0, sinks: [{ lagBytes: 0, lagSeconds: 0 }] });
  });
});

describe('a line that leaves the host', () => {
  const secret = JSON.stringify(exec({ args: ['mysql', '-pgeheim', '--password=geheim'] }));

  it('is masked, unless that is switched off', () => {
    expect(outgoingLine(true)(secret)).not.toContain('geheim');
    expect(outgoingLine(false)(secret)).toBe(secret);
    expect(JSON.parse(outgoingLine(true)(secret)!)).toMatchObject({ type: 'exec', pid: exec().pid });
  });

  it('does not leave where it is no record', () => {
    expect(outgoingLine(true)(secret.slice(0, -10))).toBeUndefined();
  });
});
