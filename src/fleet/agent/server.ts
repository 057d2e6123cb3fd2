import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, usageError } from '../../errors.ts';
import { makeMetrics } from './metrics.ts';
import type { AgentState } from './state.ts';

/** The probes' heartbeat comes at least once a second. */
const maxSilentMs = 3000;

/** Why an agent is not healthy: nothing is traced. Empty if it is. */
export const unhealthy = ({ silentMs }: AgentState): string[] =>
  silentMs > maxSilentMs ? [`no heartbeat of the probes for ${(silentMs / 1000).toFixed(0)} s`] : [];

/** Why an agent is not ready: unhealthy, or records are being dropped. */
export const unready = (state: AgentState): string[] => [
  ...unhealthy(state),
  ...(state.spoolBytes >= state.spoolLimitBytes ? ['the spool is full: its oldest part is dropped'] : []),
];

/** `127.0.0.1:9472`, or `[::1]:9472`. @throws NstraceError (2) */
export const parseAddress = (text: string): { host: string; port: number } => {
  const found = /^(?:\[(?<six>[0-9a-fA-F:]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = found?.six ?? found?.name;
  const port = Number(found?.port);
  if (host === undefined || !(port <= 65_535)) {
    throw usageError(`${JSON.stringify(text)} is not an address`, 'for example --metrics 127.0.0.1:9472, or off');
  }
  return { host, port };
};

/**
 * Serves /metrics, /healthz and /readyz.
 *
 * @throws NstraceError (2) if the address is in use or not this machine's
 */
export const serve = async (address: { host: string; port: number }, state: () => AgentState): Promise<Server> => {
  const registry = await makeMetrics(state);
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    const judge = (faults: string[]): void =>
      faults.length === 0 ? answer(200, 'ok\n') : answer(503, `${faults.join('\n')}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(405, 'GET only\n');
    }
    switch (request.url?.split('?')[0]) {
      case '/metrics':
        return void registry.metrics().then(
          (text) => answer(200, text, registry.contentType),
          (error: unknown) => answer(500, `${messageOf(error)}\n`),
        );
      case '/healthz':
        return judge(unhealthy(state()));
      case '/readyz':
        return judge(unready(state()));
      default:
        return answer(404, '/metrics, /healthz and /readyz are here\n');
    }
  });
  server.maxConnections = 64;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        usageError(`cannot serve metrics: ${error.message}`, 'name another address with --metrics, or --metrics off'),
      ),
    );
    server.listen(address.port, address.host, resolve);
  });
  server.unref();
  return server;
};

/** Where a server listens, where its port was left to the kernel. */
export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
