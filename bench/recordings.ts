import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

/**
 * What commands about recordings cost, each as a process of its own over the same recording, beside a Node program that does
 * nothing but JSON.parse and JSON.stringify of its lines.
 */
export const measureRecordings = async (events = 1_000_000): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  const file = join(folder, 'million.ndjson');
  try {
    await writeRecording(file, events);
    const nstrace = join(import.meta.dirname, '../dist/nstrace.js');
    const plain = await time(['-e', parseAndStringify, file]);
    console.log(`JSON.parse and JSON.stringify: ${plain.seconds.toFixed(1)} s of CPU, ${plain.megabytes} MB`);
    for (const args of [
      ['export', file, '--to', 'perfetto'],
      ['export', file, '--to', 'chrome-json'],
      ['export', file, '--to', 'csv'],
      ['export', file, '--to', 'ecs'],
      ['export', file, '--to', 'ocsf'],
      ['export', file, '--to', 'otlp-json'],
      ['report', file, '-o', '-'],
    ]) {
      const { seconds, megabytes } = await time([nstrace, ...args]);
      const name = args.filter((word) => word !== file && !word.startsWith('-')).join(' ');
      console.log(
        `${name}: ${seconds.toFixed(1)} s of CPU, ${(seconds / plain.seconds).toFixed(2)} of that, ${megabytes} MB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const parseAndStringify = `
const { createReadStream } = require('node:fs');
let rest = '', length = 0;
const stream = createReadStream(process.argv[1], { encoding: 'utf8', highWaterMark: 256 * 1024 });
stream.on('data', (text) => {
  const lines = (rest + text).split('\\n');
  rest = lines.pop();
  for (const line of lines) length += JSON.stringify(JSON.parse(line)).length;
});
stream.on('end', () => process.exit(length > 0 ? 0 : 1));
`;

/** CPU time, which others on the machine do not change, and the most memory that it had. */
const time = async (args: readonly string[]): Promise<{ seconds: number; megabytes: number }> => {
  const nothing = openSync('/dev/null', 'w');
  const child = spawn(process.execPath, args, { stdio: ['ignore', nothing, 'inherit'] });
  closeSync(nothing);
  let kilobytes = 0;
  let ticks = 0;
  const watch = setInterval(() => {
    try {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      ticks = Math.max(ticks, Number(fields[11]) + Number(fields[12]));
      kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? kilobytes);
    } catch {
      // It has just ended.
    }
  }, 50);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  if (code !== 0) {
    throw new Error(`${args.join(' ')} ended with ${code}`);
  }
  return { seconds: ticks / 100, megabytes: Math.round(kilobytes / 1024) };
};

const ns = (base: number) => ({
  ...{ pid: base, mnt: base + 1, net: base + 2, ipc: base + 3, uts: base + 4 },
  ...{ user: 4026531837, cgroup: 4026531835, time: 4026531834 },
});

/** Processes that are born, execute and exit, in 20 containers and outside of them. */
const writeRecording = async (file: string, events: number): Promise<void> => {
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
      ...{ type: 'exit', ...who, ppid: 900, comm, exe: args[0], code: index % 50 === 0 ? 1 : 0, core: false },
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
