import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listParts } from '../../src/fleet/spool/parts.ts';
import { readStream, setUpStream, streamName } from '../../src/fleet/stream/stream.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { agentProgram } from './setup.ts';
import { Cluster } from './support/cluster.ts';
import { explain, type Sum, sumUp } from './support/truth.ts';

const perSecond = 2000;
const spoolBytes = 4_000_000;
const stoppedMs = 20_000;
const killingMs = 45_000;
const downMs = 25_000;

const folder = mkdtempSync(join(tmpdir(), 'nstrace-cluster-'));
const spool = join(folder, 'spool');
const truth = join(folder, 'truth');
let cluster: Cluster;
const agents: ReturnType<typeof startAgent>[] = [];

beforeAll(async () => {
  mkdirSync(truth);
  cluster = await Cluster.start(folder, 3);
  await setUpStream(cluster.access, { replicas: 3, maxBytes: 1e9, maxAgeMs: 3_600_000 });
}, 60_000);
afterAll(async () => {
  for (const agent of agents) {
    agent.kill('SIGKILL');
  }
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

const startAgent = () =>
  execa(
    process.execPath,
    [agentProgram, spool, truth, cluster.url, 'host.test', String(perSecond), String(spoolBytes)],
    { reject: false, stdio: ['ignore', 'ignore', 'pipe'] },
  );

const run = () => {
  const agent = startAgent();
  agents.push(agent);
  return agent;
};

/** Kills the agent and starts it again, each time after a random while. @returns how many times */
const killFor = async (ms: number, meanMs: number): Promise<number> => {
  const end = Date.now() + ms;
  let kills = 0;
  while (Date.now() < end) {
    await sleep(200 + Math.random() * 2 * meanMs);
    agents.at(-1)!.kill('SIGKILL');
    await agents.at(-1);
    run();
    kills += 1;
  }
  return kills;
};

/** All that is stored. */
const readAll = async (): Promise<NstraceRecord[]> => {
  const records: NstraceRecord[] = [];
  const stream = readStream({
    ...{ access: cluster.access, cluster: undefined, since: undefined, until: undefined, follow: false },
    signal: new AbortController().signal,
    onDamage: (what) => expect.unreachable(what),
  });
  for await (const batch of stream) {
    records.push(...batch.records);
  }
  return records;
};

/** What an agent makes of parts until it looks again which of them may go. */
const usualParts = 10;

/** Until the spool has no more than usual. */
const drained = async (): Promise<void> => {
  for (let tries = 0; listParts(spool).length > usualParts; tries += 1) {
    if (tries > 300) {
      throw new Error(`the spool still has ${listParts(spool).length} parts`);
    }
    await sleep(200);
  }
};

describe('an agent and three servers of NATS', () => {
  it('loses nothing that is not counted, whoever is killed', { timeout: 240_000 }, async () => {
    run();
    await sleep(4000);
    const leader = await cluster.leader(streamName);
    await cluster.end(leader, 'SIGKILL');
    await sleep(6000);
    cluster.start(leader);
    await sleep(2000);

    const stopped = await cluster.leader(streamName);
    cluster.signal(stopped, 'SIGSTOP');
    await sleep(stoppedMs);
    cluster.signal(stopped, 'SIGCONT');

    let kills = await killFor(killingMs, 600);

    await Promise.all([0, 1, 2].map((index) => cluster.end(index)));
    kills += await killFor(downMs, 2000);
    cluster.startAll();
    await cluster.ready();
    await drained();

    const agent = agents.at(-1)!;
    agent.kill('SIGTERM');
    expect(await agent).toMatchObject({ exitCode: 0 });
    const records = await readAll();
    const sum = sumUp(truth, records);
    show({ ...sum, kills, recordings: new Set(records.map(({ recording }) => recording)).size });
    if (sum.lost !== sum.missing) {
      process.stderr.write(`${explain(truth, records)}\n`);
    }
    expect(sum).toMatchObject({ twice: 0, strange: 0, lost: sum.missing });
    // Each of these did happen.
    expect(kills).toBeGreaterThan(10);
    expect(sum.lost).toBeGreaterThan(0);
    expect(sum.arrived).toBeGreaterThan(perSecond);
  });
});

const show = (table: Sum & Record<string, number>): void => {
  const rows = Object.entries(table).map(([name, value]) => `  ${name.padEnd(12)} ${String(value).padStart(9)}`);
  process.stdout.write(
    `\nleader killed, one server stopped ${stoppedMs / 1000} s, all down ${downMs / 1000} s:\n${rows.join('\n')}\n`,
  );
};
