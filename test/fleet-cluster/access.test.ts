import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from './support/cluster.ts';
import { withCreds, withNkey, withTls } from './support/secured.ts';

const program = join(import.meta.dirname, '../../bin/nstrace');
const root = mkdtempSync(join(tmpdir(), 'nstrace-access-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
let port: number;
let server: ReturnType<typeof run> | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(root, 'one-'));
  [port = 0] = await freePorts(1);
});
afterEach(async () => {
  server?.kill('SIGKILL');
  await server;
});

const run = (file: string) => execa('nats-server', ['-c', file], { reject: false, stdio: 'ignore' });

/** A server with JetStream and this configuration. */
const start = (config: string, address = '127.0.0.1'): void => {
  const file = join(folder, 'nats.conf');
  writeFileSync(file, `listen: "${address}:${port}"\njetstream { store_dir: "${folder}/store" }\n${config}\n`);
  server = run(file);
};

const nstrace = (...args: string[]) => execa(program, args, { reject: false });

/** The servers of NATS take a moment until they listen. */
const setUp = async (...options: string[]) => {
  const once = () => nstrace('agent', 'setup', '--to', `nats://127.0.0.1:${port}`, '--max-bytes', '10MB', ...options);
  let done = await once();
  for (let tries = 0; /refused/.test(done.stderr) && tries < 50; tries += 1) {
    done = await once();
  }
  return done;
};

describe('who an agent or a reader is to NATS', () => {
  it.each([
    ['--nkey', withNkey],
    ['--creds', withCreds],
  ] as const)('is said by %s', async (option, make) => {
    const { config, file } = make(folder);
    start(config);
    expect(await setUp(option, file)).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('was made') });
    const nobody = await setUp();
    expect(nobody).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/authorization violation/i) });
    const read = await nstrace('replay', '--from', `nats://127.0.0.1:${port}`, option, file);
    expect(read).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('has no records') });
    const other = join(folder, 'other');
    writeFileSync(other, 'nothing\n');
    const wrong = await setUp(option, other);
    expect(wrong).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('holds no credentials') });
  });

  it('is said by a certificate', async () => {
    const { config, options } = await withTls(folder);
    start(config);
    expect(await setUp(...options)).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('was made') });
    expect((await setUp('--tls-ca', join(folder, 'ca.pem'))).exitCode).toBe(3);
    const strange = await setUp();
    expect(strange).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('cannot be reached') });
    const half = await setUp(...options.slice(0, 4));
    expect(half).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('go together') });
    const gone = await setUp('--tls-ca', join(folder, 'none.pem'));
    expect(gone).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('cannot read') });
  });

  it('takes the certificate of a server for no other address', async () => {
    const { config, options } = await withTls(folder);
    start(config, '127.0.0.2');
    const refused = async () => (await setUp('--to', `nats://127.0.0.2:${port}`, ...options)).stderr;
    expect(await refused()).toContain("IP: 127.0.0.2 is not in the cert's list");
  });
});
