import { usageError } from '../errors.ts';
import type { NatsAccess } from './sinks/nats.ts';

/** What the options say about a fleet. */
export interface FleetAccess {
  readonly creds?: string;
  readonly nkey?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

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
  requirePair(tlsCert, tlsKey);
  return { servers, creds, nkey, tlsCa, tlsCert, tlsKey };
};

/** @throws NstraceError (2) for a certificate without its key, or the reverse */
export const requirePair = (tlsCert: string | undefined, tlsKey: string | undefined): void => {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw usageError('--tls-cert and --tls-key go together', 'the certificate of this host, and its key');
  }
};

/** Arguments of a command can be read by every user of a host. */
export const refusePassword = (url: string): void => {
  if (/^[a-z+]+:\/\/[^/?#]*@/i.test(url)) {
    throw usageError(
      'a URL with a user or a password can be read by every user of this host',
      'use --creds FILE, --nkey FILE, or OTEL_EXPORTER_OTLP_HEADERS',
    );
  }
};
