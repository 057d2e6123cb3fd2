import { readdirSync } from 'node:fs';
import type { Registry } from 'prom-client';
import { loadLibrary } from '../library.ts';
import { version } from '../version.ts';
import type { AgentState, SinkState } from './state.ts';

/** Metrics for Prometheus. No label has values without bound: types of records, stages of loss, and names of sinks. */
export const makeMetrics = async (ask: () => AgentState): Promise<Registry> => {
  const state = onceForAll(ask);
  const { Registry, Counter, Gauge } = await loadLibrary<typeof import('prom-client')>('prom-client', '--metrics');
  const registry = new Registry();
  const registers = [registry];
  const perSink = ['sink'];
  const counter = (
    name: string,
    help: string,
    labelNames: string[],
    read: (set: (value: number, ...labels: string[]) => void) => void,
  ) => {
    new Counter({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        read((value, ...labels) =>
          this.inc(Object.fromEntries(labelNames.map((label, at) => [label, labels[at] ?? ''])), value),
        );
      },
    });
  };
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    read: (set: (value: number, ...labels: string[]) => void) => void,
  ) => {
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        read((value, ...labels) =>
          this.set(Object.fromEntries(labelNames.map((label, at) => [label, labels[at] ?? ''])), value),
        );
      },
    });
  };
  counter('nstrace_events_total', 'Records made, by type.', ['type'], (set) => {
    for (const [type, count] of Object.entries(state().events)) {
      set(count, type);
    }
  });
  counter(
    'nstrace_lost_events_total',
    'Events that are missing, by the stage at which they were lost.',
    ['stage'],
    (set) => {
      for (const [stage, count] of Object.entries(state().lost)) {
        set(count, stage);
      }
    },
  );
  gauge('nstrace_containers', 'Containers that run.', [], (set) => set(state().containers));
  gauge('nstrace_heartbeat_age_seconds', 'Time since the last heartbeat of the probes.', [], (set) =>
    set(state().silentMs / 1000),
  );
  gauge('nstrace_spool_bytes', 'Bytes in the spool.', [], (set) => set(state().spoolBytes));
  gauge('nstrace_spool_limit_bytes', 'Bytes that the spool may hold.', [], (set) => set(state().spoolLimitBytes));
  gauge('nstrace_spool_age_seconds', 'Age of the oldest record that not every sink has stored.', [], (set) =>
    set(state().spoolAgeSeconds),
  );
  const sinks = (read: (sink: SinkState) => number) => (set: (value: number, ...labels: string[]) => void) => {
    for (const sink of state().sinks) {
      set(read(sink), sink.name);
    }
  };
  counter(
    'nstrace_sink_records_total',
    'Records that a sink has stored.',
    perSink,
    sinks(({ records }) => records),
  );
  counter(
    'nstrace_sink_bytes_total',
    'Bytes of records that a sink has stored, before compression.',
    perSink,
    sinks(({ bytes }) => bytes),
  );
  counter(
    'nstrace_sink_retries_total',
    'Batches that had to be sent again.',
    perSink,
    sinks(({ retries }) => retries),
  );
  counter(
    'nstrace_sink_refused_total',
    'Records that a sink refused for good.',
    perSink,
    sinks(({ refused }) => refused),
  );
  gauge(
    'nstrace_sink_lag_bytes',
    'Bytes of the spool that a sink has not stored yet.',
    perSink,
    sinks(({ lagBytes }) => lagBytes),
  );
  gauge(
    'nstrace_sink_lag_seconds',
    'Age of the oldest record that a sink has not stored yet.',
    perSink,
    sinks(({ lagSeconds }) => lagSeconds),
  );
  counter('nstrace_bpftrace_restarts_total', 'How often bpftrace ended by itself and was started again.', [], (set) =>
    set(state().bpftrace.restarts),
  );
  counter('nstrace_bpftrace_cpu_seconds_total', 'CPU time of the bpftrace that runs.', [], (set) =>
    set(state().bpftrace.cpuSeconds),
  );
  gauge('nstrace_bpftrace_resident_memory_bytes', 'Memory of the bpftrace that runs.', [], (set) =>
    set(state().bpftrace.residentBytes),
  );
  gauge('nstrace_build_info', 'Version of nstrace.', ['version'], (set) => set(1, version));
  // Those of prom-client itself look at the event loop a hundred times a second, which costs more than an agent at rest.
  counter('process_cpu_seconds_total', 'CPU time of the agent, without bpftrace.', [], (set) => {
    const { user, system } = process.cpuUsage();
    set((user + system) / 1e6);
  });
  gauge('process_resident_memory_bytes', 'Memory of the agent, without bpftrace.', [], (set) =>
    set(process.memoryUsage.rss()),
  );
  gauge('process_open_fds', 'Open file descriptors of the agent.', [], (set) =>
    set(readdirSync('/proc/self/fd').length),
  );
  gauge('process_start_time_seconds', 'When the agent began, in seconds since 1970.', [], (set) =>
    set(performance.timeOrigin / 1000),
  );
  return registry;
};

/** One scrape reads every metric at once: the spool is looked at once for all of them. */
const onceForAll = (ask: () => AgentState): (() => AgentState) => {
  let known: AgentState | undefined;
  return () => {
    if (known === undefined) {
      known = ask();
      setImmediate(() => {
        known = undefined;
      });
    }
    return known;
  };
};
