import type { IExportLogsServiceResponse } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { loadLibrary } from '../../library.ts';

/** A value of OTLP/JSON. */
type Value = {
  readonly stringValue?: string;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly Value[] };
  readonly kvlistValue?: { readonly values: readonly Attribute[] };
};
type Attribute = { readonly key: string; readonly value: Value };

interface LogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body?: Value;
  readonly attributes: readonly Attribute[];
}

/** ExportLogsServiceRequest in OTLP/JSON, as far as it is used here. */
export interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string; readonly version?: string };
      readonly logRecords: readonly LogRecord[];
    }[];
  }[];
}

export interface Encoder {
  /** The media type. */
  readonly type: string;
  /** @param json the request as it is in OTLP/JSON already */
  encode(json: string, request: LogsRequest): Uint8Array;
  /** How many records an answer says were rejected (partial success). */
  rejected(answer: Buffer): number;
}

/** Encodes requests for the wire. Protobuf is written by OpenTelemetry's own serializer, loaded only when it is used. */
export const makeEncoder = async (protocol: 'http/protobuf' | 'http/json'): Promise<Encoder> =>
  protocol === 'http/json' ? json : protobuf();

const json: Encoder = {
  type: 'application/json',
  encode: (text) => Buffer.from(text),
  rejected: (answer) => {
    try {
      return countOf(JSON.parse(answer.toString('utf8'))?.partialSuccess?.rejectedLogRecords);
    } catch {
      return 0;
    }
  },
};

/** Of an integer that came as a number or as text. */
const countOf = (value: unknown): number => {
  const count = Number(value ?? 0);
  return count > 0 ? Math.floor(count) : 0;
};

let loaded: Promise<Encoder> | undefined;

const protobuf = (): Promise<Encoder> => {
  loaded ??= load();
  return loaded;
};

const load = async (): Promise<Encoder> => {
  const what = 'OTLP as protobuf';
  const [{ ProtobufLogsSerializer: serializer }, { resourceFromAttributes }] = await Promise.all([
    loadLibrary<typeof import('@opentelemetry/otlp-transformer')>('@opentelemetry/otlp-transformer', what),
    loadLibrary<typeof import('@opentelemetry/resources')>('@opentelemetry/resources', what),
  ]);
  return {
    type: 'application/x-protobuf',
    encode: (_, request) => {
      const records: ReadableLogRecord[] = request.resourceLogs.flatMap(({ resource, scopeLogs }) => {
        const common = resourceFromAttributes(plainAttributes(resource.attributes) as Record<string, string>);
        return scopeLogs.flatMap(({ scope, logRecords }) =>
          logRecords.map((record) => ({
            hrTime: hrTime(record.timeUnixNano),
            hrTimeObserved: hrTime(record.observedTimeUnixNano),
            severityNumber: record.severityNumber,
            severityText: record.severityText,
            eventName: record.eventName,
            ...(record.body === undefined ? {} : { body: plain(record.body) as string }),
            resource: common,
            instrumentationScope: scope,
            attributes: plainAttributes(record.attributes) as ReadableLogRecord['attributes'],
            droppedAttributesCount: 0,
          })),
        );
      });
      return serializer.serializeRequest(records)!;
    },
    rejected: (answer) => {
      try {
        const { partialSuccess }: IExportLogsServiceResponse = serializer.deserializeResponse(answer);
        return countOf(partialSuccess?.rejectedLogRecords);
      } catch {
        // Whoever stored it and answers `OK`, as proxies do, rejected nothing.
        return 0;
      }
    },
  };
};

/** Seconds and nanoseconds. */
const hrTime = (unixNano: string): [number, number] => [
  Number(unixNano.slice(0, -9) || '0'),
  Number(unixNano.slice(-9)),
];

const plainAttributes = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

/** Integers of 64 bits that are not safe as numbers are text in our records, so none is cut here. */
const plain = (value: Value): unknown => {
  if (value.intValue !== undefined) {
    return Number(value.intValue);
  }
  if (value.arrayValue !== undefined) {
    return value.arrayValue.values.map(plain);
  }
  if (value.kvlistValue !== undefined) {
    return plainAttributes(value.kvlistValue.values);
  }
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
};
