import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Cost, costOf, plainCost } from './cost.ts';
import { ratio } from './read.ts';

const rounds = 3;

/** What is measured over a recording, and over two of them. */
const commands = {
  report: [['report', '-o', '-']],
  export: ['perfetto', 'chrome-json', 'csv', 'ecs', 'ocsf', 'otlp-json'].map((format) => ['export', '--to', format]),
  query: [['query', '--', 'SELECT exe, count(*) FROM execs GROUP BY exe']],
  diff: [['diff']],
} as const;

export type Measured = keyof typeof commands;
export const measured = Object.keys(commands) as Measured[];

/**
 * What commands about recordings cost, each as a process of its own over the same recording, beside a Node program that does
 * nothing but JSON.parse and JSON.stringify of its lines, and for a query beside DuckDB alone.
 */
export const measureRecordings = async (which: readonly Measured[], events = 1_000_000): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  const file = join(folder, 'million.ndjson');
  const other = join(folder, 'other.ndjson');
  try {
    await writeRecording(file, events);
    if (which.includes('diff')) {
      await writeRecording(other, events, 7);
    }
    for (const command of which) {
      for (const [name = '', ...args] of commands[command]) {
        await measure(command, [name, ...withFiles(name, args, file, other)], file);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const withFiles = (name: string, args: readonly string[], file: string, other: string): string[] =>
  name === 'query' ? [file, args.at(-1)!] : name === 'diff' ? [file, other] : [file, ...args];

const measure = async (command: Measured, args: readonly string[], file: string): Promise<void> => {
  const ours: Cost[] = [];
  const plain: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await costOf(resolve('bin/nstrace'), args, command === 'diff' ? [0, 1] : [0]));
    plain.push(command === 'query' ? await duckCost(file) : await plainCost(file));
  }
  const name = args.filter((word) => !word.includes('/') && !word.startsWith('-')).join(' ');
  const beside = command === 'query' ? 'DuckDB alone' : 'parse and stringify of one file';
  const megabytes = Math.max(...ours.map((cost) => cost.megabytes));
  console.log(`${command}: ${name}: ${ratio(ours, plain)} times the CPU time of ${beside}, ${megabytes} MB`);
};

/** The same question without nstrace, with the columns given that it needs. */
const duck = `
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const columns = "{type: 'VARCHAR', seq: 'BIGINT', exe: 'VARCHAR', ret: 'BIGINT'}";
  const read = "read_json(['" + process.argv[1] + "'], format = 'newline_delimited', columns = " + columns + ")";
  await connection.runAndReadAll("SELECT exe, count(*) FROM " + read + " WHERE type = 'exec' AND ret = 0 GROUP BY exe");
})();
`;
const duckCost = (file: string): Promise<Cost> => costOf(process.execPath, ['-e', duck, file]);

const ns = (base: number) => ({
  ...{ pid: base, mnt: base + 1, net: base + 2, ipc: base + 3, uts: base + 4 },
  ...{ user: 4026531837, cgroup: 4026531835, time: 4026531834 },
});

/**
 * Processes that are born, execute and exit, in 20 containers and outside of them.
 *
 * @param every one in N of a program has another exit code
 */
const writeRecording = async (file: string, events: number, every = 50): Promise<void> => {
  const out = createWriteStream(file);
  let seq = 0;
  let at = 5_000_000_000;
  const began = Date.UTC(2026, 0, 2) / 1000;
  const put = async (record: object): Promise<void> => {
    seq += 1;
    at += 20_000;
    const time = `${new Date((began + Math.floor(at / 1e9)) * 1000).toISOString().slice(0, 19)}.${String(at % 1e9).padStart(9, '0')}Z`;
    const { type, ...fields } = record as { type: string };
    if (!out.write(`${JSON.stringify({ type, seq, time, mono: String(at), ...fields })}\n`)) {
      await once(out, 'drain');
    }
  };
  const time = new Date(began * 1000).toISOString().replace('Z', '000000Z');
  await put({
    ...{ type: 'header', schema: 'nstrace/1', recording: 'bench', started: time, filters: {}, args: ['record'] },
    host: { name: 'bench', boot_id: 'bench', kernel: '6.18.0', arch: 'x86_64' },
    tool: { nstrace: '0', bpftrace: '0', node: '0' },
    host_ns: ns(4026531836),
  });
  const refs = Array.from({ length: 20 }, (_, index) => ({
    ...{ id: index.toString(16).padStart(64, 'c0'), name: `web-${index}`, runtime: 'docker', instance: index + 1 },
  }));
  for (const [index, container] of refs.entries()) {
    await put({ type: 'container', op: 'seen', container: { ...container, pidns: 4026532000 + index * 10 } });
  }
  const programs = [
    ['/usr/bin/curl', '-fsS', '--max-time', '5', 'http://127.0.0.1:8080/healthz'],
    ['/bin/sh', '-c', 'test -f /run/ready && exec /app/check --verbose'],
    ['/usr/bin/python3', '/app/worker.py', '--queue', 'default', '--concurrency=4'],
    ['ls', '-la', '/var/lib/data'],
  ];
  for (let index = 0; seq < events; index += 1) {
    const slot = index % 25;
    const container = refs[slot] ?? null;
    const pid = 1000 + (index % 30_000);
    const who = {
      pid,
      nspid: container === null ? [pid] : [pid, 7 + (index % 900)],
      ns: ns(4026532000 + slot * 10),
      container,
    };
    const args = programs[index % programs.length]!;
    const comm = args[0]!.slice(args[0]!.lastIndexOf('/') + 1);
    const origin = container === null ? {} : { origin: 'born' };
    await put({ type: 'fork', ...who, ppid: 900, comm: 'sh', flags: [], ...origin });
    await put({
      ...{ type: 'exec', ...who, ppid: 900, pcomm: 'sh', uid: 0, gid: 0, comm, exe: args[0], cwd: '/app', args },
      ...{ args_bytes: args.join(' ').length + 1, args_truncated: false, ...origin, ret: 0 },
    });
    await put({
      ...{ type: 'exit', ...who, ppid: 900, comm, exe: args[0], code: index % every === 0 ? 1 : 0, core: false },
      duration_ns: 40_000 + index,
    });
  }
  await put({
    ...{ type: 'footer', ended: time, reason: 'interrupt', events: {}, lost: 0, cut: 0, complete: true },
    probe: { made: 0, delivered: 0, lost: 0 },
  });
  out.end();
  await finished(out);
};
