import { brotliDecompressSync } from 'node:zlib';
import type { JsMsg } from '@nats-io/jetstream';
import type { ConnectionOptions } from '@nats-io/transport-node';
import { messageOf, NstraceError, systemError } from '../../errors.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import { connectNats, type NatsAccess, natsHeaders, subjectToken, unpackHeader } from '../sinks/nats.ts';
import type { MessageTimes } from './clocks.ts';
import { type HostBatch, type MergedBatch, Merger } from './merger.ts';

/** The stream that `agent setup` makes, and that readers read. */
export const streamName = 'NSTRACE';
const subjects = ['nstrace.>'];

export interface StreamSettings {
  readonly replicas: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

const nsPerMs = 1e6;

type Nats = Awaited<ReturnType<typeof connectNats>>['nats'];

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
      /insufficient/.test(messageOf(error))
        ? 'its disk or its limits are smaller than --max-bytes: give less, for example --max-bytes 10GB'
        : 'it needs JetStream, and as many servers as --replicas',
    );
  } finally {
    await connection.close();
  }
};

export type { MergedBatch } from './merger.ts';

export interface FleetOptions {
  readonly access: NatsAccess;
  /** Only this cluster. */
  readonly cluster: string | undefined;
  /** The number of the first message; else `since` says where it begins. */
  readonly from?: number;
  /** What numbers the records, if it has read some of the stream before. */
  readonly merger?: Merger;
  /** What was stored from then on; without it all, or, where it follows, only what comes. */
  readonly since: Date | undefined;
  /** No record that is later. */
  readonly until: Date | undefined;
  /** Whether to wait for more at the end. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Something that is no record of nstrace. */
  readonly onDamage: (text: string) => void;
  /** Called with what each message had, packed. */
  readonly onBytes?: (count: number) => void;
  /** Whether the messages of a subject are wanted at all: what is not is not unpacked. */
  readonly wantsSubject?: (subject: string) => boolean;
  /** Called with the number of each message of the stream, wanted or not, after what came before it was worked on. */
  readonly onMessage?: (message: number) => void;
}

/** The records of one message, of which there may be none. */
export interface StreamBatch extends MergedBatch {
  /** The number of the message in the stream. */
  readonly message: number;
  /** When it was sent and stored, if its host said so. */
  readonly clock: MessageTimes | undefined;
}

/** The most that a message may unpack to: 1,000 records of 64 KiB. */
const maxUnpackedBytes = 64 * 1024 * 1024;
/** A round trip that took longer says nothing of clocks. */
const maxRoundTripMs = 60_000;
/** Messages that wait here while others are worked on. */
const maxWaiting = 64;

/**
 * The records of a fleet as they were stored, a batch a message: each host's in order, hosts among each other as they
 * arrived. What was stored twice comes once.
 *
 * @throws NstraceError (3) if there is no such stream, or NATS cannot be reached
 */
export async function* readStream(options: FleetOptions): AsyncGenerator<StreamBatch, void> {
  const { access, until, follow, signal, onDamage, onBytes, onMessage, wantsSubject = () => true } = options;
  const { nats, connection } = await connectOrExplain(access, follow ? { maxReconnectAttempts: -1 } : {});
  const close = (): void => void connection.close();
  signal.addEventListener('abort', close, { once: true });
  const { merger = new Merger(onDamage), from } = options;
  const wants = wantsUntil(until);
  try {
    const manager = await nats.jetstreamManager(connection);
    const { state } = await manager.streams.info(streamName);
    if (from !== undefined && from > 1 && state.first_seq > from) {
      onDamage(`${state.first_seq - from} messages were gone before they were read`);
    }
    const consumer = await nats.jetstream(connection).consumers.get(streamName, startOf(options, nats));
    if (!follow && (state.messages === 0 || (await consumer.info()).num_pending === 0)) {
      return;
    }
    for await (const message of await consumer.consume({ max_messages: maxWaiting })) {
      onBytes?.(message.data.length);
      onMessage?.(message.seq);
      const delivery = wantsSubject(message.subject) ? unpackMessage(message, onDamage) : undefined;
      if (delivery !== undefined) {
        yield { ...merger.take(delivery, wants), message: message.seq, clock: stampOf(message) };
      }
      if (!follow && (message.info.pending === 0 || message.seq >= state.last_seq)) {
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

const startOf = ({ cluster, from, since, follow }: FleetOptions, { DeliverPolicy }: Nats) => ({
  // One as text: a list needs a server of 2.10 (Debian 12 has 2.9).
  filter_subjects: cluster === undefined ? subjects[0]! : `nstrace.${subjectToken(cluster)}.>`,
  ...(from !== undefined
    ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }
    : since === undefined
      ? { deliver_policy: follow ? DeliverPolicy.New : DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
});

/** Another host may still send what is earlier: the reading goes on. */
const wantsUntil = (until: Date | undefined): ((record: NstraceRecord) => boolean) | undefined => {
  const end = until?.getTime();
  return end === undefined ? undefined : ({ time }) => Date.parse(time) <= end;
};

/** @throws NstraceError (3) that says what to look at */
export const connectOrExplain = async (access: NatsAccess, options: Partial<ConnectionOptions> = {}) => {
  try {
    return await connectNats(access, options);
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

/** What a message says of clocks. */
export const stampOf = (message: Pick<JsMsg, 'headers' | 'info'>): MessageTimes | undefined => {
  const [sentMs = Number.NaN, roundTripMs = Number.NaN] = (message.headers?.get(natsHeaders.clock) ?? '')
    .split(' ')
    .map((word) => (word === '' ? Number.NaN : Number(word)));
  const storedMs = message.info.timestampNanos / nsPerMs;
  return Number.isFinite(sentMs) && Number.isFinite(storedMs) && roundTripMs >= 0 && roundTripMs < maxRoundTripMs
    ? { sentMs, storedMs, roundTripMs }
    : undefined;
};

/** What a message holds; undefined where it cannot be unpacked. */
export const unpackMessage = (
  message: Pick<JsMsg, 'headers' | 'subject' | 'data' | 'seq'>,
  onDamage: (text: string) => void,
): HostBatch | undefined => {
  const get = (name: string): string => message.headers?.get(name) ?? '';
  try {
    const bytes =
      get(natsHeaders.encoding) === 'br'
        ? brotliDecompressSync(message.data, { maxOutputLength: maxUnpackedBytes })
        : Buffer.from(message.data);
    return {
      cluster: get(natsHeaders.cluster) || message.subject.split('.').at(1) || 'default',
      host: get(natsHeaders.host) || message.subject.split('.').at(-1) || '?',
      recording: get(natsHeaders.recording) || 'unknown',
      text: bytes.toString('utf8'),
      header: unpackHeader(get(natsHeaders.header)),
    };
  } catch (error) {
    onDamage(`message ${message.seq} cannot be unpacked: ${messageOf(error)}`);
    return undefined;
  }
};
