import { brotliDecompressSync, constants } from 'node:zlib';
import type { JsMsg } from '@nats-io/jetstream';
import { messageOf, NstraceError, systemError } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { valid } from '../record/valid.ts';
import { connectNats, type NatsAccess, natsHeaders, subjectToken } from './sinks/nats.ts';

/** The stream that `agent setup` makes, and that readers read. */
export const streamName = 'NSTRACE';
const subjects = ['nstrace.>'];

export interface StreamSettings {
  readonly replicas: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

const nsPerMs = 1e6;

/**
 * Makes the stream, or changes its limits where it is there.
 *
 * @throws NstraceError (3) that says why NATS does not
 */
export const setUpStream = async (access: NatsAccess, settings: StreamSettings): Promise<'made' | 'changed'> => {
  const { nats, connection } = await connectOrExplain(access);
  try {
    const manager = await nats.jetstreamManager(connection);
    const wanted = {
      subjects,
      num_replicas: settings.replicas,
      max_bytes: settings.maxBytes,
      max_age: settings.maxAgeMs * nsPerMs,
    };
    const isThere = await manager.streams.info(streamName).then(
      () => true,
      () => false,
    );
    if (isThere) {
      await manager.streams.update(streamName, wanted);
      return 'changed';
    }
    await manager.streams.add({ name: streamName, storage: nats.StorageType.File, ...wanted });
    return 'made';
  } catch (error) {
    throw systemError(
      `NATS does not make the stream ${streamName}: ${messageOf(error)}`,
      'it needs JetStream, and as many servers as --replicas',
    );
  } finally {
    await connection.close();
  }
};

export interface FleetOptions {
  readonly access: NatsAccess;
  /** Only this cluster. */
  readonly cluster: string | undefined;
  /** From then on; without it only what comes. */
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  /** Whether to wait for more at the end. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Something that is no record of nstrace, or missing. */
  readonly onDamage: (text: string) => void;
}

/** The most that a message may unpack to: 1,000 records of 64 KiB. */
const maxUnpackedBytes = 64 * 1024 * 1024;

/**
 * The records of a fleet as they were stored, in batches: each host's in order, hosts among each other as they arrived. Each
 * has `host`, `recording` and `source_seq`. What was stored twice comes once.
 */
export async function* readStream(options: FleetOptions): AsyncGenerator<NstraceRecord[], void> {
  const { access, cluster, since, until, follow, signal, onDamage } = options;
  const { nats, connection } = await connectOrExplain(access);
  const close = (): void => void connection.close();
  signal.addEventListener('abort', close, { once: true });
  const last = new Map<string, number>();
  try {
    const manager = await nats.jetstreamManager(connection);
    const info = await manager.streams.info(streamName);
    const consumer = await nats.jetstream(connection).consumers.get(streamName, {
      // One as text: a list needs a server of 2.10 (Debian 12 has 2.9).
      filter_subjects: cluster === undefined ? subjects[0]! : `nstrace.${subjectToken(cluster)}.>`,
      ...(since === undefined
        ? { deliver_policy: follow ? nats.DeliverPolicy.New : nats.DeliverPolicy.All }
        : { deliver_policy: nats.DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
    });
    const end = info.state.last_seq;
    if (!follow && (info.state.messages === 0 || (await consumer.info()).num_pending === 0)) {
      return;
    }
    const messages = await consumer.consume({ max_messages: 64 });
    for await (const message of messages) {
      const records = take(message, last, onDamage);
      const kept = until === undefined ? records : records.filter(({ time }) => Date.parse(time) <= until.getTime());
      if (kept.length > 0) {
        yield kept;
      }
      const isLast = !follow && (message.info.pending === 0 || message.seq >= end);
      if (isLast || (until !== undefined && kept.length < records.length && !follow)) {
        break;
      }
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error instanceof NstraceError
        ? error
        : systemError(`the stream ${streamName} cannot be read: ${messageOf(error)}`, 'nstrace agent setup makes it');
    }
  } finally {
    signal.removeEventListener('abort', close);
    await connection.close().catch(() => undefined);
  }
}

const connectOrExplain = async (access: NatsAccess) => {
  try {
    return await connectNats(access);
  } catch (error) {
    if (error instanceof NstraceError) {
      throw error;
    }
    throw systemError(
      `NATS at ${access.servers.join(', ')} cannot be reached: ${messageOf(error)}`,
      'is it running, and are --creds, --nkey and --tls-ca right?',
    );
  }
};

/** The records of a message that were not there before. */
const take = (message: JsMsg, last: Map<string, number>, onDamage: (text: string) => void): NstraceRecord[] => {
  const host = message.headers?.get(natsHeaders.host) || message.subject.split('.').at(-1) || '?';
  const recording = message.headers?.get(natsHeaders.recording) ?? '';
  let text: string;
  try {
    const packed = message.headers?.get(natsHeaders.encoding) === 'br';
    text = packed
      ? brotliDecompressSync(message.data, {
          maxOutputLength: maxUnpackedBytes,
          flush: constants.BROTLI_OPERATION_FLUSH,
        }).toString('utf8')
      : Buffer.from(message.data).toString('utf8');
  } catch (error) {
    onDamage(`message ${message.seq} cannot be unpacked: ${messageOf(error)}`);
    return [];
  }
  const records: NstraceRecord[] = [];
  let done = last.get(recording) ?? 0;
  if (done === 0 && recording !== '') {
    // Who comes in later does not see the line that says which host it is.
    const header = parse(Buffer.from(message.headers?.get(natsHeaders.header) ?? '', 'base64').toString('utf8'));
    records.push(...(header?.type === 'header' ? [header] : []));
  }
  for (const line of text.split('\n')) {
    const record = line === '' ? undefined : parse(line);
    if (record === undefined) {
      if (line !== '') {
        onDamage(`message ${message.seq} has a line that is no record`);
      }
    } else if (record.seq > done) {
      done = record.seq;
      if (record.type === 'header' && records[0]?.type === 'header') {
        continue;
      }
      records.push(
        record.type === 'header'
          ? record
          : { ...record, host, recording: recording || 'unknown', source_seq: record.seq },
      );
    }
  }
  last.set(recording, done);
  return records;
};

const parse = (line: string): NstraceRecord | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    const { type } = value as NstraceRecord;
    return valid[type]?.(value) ? (value as NstraceRecord) : undefined;
  } catch {
    return undefined;
  }
};
