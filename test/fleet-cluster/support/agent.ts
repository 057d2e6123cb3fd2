import { linkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Agent } from '../../../src/fleet/agent/agent.ts';
import { AgentOutput } from '../../../src/fleet/agent/output.ts';
import { NatsSink } from '../../../src/fleet/sinks/nats.ts';
import { openFolder } from '../../../src/fleet/spool/folder.ts';
import { spoolPath } from '../../../src/fleet/spool/name.ts';
import { partBytes } from '../../../src/fleet/spool/spool.ts';
import { PartsOutput } from '../../../src/output/parts.ts';
import { openRecording } from '../../../src/recording/write/file.ts';
import { FileSink } from '../../../src/recording/write/sinks/file.ts';
import type { Session } from '../../../src/session/session.ts';
import { exit, header } from '../../fixtures/records.ts';

/**
 * An agent with all its parts but bpftrace: it makes up events. `agent.js FOLDER TRUTH SERVERS HOST PER_SECOND SPOOL_BYTES
 * [AHEAD_MS]`, the last one being what the clock of its host is wrong by.
 */
const [folder = '', truth = '', servers = '', host = '', perSecond = '', spoolBytes = '', aheadMs = '0'] =
  process.argv.slice(2);

const now = Date.now;
Date.now = () => now() + Number(aheadMs);

/** As the probes do. */
const beatMs = 100;

const fail = (error: Error): never => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
};

openFolder(folder);
const access = { servers: servers.split(','), creds: undefined, nkey: undefined, tlsCa: undefined, tlsCert: undefined };
const agent = new Agent({
  ...{ folder, limitBytes: Number(spoolBytes), perSecond: undefined, redact: true, hostName: host },
  sinks: [new NatsSink({ name: 'nats', access: { ...access, tlsKey: undefined }, cluster: 'test', host })],
  onNotice: (text) => process.stderr.write(`${text}\n`),
  onFailure: fail,
});
const parts = new PartsOutput({
  path: spoolPath(folder, new Date()),
  ...{ maxBytes: partBytes(Number(spoolBytes)), maxMs: undefined, keep: undefined, change: undefined },
  wants: () => true,
  open: (path) => {
    const descriptor = openRecording(path, { force: false });
    // What the spool drops is still there under this name.
    linkSync(path, join(truth, `${basename(path)}`));
    return new FileSink(descriptor, fail);
  },
  onNotice: () => {},
});
const output = new AgentOutput(agent, parts);
agent.start();

const moment = (): { time: string; mono: string } => ({
  time: `${new Date(Date.now()).toISOString().slice(0, -1)}000000Z`,
  mono: String(process.hrtime.bigint()),
});
const count = { made: 0, delivered: 0, lost: 0 };

const recording = `${host}-${process.hrtime.bigint()}`;
output.record(header({ ...moment(), recording }));
let began = performance.now();
const beat = (): void => {
  const wanted = ((performance.now() - began) / 1000) * Number(perSecond);
  began = performance.now();
  for (let index = 0; index < wanted; index += 1) {
    output.record(exit({ ...moment(), pid: 2 }));
  }
  parts.session = { now: moment(), count } as Session;
  output.flush(parts.session.now.mono);
};
const timer = setInterval(beat, beatMs);

process.on('SIGTERM', async () => {
  clearInterval(timer);
  await output.end(moment(), 'terminated', count);
  process.exit(0);
});
