import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setUpStream } from '../../src/fleet/stream/stream.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { recordSchema } from '../../src/record/schema.ts';
import { agentProgram } from './setup.ts';
import { Cluster } from './support/cluster.ts';

const program = join(import.meta.dirname, '../../bin/nstrace');
const folder = mkdtempSync(join(tmpdir(), 'nstrace-reading-'));
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start(folder, 1);
  expect(await setUpStream(cluster.access, { replicas: 1, maxBytes: 1e9, maxAgeMs: 3_600_000 })).toBe('made');
  expect(await setUpStream(cluster.access, { replicas: 1, maxBytes: 1e9, maxAgeMs: 7_200_000 })).toBe('changed');
  await Promise.all(['web-1', 'web-2', 'db.test'].map((host) => ship(host, 1500)));
}, 60_000);
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

/** An agent that ships what it makes up, until there are N records. */
const ship = async (host: string, records: number, aheadMs = 0): Promise<void> => {
  const truth = join(folder, `truth-${host}`);
  mkdirSync(truth, { recursive: true });
  const before = linesIn(truth);
  const agent = execa(
    process.execPath,
    [agentProgram, join(folder, host), truth, cluster.url, host, '1000', '100000000', String(aheadMs)],
    { reject: false },
  );
  await vi.waitFor(() => expect(linesIn(truth)).toBeGreaterThan(before + records), { timeout: 30_000, interval: 50 });
  agent.kill('SIGTERM');
  expect(await agent).toMatchObject({ exitCode: 0 });
};

const linesIn = (truth: string): number =>
  readdirSync(truth).reduce((sum, name) => sum + readFileSync(join(truth, name), 'utf8').split('\n').length, 0);

const nstrace = (...args: string[]) => execa(program, args, { reject: false });
const parse = (text: string): NstraceRecord[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const from = (): string[] => ['--from', cluster.url];

describe('--from nats://…', () => {
  it('replays what every host has shipped, each record with where it is from', async () => {
    const { stdout, exitCode } = await nstrace('replay', ...from(), '-e', 'all', '-o', 'json');
    expect(exitCode).toBe(0);
    const records = parse(stdout);
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
    const times = records.filter(({ type }) => type !== 'header').map(({ time }) => time);
    expect(times).toEqual([...times].sort());
    for (const host of ['web-1', 'web-2', 'db.test']) {
      const own = records.filter((record) => record.type !== 'header' && record.host === host);
      const sources = own.map(({ source_seq }) => source_seq ?? 0);
      expect(sources).toEqual(Array.from({ length: sources.length }, (_, index) => index + 2));
      expect(own.length).toBeGreaterThan(1000);
      const header = records.findIndex((record) => record.type === 'header' && record.host.name === host);
      expect(header).toBeLessThan(records.indexOf(own[0]!));
    }
    expect(records.every((record) => recordSchema.safeParse(record).success)).toBe(true);
  });

  it('takes one host, one cluster, one range', async () => {
    const { stdout } = await nstrace('replay', ...from(), '-e', 'all', '--host', 'web-*');
    const hosts = new Set(
      stdout
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    );
    expect([...hosts].sort()).toEqual(['web-1', 'web-2']);
    const none = await nstrace('replay', ...from(), '--cluster', 'other');
    expect(none).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('has no records of that time') });
    const later = await nstrace('replay', ...from(), '-e', 'all', '-o', 'json', '--until', '1h');
    expect(parse(later.stdout).filter(({ type }) => type === 'exit')).toEqual([]);
  });

  it('records a valid recording that says what is not in it', async () => {
    const file = join(folder, 'fleet.ndjson');
    const { exitCode, stderr } = await nstrace('record', ...from(), '--since', '1h', '--until', '0.001s', '-o', file);
    expect(stderr).toContain('records in');
    expect(exitCode).toBe(0);
    const check = await nstrace('check', file);
    expect(check.stdout).not.toContain('damage');
    const again = await nstrace('replay', file, '-e', 'all', '-o', 'json', '--strict');
    const direct = await nstrace('replay', ...from(), '-e', 'all', '-o', 'json');
    const events = (text: string) => parse(text).filter(({ type }) => type === 'exit');
    expect(events(again.stdout)).toEqual(events(direct.stdout));
  });

  it('answers SQL and prints timelines', async () => {
    const { stdout } = await nstrace(
      ...['query', ...from(), '-o', 'json', 'SELECT host, count(*) AS n FROM records GROUP BY host ORDER BY host'],
    );
    expect(parse(stdout).map((row) => (row as unknown as { host: string }).host)).toEqual([
      'db.test',
      'web-1',
      'web-2',
    ]);
    const timeline = await nstrace('timeline', ...from());
    expect(timeline).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('there was no container') });
  });

  it('follows: what was stored, then what comes', async () => {
    const live = execa(program, ['live', ...from(), '--since', '1h', '-e', 'all', '-o', 'json', '--host', 'web-3'], {
      reject: false,
    });
    await sleep(1000);
    await ship('web-3', 1000);
    await sleep(500);
    live.kill('SIGINT');
    const records = parse((await live).stdout).filter((record) => record.type === 'exit');
    expect(records.length).toBeGreaterThan(500);
    expect(new Set(records.map(({ source_seq }) => source_seq)).size).toBe(records.length);
  });

  it('follows several hosts by wall time', async () => {
    const hosts = ['web-1', 'web-2', 'db.test'];
    const ships = Promise.all(hosts.map((host) => ship(host, 500)));
    const only = ['--host', 'web-[12]', '--host', 'db.*'];
    const { stdout } = await nstrace(
      ...['live', ...from(), '--since', '1h', '-e', 'all', '-o', 'json', '--duration', '8s', ...only],
    );
    await ships;
    const records = parse(stdout).filter(({ type }) => type === 'exit');
    expect(new Set(records.map(({ host }) => host))).toEqual(new Set(hosts));
    const times = records.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
    expect(parse(stdout).map(({ seq }) => seq)).toEqual(parse(stdout).map((_, index) => index + 1));
  });

  it('reports a clock that is wrong, and by how much', async () => {
    await ship('wrong', 500, 90_000);
    const { stderr } = await nstrace('replay', ...from(), '-e', 'all', '--host', 'wrong');
    const [, ahead, error] = /the clock of wrong is (\d+) s ahead \(± (\d+) ms\)/.exec(stderr) ?? [];
    expect(Number(ahead)).toBe(90);
    expect(Number(error)).toBeLessThan(1000);
    expect(stderr).not.toContain('the clock of web');
  });

  it.each([
    [['replay', '--from', 'nats://u:p@h:1'], 2, 'can be read by every user'],
    [['replay', '--from', 'ftp://h'], 2, 'is not a server of NATS'],
    [['replay', 'x.ndjson', '--cluster', 'a'], 2, 'are for the stream of a fleet'],
    [['live', '--from', 'nats://127.0.0.1:1'], 3, 'cannot be reached'],
    [['record', '--from', 'nats://127.0.0.1:1', '--', 'true'], 2, 'a command does not go with --from'],
    [['record', '--from', 'x.ndjson'], 2, 'record --from takes the stream of a fleet'],
    [['archive', '--from', 'x.ndjson', '-o', 'y'], 2, 'archive --from takes the stream of a fleet'],
  ])('refuses %j', async (args, status, message) => {
    const { exitCode, stderr } = await nstrace(...args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(status);
  });
});

