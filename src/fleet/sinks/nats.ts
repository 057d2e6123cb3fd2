import { readFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { messageOf, systemError } from '../../errors.ts';
import { loadLibrary } from '../../library.ts';
import type { Batch } from '../batch.ts';
import { RetryLater, type Sink } from '../sink.ts';

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
  const authenticator =
    creds !== undefined
      ? nats.credsAuthenticator(readSecret(creds))
      : nkey !== undefined
        ? nats.nkeyAuthenticator(readSecret(nkey, true))
        : undefined;
  const tls = {
    ...(tlsCa === undefined ? {} : { caFile: tlsCa }),
    ...(tlsCert === undefined ? {} : { certFile: tlsCert }),
    ...(tlsKey === undefined ? {} : { keyFile: tlsKey }),
  };
  const wantsTls = Object.keys(tls).length > 0 || servers.some((server) => server.startsWith('tls:'));
  const connection = await nats.connect({
    servers: servers.map((server) => server.replace(/^\w+:\/\//, '').replace(/\/.*$/, '')),
    name: 'nstrace',
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(wantsTls ? { tls } : {}),
    ...options,
  });
  return { nats, connection };
};

const readSecret = (path: string, isSeed = false): Uint8Array => {
  try {
    const bytes = readFileSync(path);
    return isSeed ? Buffer.from(bytes.toString('latin1').trim()) : bytes;
  } catch (error) {
    throw systemError(`cannot read ${path}: ${messageOf(error)}`, 'name a file that root can read');
  }
};

/** A token of a subject (docs.nats.io, "Subject-based messaging"): dots part tokens, `*` and `>` are wildcards. */
export const subjectToken = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_') || '_';

export interface NatsSinkOptions {
  readonly access: NatsAccess;
  readonly cluster: string;
  readonly host: string;
}

/** How long an acknowledgement is waited for. */
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
  /** The header of the recording, for who comes in later: its line, compressed with brotli, as base64. */
  header: 'Nstrace-Header',
} as const;

/**
 * JetStream: a message a batch under `nstrace.<cluster>.<host>`. `Nats-Msg-Id` is the recording and the first number of the
 * batch, so that one that is sent twice is stored once.
 */
export class NatsSink implements Sink {
  readonly name = 'nats';
  readonly target: string;
  readonly #options: NatsSinkOptions;
  readonly #subject: string;
  /** The last one, packed: most batches have the same. */
  #header: { readonly line: string; readonly packed: string } | undefined;
  #open: { nats: Awaited<ReturnType<typeof load>>; connection: NatsConnection; stream: JetStreamClient } | undefined;

  constructor(options: NatsSinkOptions) {
    this.#options = options;
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
    try {
      await stream.publish(this.#subject, compress(batch.text), {
        headers,
        msgID: `${batch.recording}:${batch.firstSeq}`,
        timeout: ackMs,
      });
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
          timeout: ackMs,
        });
        this.#open = { nats, connection, stream: nats.jetstream(connection) };
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

const explain = (error: unknown): string =>
  error instanceof Error && error.name === 'NoRespondersError'
    ? 'it has no stream for nstrace.> (nstrace agent setup makes one)'
    : `it does not take records: ${messageOf(error) || (error as Error).name}`;
