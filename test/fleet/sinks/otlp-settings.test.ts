import { describe, expect, it } from 'vitest';
import { otlpSettings } from '../../../src/fleet/sinks/otlp-settings.ts';

describe('otlpSettings', () => {
  it('takes the place from --to, and adds the path for logs', () => {
    expect(otlpSettings('otlp+http://h:4318', {}).url.href).toBe('http://h:4318/v1/logs');
    expect(otlpSettings('otlp+https://h/base/', {}).url.href).toBe('https://h/base/v1/logs');
    expect(otlpSettings('otlp+http://h/v1/logs', {}).url.href).toBe('http://h/v1/logs');
  });

  it('takes it from the environment where --to names none', () => {
    expect(otlpSettings('otlp', {}).url.href).toBe('http://localhost:4318/v1/logs');
    expect(otlpSettings('otlp', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1' }).url.href).toBe('http://a:1/v1/logs');
    const both = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://b:2/x' };
    expect(otlpSettings('otlp', both).url.href).toBe('http://b:2/x');
  });

  it('reads headers, timeout, compression and protocol; those for logs first', () => {
    const settings = otlpSettings('otlp+http://h', {
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b, X-Other = c ',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '700',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    expect(settings).toMatchObject({ timeoutMs: 700, gzip: false, protocol: 'http/json' });
    expect(settings.headers).toEqual({ 'api-key': 'a b', 'x-other': 'c' });
  });

  it.each([
    ['otlp+ftp://h', {}],
    ['otlp+nothing', {}],
    ['otlp', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
    ['otlp', { OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' }],
    ['otlp', { OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }],
    ['otlp', { OTEL_EXPORTER_OTLP_HEADERS: 'no value' }],
    ['otlp', { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file' }],
  ])('refuses %s with %j', (to, env) => {
    expect(() => otlpSettings(to, env)).toThrow(expect.objectContaining({ status: 2 }));
  });
});
