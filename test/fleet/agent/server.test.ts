import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress, portOf, serve } from '../../../src/fleet/agent/server.ts';
import type { AgentState } from '../../../src/fleet/agent/state.ts';

const state: AgentState = {
  ...{ events: { exec: 3, fork: 2 }, lost: { kernel: 1 }, containers: 2 },
  ...{ spoolBytes: 10, spoolLimitBytes: 100, spoolAgeSeconds: 1, silentMs: 100 },
  bpftrace: { restarts: 1, cpuSeconds: 2.5, residentBytes: 4096 },
  sinks: [
    {
      name: 'nats',
      target: 'h',
      records: 4,
      bytes: 400,
      retries: 1,
      refused: 0,
      lagBytes: 7,
      lagSeconds: 3,
      trouble: undefined,
    },
  ],
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const get = async (path: string, now: AgentState = state) => {
  server = await serve({ host: '127.0.0.1', port: 0 }, () => now);
  const response = await fetch(`http://127.0.0.1:${portOf(server)}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('the server of an agent', () => {
  it('serves metrics', async () => {
    const { status, type, text } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain; version=0.0.4');
    for (const line of [
      'nstrace_events_total{type="exec"} 3',
      'nstrace_lost_events_total{stage="kernel"} 1',
      'nstrace_spool_bytes 10',
      'nstrace_sink_records_total{sink="nats"} 4',
      'nstrace_sink_lag_bytes{sink="nats"} 7',
      'nstrace_sink_lag_seconds{sink="nats"} 3',
      'nstrace_bpftrace_restarts_total 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });

  it('is healthy while the heart of the probes beats', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get('/healthz', { ...state, silentMs: 5000 })).toMatchObject({ status: 503 });
  });

  it('is not ready where records are dropped', async () => {
    expect(await get('/readyz')).toMatchObject({ status: 200 });
    expect(await get('/readyz', { ...state, spoolBytes: 100 })).toMatchObject({
      status: 503,
      text: 'the spool is full: its oldest part is dropped\n',
    });
  });

  it('says what is there', async () => {
    expect(await get('/other')).toMatchObject({ status: 404 });
  });
});

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:9472', { host: '127.0.0.1', port: 9472 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('reads %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each(['9472', ':9472', 'host', 'host:99999', '::1:80', ''])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ status: 2 }));
  });
});
