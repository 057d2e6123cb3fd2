import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { portOf } from '../../../src/fleet/agent/server.ts';

/** Field numbers of opentelemetry/proto: logs/v1/logs.proto, common/v1/common.proto, collector/logs/v1/logs_service.proto. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
    repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed64 observed_time_unix_nano = 11; string event_name = 12; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message Request { repeated ResourceLogs resource_logs = 1; }
  message PartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
  message Response { PartialSuccess partial_success = 1; }
`);

/** What the Collector takes at most, unpacked. */
const maxBodyBytes = 20 * 1024 * 1024;

export interface Log {
  readonly timeUnixNano: string;
  readonly eventName: string;
  readonly severityNumber: number;
  readonly attributes: Record<string, unknown>;
  readonly resource: Record<string, unknown>;
}

/** A receiver of OTLP logs that holds requests to the rules of the specification. */
export class Receiver {
  readonly logs: Log[] = [];
  readonly faults: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** Answers of the next requests; after them all are taken. */
  answers: { status: number; headers?: Record<string, string>; rejected?: number; body?: string }[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = receiver.answers.shift() ?? { status: 200 };
        const isJson = request.headers['content-type'] === 'application/json';
        if (answer.status === 200) {
          receiver.#take(request.url ?? '', request.headers, Buffer.concat(chunks));
        }
        const partial = answer.rejected === undefined ? undefined : { rejectedLogRecords: String(answer.rejected) };
        const type = root.lookupType('Response');
        const body = isJson
          ? JSON.stringify(partial === undefined ? {} : { partialSuccess: partial })
          : type.encode(type.fromObject(partial === undefined ? {} : { partialSuccess: partial })).finish();
        response
          .writeHead(answer.status, { 'content-type': request.headers['content-type'], ...answer.headers })
          .end(answer.body ?? body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(path: string, headers: IncomingHttpHeaders, raw: Buffer): void {
    this.headers.push(headers);
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    const check = (isRight: boolean, fault: string): void => {
      if (!isRight) {
        this.faults.push(fault);
      }
    };
    check(path === '/v1/logs', `path ${path}`);
    check(body.length <= maxBodyBytes, `body of ${body.length} bytes`);
    const type = root.lookupType('Request');
    const request =
      headers['content-type'] === 'application/json'
        ? JSON.parse(body.toString('utf8'))
        : type.toObject(type.decode(body), { longs: String });
    check((request.resourceLogs ?? []).length > 0, 'an empty envelope');
    for (const { resource, scopeLogs } of request.resourceLogs) {
      for (const { logRecords } of scopeLogs) {
        check(logRecords.length > 0, 'a scope without records');
        for (const record of logRecords) {
          const keys = record.attributes.map(({ key }: { key: string }) => key);
          check(new Set(keys).size === keys.length, `a key twice: ${keys}`);
          check(
            typeof record.timeUnixNano === 'string' && /^\d{19}$/.test(record.timeUnixNano),
            `time ${record.timeUnixNano}`,
          );
          check(Number.isInteger(record.severityNumber), `severity ${record.severityNumber}`);
          this.logs.push({ ...record, attributes: plain(record.attributes), resource: plain(resource.attributes) });
        }
      }
    }
  }
}

type Attribute = { key: string; value?: Record<string, unknown> };

const plain = (attributes: Attribute[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, scalar(value)]));

const scalar = (value: Record<string, unknown> = {}): unknown => {
  const [kind, inner] = Object.entries(value)[0] ?? [];
  return kind === 'arrayValue'
    ? ((inner as { values?: Record<string, unknown>[] }).values ?? []).map(scalar)
    : kind === 'kvlistValue'
      ? plain((inner as { values?: Attribute[] }).values)
      : inner;
};
