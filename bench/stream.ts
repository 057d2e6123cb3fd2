import { Readable } from 'node:stream';
import type { Nanoseconds } from '../src/kernel/time.ts';
import { Model } from '../src/model/model.ts';
import { WallClock } from '../src/model/wall-clock.ts';
import { type Decoded, Decoder } from '../src/probe/decode/decode.ts';
import { toWholeLines } from '../src/probe/decode/lines.ts';
import { NamespacePairs } from '../src/probe/order/namespace-pairs.ts';
import { CpuOrder } from '../src/probe/order/order.ts';
import { Sequence } from '../src/probe/order/sequence.ts';
import { toLine } from '../src/recording/write/line.ts';
import { readCgroup, readRuntimeCommand } from '../src/runtimes/index.ts';
import { hex, host, hostWords, words } from '../test/fixtures/lines.ts';

/** CLONE_VM and CLONE_VFORK, and a path of 18 bytes. */
const vforkAndPath = '410000000012';
/** No login user and no session; the working directory is the root. */
const nobody = 'ffffffffffffffff';
const eventsABeat = 3000;
const cpus = 2;

/** The lines of N short processes, each a vfork, an exec and an exit: what a busy host makes most of. */
export const makeLines = (processes: number): Buffer => {
  const lines: string[] = [];
  const made = [0, 0];
  const path = words(Buffer.from('/usr/bin/some-tool'), 8);
  const argv = words(Buffer.from('some-tool\0--alpha\0beta gamma\0/etc/some/file\0'), 23);
  const comm = words(Buffer.from('some-tool'), 2);
  let time = 1_000_000_000_000;
  for (let index = 0; index < processes; index += 1) {
    const cpu = index % cpus;
    const pid = 1000 + (index % 30_000);
    const two = hex(pid) + pid.toString(16).padStart(8, '0');
    const start = (time + 100).toString(16);
    made[cpu] = made[cpu]! + 2;
    const place = (seq: number): string => hex(cpu * 65_536) + seq.toString(16).padStart(8, '0');
    lines.push(
      `E ${time + 500} ${place(made[cpu]! - 1)} ${two} ${hex(1)}00${pid.toString(16).padStart(6, '0')} ${start} 0 ${hostWords} 1 ${vforkAndPath} ${hex(44)} ${nobody} 0 2 ${path} ${argv}`,
      `X ${time + 900} ${place(made[cpu]!)} ${two} ${hex(1)}00${pid.toString(16).padStart(6, '0')} ${start} effffffc 0 0 ${comm}`,
    );
    time += 1000;
    if ((index + 1) % (eventsABeat / 2) === 0) {
      lines.push(`H ${time} 1`, `@seq[0]: ${made[0]}`, `@seq[1]: ${made[1]}`, '');
    }
  }
  return Buffer.from(`${lines.join('\n')}\n`);
};

/** All that a session does between bpftrace's bytes and the lines of a recording. */
class Pipeline implements Decoded {
  records = 0;
  bytes = 0;
  readonly #sequence = new Sequence();
  readonly decoder = new Decoder(this, this.#sequence);
  readonly #model = new Model({
    host,
    hierarchies: new Map([[0, '']]),
    cgroupPaths: new Map([[0, new Map([[1, '/']])]]),
    clock: new WallClock(1_795_525_046_139_837_901n),
    readCommand: readRuntimeCommand,
    runtimes: { readCgroup, describe: () => undefined },
    emit: (record) => {
      this.records += 1;
      this.bytes += toLine(record).length;
    },
  });
  readonly #pairs = new NamespacePairs((event) => this.#model.event(event));
  readonly #order = new CpuOrder((event) => this.#pairs.take(event), this.#sequence);
  #beat: { time: Nanoseconds; totals: Map<number, number> } | undefined;

  event(event: Parameters<Decoded['event']>[0]): void {
    this.#order.event(event);
  }

  heartbeat(time: Nanoseconds): void {
    this.#beat = { time, totals: new Map() };
  }

  held(): void {}

  folding(): void {}

  total(_map: string, key: number, value: number): void {
    this.#beat?.totals.set(key, value);
  }

  mapEnd(): void {
    if (this.#beat !== undefined) {
      this.#order.beat(this.#beat.time, this.#beat.totals);
      this.#beat = undefined;
    }
  }

  message(line: string): void {
    throw new Error(`not a line of the probes: ${line}`);
  }
}

export interface StreamResult {
  readonly records: number;
  readonly seconds: number;
  readonly heapMegabytes: number[];
}

/** Sends the same lines through again and again, and looks at the heap after each round. */
export const runStream = async (lines: Buffer, rounds: number): Promise<StreamResult> => {
  const pipeline = new Pipeline();
  const heapMegabytes: number[] = [];
  const began = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const source = Readable.from(chunks(lines), { objectMode: false });
    const stream = source.pipe(toWholeLines((line) => pipeline.decoder.line(line)));
    await new Promise((resolve) => stream.once('end', resolve));
    globalThis.gc?.();
    heapMegabytes.push(process.memoryUsage().heapUsed / 1e6);
  }
  const { user, system } = process.cpuUsage(began);
  return { records: pipeline.records, seconds: (user + system) / 1e6, heapMegabytes };
};

function* chunks(lines: Buffer): Generator<Buffer> {
  for (let at = 0; at < lines.length; at += 65_536) {
    yield lines.subarray(at, at + 65_536);
  }
}
