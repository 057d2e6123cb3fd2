import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { messageOf } from '../../errors.ts';
import type { OtlpTls } from './otlp-settings.ts';
import { RetryLater } from './sink.ts';

export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly tls: OtlpTls;
}

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** The most of an answer that is read (OTLP specification). */
const maxAnswerBytes = 4 * 1024 * 1024;
/** What may be tried again (OTLP specification, "Retryable Response Codes"). */
const retryable = new Set([429, 502, 503, 504]);
/** What is waited at most because the other side asks for it. */
const maxRetryAfterMs = 300_000;

/** Posts over connections that are kept. */
export class Poster {
  readonly #options: PostOptions;
  readonly #agent: HttpAgent;

  constructor(options: PostOptions) {
    this.#options = options;
    const { ca, cert, key } = options.tls;
    this.#agent =
      options.url.protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
        : new HttpAgent({ keepAlive: true });
  }

  /** @throws RetryLater if it was not answered, or with what may be tried again */
  async post(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<Reply> {
    let answer: Reply & { retryAfter: string | undefined };
    try {
      answer = await this.#exchange(body, headers);
    } catch (error) {
      throw new RetryLater(`it does not answer: ${messageOf(error)}`);
    }
    if (retryable.has(answer.status)) {
      throw new RetryLater(`it answers ${answer.status}`, retryAfterMs(answer.retryAfter));
    }
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(body: Uint8Array, headers: Readonly<Record<string, string>>) {
    const { url, timeoutMs } = this.#options;
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise<Reply & { retryAfter: string | undefined }>((resolve, reject) => {
      const sent = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...this.#options.headers, ...headers, 'content-length': body.length },
        signal: AbortSignal.timeout(timeoutMs),
      });
      sent.on('error', reject);
      sent.on('response', (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length <= maxAnswerBytes) {
            chunks.push(chunk);
          }
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            body: Buffer.concat(chunks),
            retryAfter: response.headers['retry-after'],
          }),
        );
      });
      sent.end(body);
    });
  }
}

/** Seconds or a date (RFC 9110). */
const retryAfterMs = (value: string | undefined): number | undefined => {
  if (value === undefined) {
    return undefined;
  }
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxRetryAfterMs);
};
