import { describe, expect, it } from 'vitest';
import { natsAccess } from '../../../src/fleet/access.ts';
import { makeSink, sinkNames } from '../../../src/fleet/sinks/destination.ts';

describe('the names of sinks', () => {
  it.each([
    [
      ['nats://a:1,b:2', 'stdout', 'otlp+http://c:3'],
      ['nats', 'stdout', 'otlp'],
    ],
    [
      ['tls://a:1', 'nats://b:2'],
      ['nats-a_1', 'nats-b_2'],
    ],
    [
      ['otlp', 'otlp+https://c:3/x'],
      ['otlp-otlp', 'otlp-c_3_x'],
    ],
  ])('of %j are %j', (places, names) => {
    expect(sinkNames(places)).toEqual(names);
    expect(sinkNames([...places].reverse())).toEqual([...names].reverse());
  });

  it('are refused where two are the same', () => {
    for (const places of [
      ['stdout', 'stdout'],
      ['nats://a:1', 'nats://a:1'],
    ]) {
      expect(() => sinkNames(places)).toThrow(expect.objectContaining({ status: 2 }));
    }
  });
});

describe('places to ship to', () => {
  const options = { cluster: 'c', host: 'h', name: 'n' };
  it.each([['ftp://h'], ['nats://u:p@h:1'], ['otlp+http://u@h:1'], ['nats://h:1/path/x'], ['otlp+ftp://h']])(
    'are not %s',
    async (to) => {
      await expect(makeSink(to, options)).rejects.toMatchObject({ status: 2 });
    },
  );

  it('do not show a password that the environment gives', async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://user:secret@h:4318';
    const sink = await makeSink('otlp', options);
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    expect(sink.target).toBe('http://h:4318/v1/logs');
  });

  it('take a certificate with its key, and one kind of credentials', () => {
    for (const wrong of [{ tlsCert: 'x' }, { tlsKey: 'x' }, { creds: 'x', nkey: 'y' }]) {
      expect(() => natsAccess('nats://h:1', wrong)).toThrow(expect.objectContaining({ status: 2 }));
    }
  });
});
