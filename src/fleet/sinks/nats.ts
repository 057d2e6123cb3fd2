import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { Authenticator, ConnectionOptions, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import { messageOf, systemError } from '../../errors.ts';
import { loadLibrary } from '../../library.ts';
import type { Batch } from '../spool/batch.ts';
import { RetryLater, type Sink } from './sink.ts';

/** How an agent, or who reads from it, comes to NATS. */
export interface NatsAccess {
  /** nats://host:4222 or tls://host:4222, several separated by commas. */
  readonly servers: readonly string[];
  readonly creds: string | undefined;
  readonly nkey: string | undefined;
  readonly tlsCa: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}

const load = async () => {
  const [transport, jetstream] = await Promise.all([
    loadLibrary<typeof import('@nats-io/transport-node')>('@nats-io/transport-node', 'NATS'),
    loadLibrary<typeof import('@nats-io/jetstream')>('@nats-io/jetstream', 'NATS'),
  ]);
  return { ...transport, ...jetstream };
};

/**
 * @throws NstraceError (3) if the library is not installed or a file of credentials cannot be read; what NATS says if it
 *   cannot be reached
 */
export const connectNats = async (access: NatsAccess, options: Partial<ConnectionOptions> = {}) => {
  const nats = await load();
  const { servers, creds, nkey, tlsCa, tlsCert, tlsKey } = access;
  // Files are read again at each connection: credentials and certificates are renewed.
  for (const file of [creds, nkey, tlsCa, tlsCert, tlsKey]) {
    readSecret(file);
  }
  const authenticator =
    creds !== undefined
      ? nats.credsAuthenticator(() => readSecret(creds))
      : nkey !== undefined
        ? nats.nkeyAuthenticator(() => readSeed(nkey))
        : undefined;
  requireCredentials(authenticator, creds ?? nkey);
  const tls = {
    ...(tlsCa === undefined ? {} : { caFile: tlsCa }),
    ...(tlsCert === undefined ? {} : { certFile: tlsCert }),
    ...(tlsKey === undefined ? {} : { keyFile: tlsKey }),
  };
  const wantsTls = Object.keys(tls).length > 0 || servers.some((server) => server.startsWith('tls:'));
  const places = servers.map((server) => server.replace(/^\w+:\/\//, '').replace(/\/.*$/, ''));
  const connection = await nats.connect({
    servers: places,
    name: 'nstrace',
    timeout: connectMs,
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(wantsTls ? { tls: { ...tls, checkServerIdentity: identityCheck(places) } as TlsOptions } : {}),
    ...options,
  });
  return { nats, connection };
};

/**
 * Whether a certificate is that of a server. The transport does not say to which address it connects where that is no name
 * (@nats-io/transport-node 3.3.1), and Node then takes the name to be localhost: the certificate has to be for an address
 * that was named.
 */
const identityCheck = (places: readonly string[]) => {
  const hosts = places.map((place) => place.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    const names = host === 'localhost' && !hosts.includes(host) && addresses.length > 0 ? addresses : [host];
    const faults = names.map((name) => checkServerIdentity(name, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
};

const readSecret = (path: string | undefined): Uint8Array => {
  try {
    return path === undefined ? new Uint8Array() : readFileSync(path);
  } catch (error) {
    throw systemError(`cannot read ${path}: ${messageOf(error)}`, 'name a file that root can read');
  }
};

const readSeed = (path: string): Uint8Array => Buffer.from(Buffer.from(readSecret(path)).toString('latin1').trim());

/** What can never work is reported at once. @throws NstraceError (3) */
const requireCredentials = (authenticator: Authenticator | undefined, path = ''): void => {
  try {
    authenticator?.('nonce');
  } catch (error) {
    throw systemError(
      `${path} holds no credentials of NATS: ${messageOf(error)}`,
      '--creds takes a .creds file as nsc writes it, --nkey a file with a seed (SU…)',
    );
  }
};

/** A token of a subject (docs.nats.io, "Subject-based messaging"): dots part tokens, `*` and `>` are wildcards. */
export const subjectToken = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_') || '_';

export interface NatsSinkOptions {
  /** See `Sink`. */
  readonly name: string;
  readonly access: NatsAccess;
  readonly cluster: string;
  readonly host: string;
}

/** How long a server is waited for, and an acknowledgement. */
const connectMs = 5000;
const ackMs = 5000;
/** A longer one is only in the records. */
const maxHeaderLength = 8192;
/** As long as any record. */
const maxHeaderBytes = 64 * 1024;

/** Headers of a message. The payload is NDJSON, compressed with brotli. */
export const natsHeaders = {
  host: 'Nstrace-Host',
  cluster: 'Nstrace-Cluster',
  recording: 'Nstrace-Recording',
  seq: 'Nstrace-Seq',
  encoding: 'Content-Encoding',
  /** When it was sent by the host's clock, in ms since 1970, and how many ms the message before took there and back. */
  clock: 'Nstrace-Clock',
  /** The header of the recording, for who comes in later: its line, compressed with brotli, as base64. */
  header: 'Nstrace-Header',
} as const;

/**
 * JetStream: a message a batch under `nstrace.<cluster>.<host>`. `Nats-Msg-Id` is the recording and the first number of the
 * batch, so that one that is sent twice is stored once.
 */
export class NatsSink implements Sink {
  readonly name: string;
  readonly target: string;
  readonly #options: NatsSinkOptions;
  readonly #subject: string;
  /** The last one, packed: most batches have the same. */
  #header: { readonly line: string; readonly packed: string } | undefined;
  /** Of the message before. */
  #roundTripMs: number | undefined;
  #open: { nats: Awaited<ReturnType<typeof load>>; connection: NatsConnection; stream: JetStreamClient } | undefined;

  constructor(options: NatsSinkOptions) {
    this.#options = options;
    this.name = options.name;
    this.target = options.access.servers.join(',');
    this.#subject = `nstrace.${subjectToken(options.cluster)}.${subjectToken(options.host)}`;
  }

  async send(batch: Batch): Promise<number> {
    const { nats, stream } = await this.#connected();
    const headers = nats.headers();
    headers.set(natsHeaders.host, this.#options.host);
    headers.set(natsHeaders.cluster, this.#options.cluster);
    headers.set(natsHeaders.recording, batch.recording);
    headers.set(natsHeaders.seq, `${batch.firstSeq}-${batch.lastSeq}`);
    headers.set(natsHeaders.encoding, 'br');
    if (this.#header?.line !== batch.header) {
      this.#header = { line: batch.header, packed: packHeader(batch.header) };
    }
    if (this.#header.packed.length <= maxHeaderLength) {
      headers.set(natsHeaders.header, this.#header.packed);
    }
    const payload = compress(batch.text);
    const sent = performance.now();
    if (this.#roundTripMs !== undefined) {
      headers.set(natsHeaders.clock, `${Date.now()} ${Math.ceil(this.#roundTripMs)}`);
    }
    try {
      await stream.publish(this.#subject, payload, {
        headers,
        msgID: `${batch.recording}:${batch.firstSeq}`,
        timeout: ackMs,
      });
      this.#roundTripMs = performance.now() - sent;
      return 0;
    } catch (error) {
      throw new RetryLater(explain(error));
    }
  }

  async close(): Promise<void> {
    await this.#open?.connection.close();
  }

  /** Once connected it connects again by itself. */
  async #connected() {
    if (this.#open === undefined || this.#open.connection.isClosed()) {
      try {
        const { nats, connection } = await connectNats(this.#options.access, {
          maxReconnectAttempts: -1,
        });
        this.#open = { nats, connection, stream: nats.jetstream(connection) };
        this.#roundTripMs = await connection.rtt();
      } catch (error) {
        if (error instanceof Error && error.name === 'NstraceError') {
          throw error;
        }
        throw new RetryLater(explain(error));
      }
    }
    return this.#open;
  }
}

/** Quality 1 is faster than gzip -1, and smaller (docs/fleet.md). */
const compress = (text: string): Buffer =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 20 } });

export const packHeader = (line: string): string =>
  brotliCompressSync(line, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).toString('base64');

/** @throws if it is damaged */
export const unpackHeader = (packed: string): string =>
  packed === ''
    ? ''
    : brotliDecompressSync(Buffer.from(packed, 'base64'), { maxOutputLength: maxHeaderBytes }).toString('utf8');

/** Nobody answers for the subject: no stream takes it, or JetStream is off. */
const isUnheard = (error: unknown): boolean =>
  error instanceof Error && ['NoRespondersError', 'JetStreamNotEnabled'].includes(error.name);

const explain = (error: unknown): string =>
  isUnheard(error)
    ? 'it has no stream for nstrace.> (nstrace agent setup makes one), or JetStream is off'
    : `it does not take records: ${messageOf(error) || (error as Error).name}`;
