import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outgoingLine } from '../src/fleet/agent/agent.ts';
import { NatsSink } from '../src/fleet/sinks/nats.ts';
import { Shipper } from '../src/fleet/sinks/shipper.ts';
import { Cursor } from '../src/fleet/spool/cursor.ts';
import { setUpStream } from '../src/fleet/stream/stream.ts';
import { parseStat } from '../src/procfs/stat.ts';
import { Cluster } from '../test/fleet-cluster/support/cluster.ts';

const hosts = 50;

/**
 * What many hosts cost at once, in three servers: 50 shippers, each with a connection and a spool of its own.
 *
 * @param lines a recording, which every host ships
 */
export const measureManyHosts = async (lines: readonly string[]): Promise<void> => {
  // As they are when a spool is full, and at 25 execs a second and host, sent twice a second.
  for (const perMessage of [1000, 75]) {
    const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
    const cluster = await Cluster.start(folder, 3);
    try {
      await setUpStream(cluster.access, { replicas: 3, maxBytes: 4e9, maxAgeMs: 3_600_000 });
      const recordsOfHost = perMessage * 20;
      const shippers = Array.from({ length: hosts }, (_, host) =>
        makeShipper(folder, cluster, host, lines.slice(0, recordsOfHost), perMessage),
      );
      const servers = cluster.pids;
      const [serversBefore, ownBefore, began] = [cpuOf(servers), process.cpuUsage(), performance.now()];
      await Promise.all(shippers.map((shipper) => shipper.finish(shipper.run(), 200_000)));
      const seconds = (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(ownBefore);
      const records = shippers.reduce((sum, { shipped }) => sum + shipped.records, 0);
      const messages = shippers.reduce((sum, { shipped }) => sum + shipped.batches, 0);
      const serverSeconds = cpuOf(servers) - serversBefore;
      console.log(
        `fleet: ${hosts} hosts, ${perMessage} records a message: ${records} records in ${seconds.toFixed(1)} s; ` +
          `hosts ${Math.round(records / ((user + system) / 1e6))} records a second of CPU time, ` +
          `three servers ${Math.round(records / serverSeconds)}, ${((serverSeconds / messages) * 1000).toFixed(2)} ms of CPU a message`,
      );
    } finally {
      await cluster.stop();
      rmSync(folder, { recursive: true });
    }
  }
};

const makeShipper = (folder: string, cluster: Cluster, host: number, lines: readonly string[], perMessage: number) => {
  const spool = mkdtempSync(join(folder, 'spool-'));
  const [first = '', ...rest] = lines;
  const header = first.replace('"recording":"', `"recording":"${host}-`);
  let seq = 0;
  const numbered = (line: string): string =>
    line.replace(/"seq":\d+/, () => {
      seq += 1;
      return `"seq":${seq}`;
    });
  // A batch is from one part.
  for (let from = 0, part = 1; from < rest.length; from += perMessage - 1, part += 1) {
    const own = [header, ...rest.slice(from, from + perMessage - 1)].map(numbered);
    writeFileSync(join(spool, `bench.${String(part).padStart(6, '0')}.ndjson`), `${own.join('\n')}\n`);
  }
  return new Shipper({
    folder: spool,
    sink: new NatsSink({ name: 'nats', access: cluster.access, cluster: 'bench', host: `host-${host}` }),
    cursor: new Cursor(spool, 'nats'),
    outgoing: outgoingLine(true),
    onNotice: (text) => console.log(`fleet: ${text}`),
  });
};

const ticksPerSecond = 100;

/** Seconds of CPU time. */
const cpuOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.cpuTicks ?? 0), 0) /
  ticksPerSecond;
