import { usageError } from '../errors.ts';
import { otlpSettings } from './otlp-settings.ts';
import type { Sink } from './sink.ts';
import type { NatsAccess } from './sinks/nats.ts';

/** What the options say about a fleet. */
export interface FleetAccess {
  readonly creds?: string;
  readonly nkey?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export interface DestinationOptions extends FleetAccess {
  readonly cluster: string;
  readonly host: string;
}

const advice = '--to takes nats://HOST:4222, tls://HOST:4222, otlp+http://HOST:4318, otlp+https://…, otlp, or stdout';

/**
 * A sink for what --to says. Each is loaded when it is used.
 *
 * @throws NstraceError (2) where it is none
 */
export const makeSink = async (to: string, options: DestinationOptions): Promise<Sink> => {
  refusePassword(to);
  if (to === 'stdout') {
    return new (await import('./sinks/stdout.ts')).StdoutSink();
  }
  if (/^(nats|tls):\/\//.test(to)) {
    const { NatsSink } = await import('./sinks/nats.ts');
    return new NatsSink({ access: natsAccess(to, options), cluster: options.cluster, host: options.host });
  }
  if (to === 'otlp' || to.startsWith('otlp+')) {
    const { OtlpSink } = await import('./sinks/otlp.ts');
    return new OtlpSink(otlpSettings(to, process.env));
  }
  throw usageError(`${JSON.stringify(to)} is no place to ship to`, advice);
};

/** @throws NstraceError (2) where it is not NATS */
export const natsAccess = (url: string, { creds, nkey, tlsCa, tlsCert, tlsKey }: FleetAccess): NatsAccess => {
  refusePassword(url);
  const servers = url
    .split(',')
    .map((part, index) => (index === 0 ? part : part.includes('://') ? part : `nats://${part}`));
  for (const server of servers) {
    if (!/^(nats|tls):\/\/[^/\s]+\/?$/.test(server)) {
      throw usageError(`${JSON.stringify(server)} is not a server of NATS`, 'for example nats://127.0.0.1:4222');
    }
  }
  if (creds !== undefined && nkey !== undefined) {
    throw usageError('--creds and --nkey are two ways for the same', 'leave one of them out');
  }
  return { servers, creds, nkey, tlsCa, tlsCert, tlsKey };
};

/** Arguments of a command can be read by every user of a host. */
const refusePassword = (url: string): void => {
  if (/^[a-z+]+:\/\/[^/?#]*@/i.test(url)) {
    throw usageError(
      'a URL with a user or a password can be read by every user of this host',
      'use --creds FILE, --nkey FILE, or OTEL_EXPORTER_OTLP_HEADERS',
    );
  }
};
