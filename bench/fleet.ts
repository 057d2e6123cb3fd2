import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outgoingLine } from '../src/fleet/agent/agent.ts';
import { NatsSink } from '../src/fleet/sinks/nats.ts';
import { Shipper } from '../src/fleet/sinks/shipper.ts';
import { Cursor } from '../src/fleet/spool/cursor.ts';
import { readStream, setUpStream } from '../src/fleet/stream/stream.ts';
import type { NstraceRecord } from '../src/record/schema.ts';
import { exec, exit, fork, header, inContainer } from '../test/fixtures/records.ts';
import { Cluster } from '../test/fleet-cluster/support/cluster.ts';
import { measureManyHosts } from './many-hosts.ts';

const processes = 40_000;

/** What one agent ships to JetStream, from a spool that is full: on one server, and on three of which each has a copy. */
export const measureShipping = async (): Promise<void> => {
  const lines = makeSpoolLines();
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
  console.log(`fleet: ${lines.length} records, ${Math.round(bytes / lines.length)} bytes a record`);
  for (const servers of [1, 3] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
    const cluster = await Cluster.start(folder, servers);
    try {
      await setUpStream(cluster.access, { replicas: servers, maxBytes: 1e9, maxAgeMs: 3_600_000 });
      const { seconds, cpuSeconds, records } = await shipAll(folder, cluster, lines);
      const { bytes: stored, messages } = await cluster.stored();
      console.log(
        `fleet: R${servers}: ${Math.round(records / cpuSeconds)} records a second of CPU time, ${Math.round(records / seconds)} by the clock; ` +
          `${messages} messages, ${(stored / records).toFixed(1)} bytes a record in the stream`,
      );
      const read = await readAll(cluster);
      console.log(
        `fleet: R${servers}: read and merged again: ${Math.round(records / read)} records a second of CPU time`,
      );
    } finally {
      await cluster.stop();
      rmSync(folder, { recursive: true });
    }
  }
};

const shipAll = async (folder: string, cluster: Cluster, lines: readonly string[]) => {
  const spool = mkdtempSync(join(folder, 'spool-'));
  const perPart = 40_000;
  for (let from = 0, part = 1; from < lines.length; from += perPart, part += 1) {
    const text = lines.slice(from, from + perPart).join('\n');
    writeFileSync(join(spool, `bench.${String(part).padStart(6, '0')}.ndjson`), `${text}\n`);
  }
  const shipper = new Shipper({
    folder: spool,
    sink: new NatsSink({ name: 'nats', access: cluster.access, cluster: 'bench', host: 'bench' }),
    cursor: new Cursor(spool, 'nats'),
    outgoing: outgoingLine(true),
    onNotice: (text) => console.log(`fleet: ${text}`),
  });
  const began = performance.now();
  const before = process.cpuUsage();
  await shipper.finish(shipper.run(), 120_000);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, cpuSeconds: (user + system) / 1e6, records: shipper.shipped.records };
};

/** @returns seconds of CPU time */
const readAll = async (cluster: Cluster): Promise<number> => {
  const before = process.cpuUsage();
  const stream = readStream({
    ...{ access: cluster.access, cluster: undefined, since: undefined, until: undefined, follow: false },
    signal: new AbortController().signal,
    onDamage: (what) => console.log(`fleet: ${what}`),
  });
  for await (const _ of stream) {
    // The records are what costs.
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

/** What 50 hosts cost that ship at once. */
export const measureHosts = (): Promise<void> => measureManyHosts(makeSpoolLines());

/** A fork, an exec and an exit of each process, with the fields that nstrace writes. */
const makeSpoolLines = (): string[] => {
  const records: NstraceRecord[] = [header()];
  for (let index = 0; index < processes; index += 1) {
    const pid = 1000 + ((index * 7) % 30_000);
    const moment = {
      time: `2026-01-02T03:04:05.${String(100_000_000 + index * 7919).slice(-9)}Z`,
      mono: String(1_000_000_000 + index * 7919),
    };
    const place = index % 2 === 0 ? { ...inContainer, pid, nspid: [pid, index % 500] } : { pid, nspid: [pid] };
    const args = ['/usr/bin/some-tool', '--input', `/srv/data/file-${index % 977}`, '--level', String(index % 9)];
    records.push(
      fork({ ...moment, ...place }),
      exec({ ...moment, ...place, args, exe: '/usr/bin/some-tool', comm: 'some-tool' }),
      exit({ ...moment, ...place, comm: 'some-tool', duration_ns: 1_000_000 + index * 31 }),
    );
  }
  return records.map((record, index) => JSON.stringify({ ...record, seq: index + 1 }));
};