describe('nstrace archive', () => {
  const archive = join(folder, 'archive');
  const run = () => nstrace('archive', ...from(), '-o', archive);
  const rows = async (source: readonly string[]) => {
    const sql =
      "SELECT host, count(*) AS n, count(DISTINCT (recording, source_seq)) AS d FROM records WHERE type = 'exit' GROUP BY host ORDER BY host";
    return (await nstrace('query', ...source, '-o', 'json', sql)).stdout;
  };

  it('has every record once, also when it is killed and goes on', async () => {
    let kills = 0;
    for (let tries = 0; tries < 8; tries += 1) {
      const child = execa(program, ['archive', ...from(), '-o', archive], { reject: false });
      await sleep(150 + Math.random() * 600);
      kills += child.kill('SIGKILL') ? 1 : 0;
      await child;
    }
    expect(kills).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ exitCode: 0 });
    expect(await rows([archive])).toBe(await rows(from()));
    await ship('web-1', 500);
    expect((await run()).stderr).toMatch(/[1-9]\d* new records/);
    expect((await run()).stderr).toContain('0 new records');
    expect(await rows([archive])).toBe(await rows(from()));
    const counts = parse(await rows([archive])) as unknown as { n: number; d: number }[];
    expect(counts.every(({ n, d }) => n === d)).toBe(true);
    expect(existsSync(join(archive, 'cluster=test'))).toBe(true);
    expect(JSON.parse(readFileSync(join(archive, 'archive.json'), 'utf8'))).not.toHaveProperty('until');
  });

  it('is written by several at once, each with its share of the hosts, every record once', async () => {
    const shared = join(folder, 'shared');
    const writer = (share: string) =>
      execa(program, ['archive', ...from(), '-o', shared, '--share', share], { reject: false });
    const killed = async (share: string): Promise<void> => {
      const child = writer(share);
      await sleep(300 + Math.random() * 800);
      child.kill('SIGKILL');
      await child;
    };
    const both = (run: (share: string) => Promise<unknown>) => Promise.all(['1/2', '2/2'].map(run));
    await both(killed);
    await both(killed);
    for (const { exitCode } of (await both(writer)) as { exitCode: number }[]) {
      expect(exitCode).toBe(0);
    }
    expect(await rows([shared])).toBe(await rows(from()));
    const [one, other] = (await both(writer)) as { stderr: string }[];
    expect([one?.stderr, other?.stderr]).toEqual(Array(2).fill(expect.stringContaining('nstrace: 0 new records')));
    const alone = await nstrace('archive', ...from(), '-o', shared);
    expect(alone).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is an archive of 2 writers, not of 1'),
    });
    const wrong = await nstrace('archive', ...from(), '-o', shared, '--share', '3/2');
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is no share') });
  });

  it('has its folder for itself', async () => {
    const follow = execa(program, ['archive', ...from(), '-o', archive, '-f'], { reject: false });
    await sleep(1500);
    expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('another archive writes to') });
    follow.kill('SIGINT');
    expect(await follow).toMatchObject({ exitCode: 0 });
  });

  it('refuses a folder that is an archive of something else', async () => {
    const { exitCode, stderr } = await nstrace('archive', ...from(), '-o', archive, '--cluster', 'test');
    expect(stderr).toContain('is an archive of NSTRACE, not of NSTRACE/test');
    expect(exitCode).toBe(2);
  });
});
