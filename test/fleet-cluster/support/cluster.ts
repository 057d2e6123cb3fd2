import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { connectNats, type NatsAccess } from '../../../src/fleet/sinks/nats.ts';

const run = (args: readonly string[]) => execa('nats-server', args, { reject: false, stdio: 'ignore' });
type Server = ReturnType<typeof run>;

const probe = 'probe';

/** Servers of NATS with JetStream on loopback, in a folder that is removed by who made it. */
export class Cluster {
  readonly #folder: string;
  readonly #ports: readonly number[];
  readonly #routes: readonly number[];
  readonly #servers: (Server | undefined)[];

  private constructor(folder: string, ports: readonly number[], routes: readonly number[]) {
    this.#folder = folder;
    this.#ports = ports;
    this.#routes = routes;
    this.#servers = ports.map(() => undefined);
  }

  static async start(folder: string, size: 1 | 3): Promise<Cluster> {
    const ports = await freePorts(2 * size);
    const cluster = new Cluster(folder, ports.slice(0, size), ports.slice(size));
    cluster.startAll();
    await cluster.ready();
    return cluster;
  }

  /** Of those that run. */
  get pids(): number[] {
    return this.#servers.flatMap((server) => server?.pid ?? []);
  }

  get size(): number {
    return this.#ports.length;
  }

  /** As --to and --from take it. */
  get url(): string {
    return this.#ports.map((port) => `nats://127.0.0.1:${port}`).join(',');
  }

  get access(): NatsAccess {
    const none = { creds: undefined, nkey: undefined, tlsCa: undefined, tlsCert: undefined, tlsKey: undefined };
    return { servers: this.url.split(','), ...none };
  }

  startAll(): void {
    for (const [index, server] of this.#servers.entries()) {
      if (server === undefined) {
        this.start(index);
      }
    }
  }

  start(index: number): void {
    const folder = join(this.#folder, `server-${index}`);
    mkdirSync(folder, { recursive: true });
    const routes = this.#routes.filter((_, at) => at !== index).map((port) => `nats://127.0.0.1:${port}`);
    const alone = this.size === 1;
    this.#servers[index] = run([
      ...['-a', '127.0.0.1', '-p', String(this.#ports[index]), '-js', '-sd', folder, '-n', `server-${index}`],
      ...(alone ? [] : ['--cluster_name', 'test', '--cluster', `nats://127.0.0.1:${this.#routes[index]}`]),
      ...(alone ? [] : ['--routes', routes.join(',')]),
    ]);
  }

  signal(index: number, name: NodeJS.Signals): void {
    this.#servers[index]?.kill(name);
  }

  async end(index: number, name: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#servers[index];
    server?.kill(name);
    await server;
    this.#servers[index] = undefined;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((_, index) => this.end(index, 'SIGKILL')));
  }

  /** Until JetStream answers, and every server can hold a stream. */
  async ready(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#ask(async ({ streams }) => {
          await streams.add({ name: probe, subjects: [probe], num_replicas: this.size });
          await streams.delete(probe);
        });
      } catch (error) {
        if (tries > 100) {
          throw error;
        }
        await sleep(200);
      }
    }
  }

  /** Which server leads the stream. */
  async leader(stream: string): Promise<number> {
    const name = await this.#ask(async ({ streams }) => (await streams.info(stream)).cluster?.leader);
    return Number(name?.split('-')[1] ?? 0);
  }

  /** What the streams hold. */
  async stored(): Promise<{ messages: number; bytes: number }> {
    return this.#ask(async ({ streams }) => {
      const [stream] = await streams.list().next();
      return { messages: stream?.state.messages ?? 0, bytes: stream?.state.bytes ?? 0 };
    });
  }

  async #ask<Answer>(
    question: (
      manager: Awaited<ReturnType<Awaited<ReturnType<typeof connectNats>>['nats']['jetstreamManager']>>,
    ) => Promise<Answer>,
  ): Promise<Answer> {
    const { nats, connection } = await connectNats(this.access, { timeout: 2000 });
    try {
      return await question(await nats.jetstreamManager(connection));
    } finally {
      await connection.close();
    }
  }
}

/** All at once, so that none comes twice. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};
