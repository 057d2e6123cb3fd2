import { readdirSync } from 'node:fs';
import type { Registry } from 'prom-client';
import { loadLibrary } from '../../library.ts';
import { version } from '../../version.ts';
import type { AgentState, SinkState } from './state.ts';

/** What a metric is now: one value, or one for each value of its label. */
type Values = number | readonly (readonly [label: string, value: number])[];

interface Metric {
  readonly type: 'Counter' | 'Gauge';
  readonly name: string;
  readonly help: string;
  /** Only labels whose values are few: types of records, stages of loss, names of sinks. */
  readonly label?: 'type' | 'stage' | 'sink' | 'version';
  readonly read: (state: AgentState) => Values;
}

const perSink =
  (read: (sink: SinkState) => number): Metric['read'] =>
  ({ sinks }) =>
    sinks.map((sink) => [sink.name, read(sink)]);

const metrics: readonly Metric[] = [
  {
    ...{ type: 'Counter', name: 'nstrace_events_total', help: 'Records made, by type.', label: 'type' },
    read: ({ events }) => Object.entries(events),
  },
  {
    ...{ type: 'Counter', name: 'nstrace_lost_events_total', label: 'stage' },
    help: 'Events that are missing, by the stage at which they were lost.',
    read: ({ lost }) => Object.entries(lost),
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_containers', help: 'Containers that run.' },
    read: ({ containers }) => containers,
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_heartbeat_age_seconds', help: 'Time since the last heartbeat of the probes.' },
    read: ({ silentMs }) => silentMs / 1000,
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_spool_bytes', help: 'Bytes in the spool.' },
    read: ({ spoolBytes }) => spoolBytes,
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_spool_limit_bytes', help: 'Bytes that the spool may hold.' },
    read: ({ spoolLimitBytes }) => spoolLimitBytes,
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_spool_age_seconds' },
    help: 'Age of the oldest record that not every sink has stored.',
    read: ({ spoolAgeSeconds }) => spoolAgeSeconds,
  },
  {
    ...{ type: 'Counter', name: 'nstrace_sink_records_total', help: 'Records that a sink has stored.', label: 'sink' },
    read: perSink(({ records }) => records),
  },
  {
    ...{ type: 'Counter', name: 'nstrace_sink_bytes_total', label: 'sink' },
    help: 'Bytes of records that a sink has stored, before compression.',
    read: perSink(({ bytes }) => bytes),
  },
  {
    ...{
      type: 'Counter',
      name: 'nstrace_sink_retries_total',
      help: 'Batches that had to be sent again.',
      label: 'sink',
    },
    read: perSink(({ retries }) => retries),
  },
  {
    ...{ type: 'Counter', name: 'nstrace_sink_refused_total', label: 'sink' },
    help: 'Records that a sink refused for good.',
    read: perSink(({ refused }) => refused),
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_sink_lag_bytes', label: 'sink' },
    help: 'Bytes of the spool that a sink has not stored yet.',
    read: perSink(({ lagBytes }) => lagBytes),
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_sink_lag_seconds', label: 'sink' },
    help: 'Age of the oldest record that a sink has not stored yet.',
    read: perSink(({ lagSeconds }) => lagSeconds),
  },
  {
    ...{ type: 'Counter', name: 'nstrace_bpftrace_restarts_total' },
    help: 'How often bpftrace ended by itself and was started again.',
    read: ({ bpftrace }) => bpftrace.restarts,
  },
  {
    ...{ type: 'Counter', name: 'nstrace_bpftrace_cpu_seconds_total', help: 'CPU time of the bpftrace that runs.' },
    read: ({ bpftrace }) => bpftrace.cpuSeconds,
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_bpftrace_resident_memory_bytes', help: 'Memory of the bpftrace that runs.' },
    read: ({ bpftrace }) => bpftrace.residentBytes,
  },
  {
    ...{ type: 'Gauge', name: 'nstrace_build_info', help: 'Version of nstrace.', label: 'version' },
    read: () => [[version, 1]],
  },
  // Those of prom-client itself look at the event loop a hundred times a second, which costs more than an agent at rest.
  {
    ...{ type: 'Counter', name: 'process_cpu_seconds_total', help: 'CPU time of the agent, without bpftrace.' },
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    ...{ type: 'Gauge', name: 'process_resident_memory_bytes', help: 'Memory of the agent, without bpftrace.' },
    read: () => process.memoryUsage.rss(),
  },
  {
    ...{ type: 'Gauge', name: 'process_open_fds', help: 'Open file descriptors of the agent.' },
    read: () => readdirSync('/proc/self/fd').length,
  },
  {
    ...{ type: 'Gauge', name: 'process_start_time_seconds' },
    help: 'When the agent began, in seconds since 1970.',
    read: () => performance.timeOrigin / 1000,
  },
];

/** Metrics for Prometheus, read when they are scraped. */
export const makeMetrics = async (ask: () => AgentState): Promise<Registry> => {
  const state = onceForAll(ask);
  const { Registry, Counter, Gauge } = await loadLibrary<typeof import('prom-client')>('prom-client', '--metrics');
  const registry = new Registry();
  for (const { type, name, help, label, read } of metrics) {
    const options = { name, help, registers: [registry], labelNames: label === undefined ? [] : [label] };
    /** @param set takes what a metric is now */
    const collect = (set: (labels: Record<string, string>, value: number) => void): void => {
      const values = read(state());
      if (typeof values === 'number') {
        set({}, values);
      } else {
        for (const [of, value] of values) {
          set({ [label!]: of }, value);
        }
      }
    };
    if (type === 'Counter') {
      new Counter({
        ...options,
        collect() {
          this.reset();
          collect((labels, value) => this.inc(labels, value));
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.reset();
          collect((labels, value) => this.set(labels, value));
        },
      });
    }
  }
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
