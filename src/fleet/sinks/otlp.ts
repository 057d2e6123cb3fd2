import { gzipSync } from 'node:zlib';
import type { Exporter } from '../../export/exporter.ts';
import { makeExporter } from '../../export/formats.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import type { Batch } from '../spool/batch.ts';
import { type LogsRequest, makeEncoder } from './otlp-encoding.ts';
import type { OtlpSettings } from './otlp-settings.ts';
import { Poster } from './post.ts';
import type { Sink } from './sink.ts';

/** A request that is ready to be sent, and how many log records are in it. */
interface Request {
  readonly body: Uint8Array;
  readonly records: number;
}

const beginning = '{"resourceLogs":[{"resource":{"attributes":[';

/**
 * OTLP logs over HTTP, to any OpenTelemetry Collector. Requests stay far below the 20 MiB that the Collector takes; what it
 * refuses for good is counted. Each record has `log.record.uid`, by which receivers drop what comes twice.
 */
export class OtlpSink implements Sink {
  readonly name: string;
  readonly target: string;
  readonly #settings: OtlpSettings;
  readonly #poster: Poster;
  #texts: string[] = [];
  #exporter: Exporter | undefined;
  #header = '';
  /** The batch that is being sent: requests that were stored are not sent again. */
  #current: { batch: Batch; requests: Request[]; refused: number } | undefined;

  /** How a request begins, with the cluster as one more attribute of the resource. */
  readonly #beginning: string;

  constructor(name: string, settings: OtlpSettings, cluster: string) {
    this.name = name;
    const attribute = { key: 'nstrace.cluster', value: { stringValue: cluster } };
    this.#beginning = `${beginning}${JSON.stringify(attribute)},`;
    this.#settings = settings;
    // The environment can give a user and a password, and a token behind the path.
    this.target = `${settings.url.origin}${settings.url.pathname}`;
    this.#poster = new Poster(settings);
  }

  async send(batch: Batch): Promise<number> {
    if (this.#current?.batch !== batch) {
      this.#current = { batch, requests: await this.#requests(batch), refused: 0 };
    }
    const current = this.#current;
    for (let request = current.requests[0]; request !== undefined; request = current.requests[0]) {
      current.refused += await this.#post(request);
      current.requests.shift();
    }
    return current.refused;
  }

  async close(): Promise<void> {
    this.#poster.close();
  }

  /** @returns how many of its records the other side refused */
  async #post({ body, records }: Request): Promise<number> {
    const { gzip, protocol } = this.#settings;
    const { type, rejected } = await makeEncoder(protocol);
    const answer = await this.#poster.post(gzip ? gzipSync(body, { level: 1 }) : body, {
      'content-type': type,
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    });
    const isStored = answer.status >= 200 && answer.status < 300;
    return isStored ? Math.min(records, rejected(answer.body)) : records;
  }

  async #requests({ text, header }: Batch): Promise<Request[]> {
    const { encode } = await makeEncoder(this.#settings.protocol);
    const lines = text.trimEnd().split('\n');
    if (this.#header !== header) {
      this.#header = header;
      this.#exporter = await makeExporter('otlp-json', {
        text: (line) => void this.#texts.push(line),
        bytes: () => {},
      });
      if (header !== '' && lines[0] !== header) {
        this.#exporter.take(JSON.parse(header) as NstraceRecord);
        this.#exporter.end();
        this.#texts = [];
      }
    }
    for (const line of lines) {
      // What lives is repeated at the beginning of each part of the spool, for readers that have only that.
      if (!line.includes('"carried":true')) {
        this.#exporter!.take(JSON.parse(line) as NstraceRecord);
      }
    }
    this.#exporter!.end();
    const requests = this.#texts.map((text) => {
      const json = text.replace(beginning, () => this.#beginning);
      const request = JSON.parse(json) as LogsRequest;
      const records = request.resourceLogs.flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) => logRecords),
      );
      return { body: encode(json, request), records: records.length };
    });
    this.#texts = [];
    return requests;
  }
}
