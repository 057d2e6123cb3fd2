import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { outgoingLine } from '../../src/fleet/agent/agent.ts';
import { OtlpSink } from '../../src/fleet/sinks/otlp.ts';
import { otlpSettings } from '../../src/fleet/sinks/otlp-settings.ts';
import { Shipper } from '../../src/fleet/sinks/shipper.ts';
import { Cursor } from '../../src/fleet/spool/cursor.ts';
import { exec, footer, header, inContainer } from '../fixtures/records.ts';
import { freePorts } from './support/cluster.ts';

const roots = process.env.NSTRACE_TEST_ROOTS ?? '/var/tmp/nstrace-roots';
const program = join(roots, 'otelcol');
const folder = mkdtempSync(join(tmpdir(), 'nstrace-collector-'));
const output = join(folder, 'output');
const count = 5000;

/** Built once, from Debian's packages. */
beforeAll(async () => {
  if (!existsSync(program)) {
    process.stderr.write('building the OpenTelemetry Collector of Debian sid, which takes some minutes\n');
    await execa(join(import.meta.dirname, 'collector/build.sh'), [program]);
  }
}, 1_800_000);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (port: number) => {
  const config = join(folder, 'collector.yaml');
  writeFileSync(
    config,
    `receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { debug: { verbosity: detailed, use_internal_logger: false } }
service:
  telemetry: { metrics: { level: none }, logs: { level: warn } }
  pipelines: { logs: { receivers: [otlp], exporters: [debug] } }
`,
  );
  return execa(program, ['--config', config], {
    ...{ reject: false, stdin: 'ignore', stderr: 'ignore', buffer: false },
    stdout: { file: output, append: true },
  });
};

let collector: ReturnType<typeof run> | undefined;
afterEach(async () => {
  collector?.kill('SIGKILL');
  await collector;
  rmSync(output, { force: true });
});

/** A spool with secrets, bytes that are no text, and integers that a number cannot hold. */
const fill = (spool: string): void => {
  const records = [
    header(),
    ...Array.from({ length: count }, (_, index) =>
      exec({ ...inContainer, args: ['tool', `--password=secret-${index}`, '\ufffd\u0001"'], mono: '9007199254740993' }),
    ),
    footer(),
  ];
  const text = records.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join('');
  mkdirSync(spool, { recursive: true });
  writeFileSync(join(spool, 'a.000001.ndjson'), text);
};

const text = (): string => (existsSync(output) ? readFileSync(output, 'utf8') : '');
const uids = (): string[] => [...text().matchAll(/log\.record\.uid: Str\((.*)\)/g)].map(([, uid = '']) => uid);
const wanted = Array.from({ length: count + 2 }, (_, index) => `${header().recording}:${index + 1}`);

describe.each(['http/protobuf', 'http/json'])('a real OpenTelemetry Collector, over %s', (protocol) => {
  const shipper = (spool: string, port: number) =>
    new Shipper({
      folder: spool,
      sink: new OtlpSink(
        'otlp',
        otlpSettings(`otlp+http://127.0.0.1:${port}`, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol }),
        'prod',
      ),
      cursor: new Cursor(spool, 'otlp'),
      outgoing: outgoingLine(true),
      onNotice: () => {},
    });

  it('takes every record, masked, once', async () => {
    const spool = join(folder, `whole-${protocol.slice(5)}`);
    fill(spool);
    const [port = 0] = await freePorts(1);
    collector = run(port);
    const one = shipper(spool, port);
    await one.finish(one.run(), 60_000);
    expect(one.shipped).toMatchObject({ records: count + 2, refused: 0 });
    await vi.waitFor(() => expect(uids().length).toBe(count + 2), { timeout: 20_000 });
    expect(uids()).toEqual(wanted);
    const said = text();
    expect(said.includes('secret-')).toBe(false);
    const lines = [
      'EventName: nstrace.process.exec',
      `process.command_args: Slice(${JSON.stringify(['tool', '--password=*****', '\ufffd\u0001"'])})`,
      'nstrace.mono: Str(9007199254740993)',
      'nstrace.cluster: Str(prod)',
      `host.name: Str(${header().host.name})`,
      `container.id: Str(${inContainer.container?.id})`,
      'SeverityText: INFO',
    ];
    expect(lines.filter((line) => !said.includes(line))).toEqual([]);
  });

  it('has every record at least once, also when it is killed', async () => {
    const spool = join(folder, `killed-${protocol.slice(5)}`);
    fill(spool);
    const [port = 0] = await freePorts(1);
    collector = run(port);
    const one = shipper(spool, port);
    const finished = one.finish(one.run(), 60_000);
    for (let kills = 0; kills < 3; kills += 1) {
      await sleep(200 + Math.random() * 300);
      collector.kill('SIGKILL');
      await collector;
      collector = run(port);
    }
    await finished;
    expect(one.shipped).toMatchObject({ records: count + 2, refused: 0 });
    await vi.waitFor(() => expect(new Set(uids())).toEqual(new Set(wanted)), { timeout: 20_000 });
  });
});
