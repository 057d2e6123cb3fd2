import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { RecordFilter } from '../src/filter/filter.ts';
import { eventKinds } from '../src/filter/kinds.ts';
import type { Bookmark } from '../src/recording/reader.ts';
import { Reading } from '../src/recording/reader.ts';
import { Account, type Moment } from '../src/replay/moment.ts';
import { Player } from '../src/replay/player.ts';
import { Store } from '../src/tui/store.ts';
import { writeRecording } from './recording.ts';
import { median } from './workload.ts';

const records = 300_000;
const rounds = 3;

/** What is measured, and how many times as fast as the other build it is wanted to be. */
const commands = [
  ['replay -e all -o json', ['replay', '--speed', 'max', '-e', 'all', '-o', 'json']],
  ['replay, as lines', ['replay', '--speed', 'max']],
  ['timeline', ['timeline']],
] as const;

/**
 * How fast recordings are read, as CPU time, beside JSON.parse and JSON.stringify over the same lines, and beside another
 * build where NSTRACE_BESIDE names its program.
 */
export const compareReading = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    const file = join(folder, 'bench.ndjson');
    writeRecording(file, records);
    const beside = process.env.NSTRACE_BESIDE;
    for (const [name, args] of commands) {
      const ours: Cost[] = [];
      const others: Cost[] = [];
      const plain: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // One after the other, so that a machine that changes its pace does so for all.
        ours.push(await costOf(resolve('bin/nstrace'), [...args, file]));
        if (beside !== undefined) {
          others.push(await costOf(beside, [...args, file]));
        }
        plain.push(parseAndStringify(file));
      }
      print(name, ours, others, plain);
    }
    await measureSeek(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Cost {
  /** CPU time in seconds. */
  readonly seconds: number;
  readonly megabytes: number;
}

const print = (name: string, ours: readonly Cost[], others: readonly Cost[], plain: readonly number[]): void => {
  const seconds = median(ours.map((cost) => cost.seconds));
  const parts = [
    `${Math.round(records / seconds / 1000)},000 records a second of CPU time`,
    `${median(ours.map((cost, index) => cost.seconds / plain[index]!)).toFixed(2)} times the time of parse and stringify`,
    `${Math.max(...ours.map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
  ];
  if (others.length > 0) {
    const times = median(others.map((cost, index) => cost.seconds / ours[index]!.seconds));
    parts.push(`${times.toFixed(2)} times as fast as the other build`);
    parts.push(`which took ${Math.max(...others.map(({ megabytes }) => megabytes)).toFixed(0)} MB`);
  }
  console.log(`read: ${name}: ${parts.join(', ')}`);
};

/** CPU time and memory of a program, as the kernel counts them. */
const costOf = async (program: string, args: readonly string[]): Promise<Cost> => {
  const { stderr } = await execa('bash', [
    '-c',
    'TIMEFORMAT="%U %S"; time "$0" "$@" > /dev/null 2>&1',
    program,
    ...args,
  ]);
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { seconds: user! + system!, megabytes: await peakOf(program, args) };
};

const peaks = new Map<string, number>();

/** The most memory that it ever had, in MB: asked once, as reading it takes time. */
const peakOf = async (program: string, args: readonly string[]): Promise<number> => {
  const key = [program, ...args].join(' ');
  if (!peaks.has(key)) {
    const child = execa(program, args, { stdout: 'ignore', stderr: 'ignore', reject: false });
    let peak = 0;
    const timer = setInterval(() => {
      try {
        peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak);
      } catch {
        // It has ended.
      }
    }, 20);
    await child;
    clearInterval(timer);
    peaks.set(key, peak / 1000);
  }
  return peaks.get(key)!;
};

/** CPU seconds of what every reader of JSON does at least. */
const parseAndStringify = (file: string): number => {
  const began = process.cpuUsage();
  let length = 0;
  const text = readFileSync(file, 'latin1');
  for (let from = 0, end = text.indexOf('\n'); end !== -1; from = end + 1, end = text.indexOf('\n', from)) {
    length += JSON.stringify(JSON.parse(text.slice(from, end))).length;
  }
  const { user, system } = process.cpuUsage(began);
  return length > 0 ? (user + system) / 1e6 : 0;
};

/** Plays a million records to their end, and goes back. */
export const measureSeek = async (folder: string): Promise<void> => {
  const file = join(folder, 'long.ndjson');
  writeRecording(file, 1_000_000);
  const reading = new Reading(file, { onDamage: ({ what }) => console.log(what) });
  const makeFilter = () =>
    new RecordFilter({
      ...{ containers: [], namespaces: [], pids: [], uids: [], names: [], lines: [] },
      ...{ failed: true, events: new Set(eventKinds) },
    });
  let filter = makeFilter();
  let store = new Store();
  let account = new Account();
  const player = new Player<Bookmark, Moment>({
    open: (signal, from) => reading.batches(signal, from),
    speed: Number.POSITIVE_INFINITY,
    onRecord: (record) => {
      account.take(record);
      if (filter.wants(record)) {
        store.take(record);
      }
    },
    onTime: () => {},
    save: () => account.save(),
    onRestart: (moment) => {
      filter = makeFilter();
      account = new Account(moment);
      store = new Store();
      if (moment !== undefined) {
        store.begin(moment);
      }
    },
  });
  const aborter = new AbortController();
  const began = performance.now();
  const done = player.run(aborter.signal);
  await until(() => player.ended);
  console.log(`read: a replay of 1,000,000 records to its end: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  for (const seconds of [-5, -60, -150, -1000]) {
    const to = Math.max(0, player.position + seconds);
    const from = performance.now();
    const cpu = process.cpuUsage();
    player.seek(seconds);
    await until(() => !player.ended && Math.abs(player.position - to) < 0.01);
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `read: back by ${-seconds} s in it: ${(performance.now() - from).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU time`,
    );
  }
  aborter.abort();
  await done;
  reading.close();
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
