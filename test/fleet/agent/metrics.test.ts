import { describe, expect, it } from 'vitest';
import { makeMetrics } from '../../../src/fleet/agent/metrics.ts';
import type { AgentState, SinkState } from '../../../src/fleet/agent/state.ts';

const sink = (name: string, lagBytes: number): SinkState => ({
  ...{ name, target: 'there', records: 4, bytes: 400, retries: 1, refused: 2, lagBytes, lagSeconds: 3 },
  trouble: undefined,
});

const state: AgentState = {
  ...{ events: { exec: 3, fork: 2 }, lost: { kernel: 1 }, containers: 2 },
  ...{ spoolBytes: 10, spoolLimitBytes: 100, spoolAgeSeconds: 1.5, silentMs: 250 },
  bpftrace: { restarts: 1, cpuSeconds: 2.5, residentBytes: 4096 },
  sinks: [sink('nats', 7), sink('stdout', 0)],
};

const linesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));

describe('the metrics of an agent', () => {
  it('have one line for each value of a label', async () => {
    const text = await (await makeMetrics(() => state)).metrics();
    expect(linesOf(text, 'nstrace_events_total')).toEqual([
      'nstrace_events_total{type="exec"} 3',
      'nstrace_events_total{type="fork"} 2',
    ]);
    expect(linesOf(text, 'nstrace_sink_lag_bytes')).toEqual([
      'nstrace_sink_lag_bytes{sink="nats"} 7',
      'nstrace_sink_lag_bytes{sink="stdout"} 0',
    ]);
  });

  it('are in seconds and bytes', async () => {
    const text = await (await makeMetrics(() => state)).metrics();
    expect(linesOf(text, 'nstrace_heartbeat_age_seconds')).toEqual(['nstrace_heartbeat_age_seconds 0.25']);
    expect(linesOf(text, 'nstrace_spool_age_seconds')).toEqual(['nstrace_spool_age_seconds 1.5']);
    expect(linesOf(text, 'nstrace_bpftrace_resident_memory_bytes')).toEqual([
      'nstrace_bpftrace_resident_memory_bytes 4096',
    ]);
  });

  it('say what holds when they are asked, and do not add it up', async () => {
    let events = 3;
    const registry = await makeMetrics(() => ({ ...state, events: { exec: events } }));
    await registry.metrics();
    // The state that one scrape asked for holds until its turn of the event loop is over.
    await new Promise((resolve) => setImmediate(resolve));
    events = 5;
    expect(linesOf(await registry.metrics(), 'nstrace_events_total')).toEqual(['nstrace_events_total{type="exec"} 5']);
  });

  it('ask for the state once a scrape', async () => {
    let asked = 0;
    const registry = await makeMetrics(() => {
      asked += 1;
      return state;
    });
    await registry.metrics();
    expect(asked).toBe(1);
  });

  it('have no line of what has no value', async () => {
    const text = await (await makeMetrics(() => ({ ...state, lost: {}, sinks: [] }))).metrics();
    expect(text).toContain('# TYPE nstrace_lost_events_total counter');
    expect(linesOf(text, 'nstrace_lost_events_total')).toEqual([]);
    expect(linesOf(text, 'nstrace_sink_')).toEqual([]);
  });
});
