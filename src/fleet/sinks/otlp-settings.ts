import { readFileSync } from 'node:fs';
import { messageOf, usageError } from '../../errors.ts';
import { type FleetAccess, requirePair } from '../access.ts';

/** What an exporter of OTLP over HTTP is set to. */
export interface OtlpSettings {
  readonly url: URL;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly tls: OtlpTls;
}

/** PEM; what is undefined is not used. */
export interface OtlpTls {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the standard environment variables (OpenTelemetry specification, "OTLP Exporter Configuration"): those for logs
 * before those for all signals. What the command line says comes first.
 *
 * @param to `otlp+http://host:4318`, `otlp+https://…`, or `otlp` where the environment says where
 * @param options --tls-ca, --tls-cert and --tls-key
 * @throws NstraceError (2) that says which value is wrong
 */
export const otlpSettings = (
  to: string,
  env: Environment,
  { tlsCa, tlsCert, tlsKey }: Pick<FleetAccess, 'tlsCa' | 'tlsCert' | 'tlsKey'> = {},
): OtlpSettings => {
  const read = (name: string): string | undefined =>
    env[`OTEL_EXPORTER_OTLP_LOGS_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`] || undefined;
  const protocol = read('PROTOCOL') ?? 'http/protobuf';
  if (protocol !== 'http/protobuf' && protocol !== 'http/json') {
    throw usageError(
      `OTLP over ${protocol} is not supported`,
      'OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf or http/json',
    );
  }
  const timeout = Number(read('TIMEOUT') ?? 10_000);
  if (!(timeout > 0)) {
    throw usageError('OTEL_EXPORTER_OTLP_TIMEOUT is not a number of milliseconds', 'for example 10000');
  }
  const compression = read('COMPRESSION') ?? 'gzip';
  if (compression !== 'gzip' && compression !== 'none') {
    throw usageError(`OTLP with ${compression} is not supported`, 'OTEL_EXPORTER_OTLP_COMPRESSION is gzip or none');
  }
  requirePair(tlsCert ?? read('CLIENT_CERTIFICATE'), tlsKey ?? read('CLIENT_KEY'));
  return {
    url: endpoint(to, env),
    protocol,
    headers: parseHeaders(read('HEADERS') ?? ''),
    timeoutMs: timeout,
    gzip: compression === 'gzip',
    tls: {
      ca: readPem(tlsCa ?? read('CERTIFICATE')),
      cert: readPem(tlsCert ?? read('CLIENT_CERTIFICATE')),
      key: readPem(tlsKey ?? read('CLIENT_KEY')),
    },
  };
};

const path = 'v1/logs';

const endpoint = (to: string, env: Environment): URL => {
  const isPlain = to === 'otlp';
  const ofLogs = isPlain ? env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT : undefined;
  const base = isPlain ? env.OTEL_EXPORTER_OTLP_ENDPOINT || 'http://localhost:4318' : to.slice('otlp+'.length);
  const text = ofLogs || base;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageError(`${JSON.stringify(text)} is not a place for OTLP`, 'for example --to otlp+http://127.0.0.1:4318');
  }
  // Only the variable for logs is taken as it is (specification, "Endpoint URLs for OTLP/HTTP").
  if (!ofLogs && !url.pathname.endsWith(`/${path}`)) {
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  }
  return url;
};

/** `key=value,key2=value2`, with values as in URLs (W3C Baggage). */
const parseHeaders = (text: string): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 1 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      throw usageError('OTEL_EXPORTER_OTLP_HEADERS is not KEY=VALUE,KEY=VALUE', 'for example api-key=1234');
    }
    headers[name.toLowerCase()] = decode(pair.slice(at + 1).trim());
  }
  return headers;
};

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

const readPem = (file: string | undefined): Buffer | undefined => {
  try {
    return file === undefined ? undefined : readFileSync(file);
  } catch (error) {
    throw usageError(
      `cannot read ${file}: ${messageOf(error)}`,
      '--tls-… and OTEL_EXPORTER_OTLP_…CERTIFICATE and _KEY name PEM files',
    );
  }
};
