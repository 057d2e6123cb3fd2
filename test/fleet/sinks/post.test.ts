import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { portOf } from '../../../src/fleet/agent/server.ts';
import { Poster } from '../../../src/fleet/sinks/post.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const poster = async (listener: RequestListener, timeoutMs = 2000): Promise<Poster> => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${portOf(server)}/v1/logs`);
  return new Poster({
    url,
    headers: { 'x-key': 'k' },
    timeoutMs,
    tls: { ca: undefined, cert: undefined, key: undefined },
  });
};

describe('a poster', () => {
  it('gives the answer', async () => {
    const seen: unknown[] = [];
    const post = await poster((request, response) => {
      seen.push(request.method, request.url, request.headers['x-key'], request.headers['content-length']);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const { status, type, body } = await post.post(Buffer.from('abc'), {});
    expect({ status, type, body: String(body) }).toEqual({ status: 200, type: 'application/json', body: '{}' });
    expect(seen).toEqual(['POST', '/v1/logs', 'k', '3']);
    post.close();
  });

  it.each([
    [503, '7', 7000],
    [429, undefined, undefined],
    [502, 'nonsense', undefined],
    [504, '999999', 300_000],
  ])('asks to try %i again after %s', async (status, after, afterMs) => {
    const post = await poster((_, response) => {
      response.writeHead(status, after === undefined ? {} : { 'retry-after': after }).end();
    });
    await expect(post.post(Buffer.from('x'), {})).rejects.toMatchObject({ name: 'RetryLater', afterMs });
    post.close();
  });

  it('does not ask to try 400 again', async () => {
    const post = await poster((_, response) => void response.writeHead(400).end());
    expect((await post.post(Buffer.from('x'), {})).status).toBe(400);
    post.close();
  });

  it('takes no answer in time for one to try again', async () => {
    const post = await poster(() => {}, 50);
    await expect(post.post(Buffer.from('x'), {})).rejects.toMatchObject({ name: 'RetryLater' });
    post.close();
  });
});
