import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OtlpSink } from '../../../src/fleet/sinks/otlp.ts';
import { otlpSettings } from '../../../src/fleet/sinks/otlp-settings.ts';
import type { Batch } from '../../../src/fleet/spool/batch.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { exec, exit, header, inContainer, lost } from '../../fixtures/records.ts';
import { Receiver } from '../support/receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.stop());

const batchOf = (records: readonly NstraceRecord[]): Batch => ({
  ...{ recording: 'r', firstSeq: 1, lastSeq: records.length, records: records.length },
  text: records.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join(''),
  header: JSON.stringify({ ...header(), seq: 1 }),
});

const sinkFor = (protocol: string, more: Record<string, string> = {}): OtlpSink =>
  new OtlpSink(
    'otlp',
    otlpSettings(`otlp+${receiver.url}`, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, ...more }),
    'prod',
  );

describe.each(['http/protobuf', 'http/json'])('OTLP over %s', (protocol) => {
  it('sends records as the specification wants them', async () => {
    const sink = sinkFor(protocol, { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k' });
    const records = [header(), exec({ ...inContainer, args: ['a', 'b c'] }), exit({ code: 3 }), lost({ count: 5 })];
    expect(await sink.send(batchOf(records))).toBe(0);
    expect(receiver.faults).toEqual([]);
    expect(receiver.headers[0]).toMatchObject({ 'api-key': 'k', 'content-encoding': 'gzip' });
    expect(receiver.logs.map(({ eventName }) => eventName)).toEqual([
      'nstrace.header',
      'nstrace.process.exec',
      'nstrace.process.exit',
      'nstrace.lost',
    ]);
    const [, executed] = receiver.logs;
    expect(executed?.attributes).toMatchObject({
      'process.command_args': ['a', 'b c'],
      'log.record.uid': `${header().recording}:2`,
    });
    expect(executed?.resource).toMatchObject({
      ...{ 'service.name': 'nstrace', 'host.name': header().host.name, 'nstrace.cluster': 'prod' },
    });
    await sink.close();
  });

  it('sends a large batch in requests that a collector takes', async () => {
    const sink = sinkFor(protocol);
    const records = [header(), ...Array.from({ length: 999 }, () => exec({ args: ['x'.repeat(2000)] }))];
    expect(await sink.send(batchOf(records))).toBe(0);
    expect(receiver.faults).toEqual([]);
    expect(receiver.logs).toHaveLength(1000);
    expect(receiver.headers.length).toBeGreaterThan(1);
    await sink.close();
  });

  it('counts what is rejected, and what is refused for good', async () => {
    const sink = sinkFor(protocol);
    receiver.answers = [{ status: 200, rejected: 2 }, { status: 400 }];
    expect(await sink.send(batchOf([header(), exec(), exec()]))).toBe(2);
    expect(await sink.send(batchOf([header(), exec(), exec()]))).toBe(3);
    await sink.close();
  });

  it.each(['OK', '<html>', '{', '\u0000', '\n\u0005ab', '{"partialSuccess":{"rejectedLogRecords":"-5"}}'])(
    'takes an answer that it does not understand for yes: %j',
    async (body) => {
      const sink = sinkFor(protocol);
      receiver.answers = [{ status: 200, body }];
      expect(await sink.send(batchOf([header(), exec(), exec()]))).toBe(0);
      expect(receiver.logs).toHaveLength(3);
      await sink.close();
    },
  );

  it('asks to be tried again, and then does not send what was stored', async () => {
    const sink = sinkFor(protocol);
    const batch = batchOf([header(), ...Array.from({ length: 999 }, () => exec())]);
    receiver.answers = [{ status: 200 }, { status: 503, headers: { 'retry-after': '3' } }];
    await expect(sink.send(batch)).rejects.toMatchObject({ name: 'RetryLater', afterMs: 3000 });
    expect(await sink.send(batch)).toBe(0);
    expect(receiver.logs.map(({ attributes }) => attributes['log.record.uid'])).toEqual(
      Array.from({ length: 1000 }, (_, index) => `${header().recording}:${index + 1}`),
    );
    await sink.close();
  });

  it('leaves out what a part repeats', async () => {
    const sink = sinkFor(protocol);
    await sink.send(
      batchOf([header(), { ...exec(), type: 'process', carried: true, started: exec().time } as never, exec()]),
    );
    expect(receiver.logs.map(({ eventName }) => eventName)).toEqual(['nstrace.header', 'nstrace.process.exec']);
    await sink.close();
  });
});
