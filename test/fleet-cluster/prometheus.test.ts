import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { portOf, serve } from '../../src/fleet/agent/server.ts';
import type { AgentState, SinkState } from '../../src/fleet/agent/state.ts';
import { freePorts } from './support/cluster.ts';

const sink: SinkState = {
  ...{ name: 'nats', target: 'h', records: 4, bytes: 400, retries: 1, refused: 2 },
  ...{ lagBytes: 7, lagSeconds: 3, trouble: undefined },
};
const state: AgentState = {
  ...{ events: { exec: 3, fork: 2 }, lost: { kernel: 1 }, containers: 2, spoolBytes: 10, spoolLimitBytes: 100 },
  ...{ spoolAgeSeconds: 3, silentMs: 100, bpftrace: { restarts: 1, cpuSeconds: 2.5, residentBytes: 4096 } },
  sinks: [sink, { ...sink, name: 'otlp' }],
};

const folder = mkdtempSync(join(tmpdir(), 'nstrace-prometheus-'));
let server: Server;
beforeAll(async () => {
  server = await serve({ host: '127.0.0.1', port: 0 }, () => state);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

it('has metrics that promtool finds no fault with', async () => {
  const text = await (await fetch(`http://127.0.0.1:${portOf(server)}/metrics`)).text();
  const { exitCode, stderr, stdout } = await execa('promtool', ['check', 'metrics'], { input: text, reject: false });
  expect(`${stdout}${stderr}`).toBe('');
  expect(exitCode).toBe(0);
});

it('is scraped by a real Prometheus', async () => {
  const [port = 0] = await freePorts(1);
  const config = join(folder, 'prometheus.yml');
  const target = `127.0.0.1:${portOf(server)}`;
  const jobs = `[{ job_name: nstrace, static_configs: [{ targets: ['${target}'] }] }]`;
  writeFileSync(config, `global: { scrape_interval: 1s }\nscrape_configs: ${jobs}\n`);
  const prometheus = execa(
    'prometheus',
    [...[`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`]],
    { reject: false, stdio: 'ignore' },
  );
  const ask = async (query: string) => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const { data } = (await (await fetch(url)).json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => [metric.sink ?? metric.type ?? '', Number(value[1])]);
  };
  try {
    await vi.waitFor(async () => expect(await ask('up')).toEqual([['', 1]]), { timeout: 30_000, interval: 200 });
    expect(await ask('sum by (type) (nstrace_events_total)')).toEqual(
      expect.arrayContaining([
        ['exec', 3],
        ['fork', 2],
      ]),
    );
    expect(await ask('nstrace_sink_lag_seconds > 2')).toEqual([
      ['nats', 3],
      ['otlp', 3],
    ]);
    expect(await ask('process_resident_memory_bytes > 0')).toHaveLength(1);
  } finally {
    prometheus.kill('SIGKILL');
    await prometheus;
  }
});
