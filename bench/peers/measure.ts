import { closeSync, copyFileSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { cpuSeconds, memoryMegabytes, pidsNamed } from './cost.ts';
import type { Tracer } from './tracers.ts';

/** What a phase of the workload is. */
export interface Phase {
  readonly name: string;
  /** Execs a second of each writer; 0 for as many as it can. */
  readonly rate: number;
  /** Execs of each writer. */
  readonly count: number;
  readonly writers: number;
  readonly argvBytes: number;
}

export const phases: readonly Phase[] = [
  { name: '10/s', rate: 10, count: 40, writers: 1, argvBytes: 30 },
  { name: '100/s', rate: 100, count: 300, writers: 1, argvBytes: 30 },
  { name: 'most, 1 writer', rate: 0, count: 4000, writers: 1, argvBytes: 30 },
  { name: 'most, 2 writers', rate: 0, count: 4000, writers: 2, argvBytes: 30 },
  { name: 'most, 1 writer, argv of 4 KB', rate: 0, count: 3000, writers: 1, argvBytes: 4096 },
  { name: 'most, 2 writers, argv of 4 KB', rate: 0, count: 3000, writers: 2, argvBytes: 4096 },
];

/** A second, in us. */
export interface Pace {
  readonly rate: number;
  readonly median: number;
  readonly p99: number;
}

export interface Result extends Pace {
  readonly seen: number;
  readonly made: number;
  /** CPU seconds of the tracer for 1,000 execs. */
  readonly cpu: number;
}

export interface Measured {
  readonly tracer: string;
  /** Seconds from its start to the first exec that it saw. */
  readonly ready: number;
  readonly megabytes: number;
  /** What it said was lost, in all. */
  readonly saidLost: number;
  /** By phase. */
  readonly results: readonly Result[];
  readonly before: readonly Pace[];
  readonly after: readonly Pace[];
}

const programOf = (folder: string, phase: number): string => join(folder, `phase-${phase}-noop`);

/** The workload of a phase. Each has a program of its own, so that every tracer can be asked what it saw of it. */
export const runPhase = async (folder: string, index: number): Promise<Pace> => {
  const { rate, count, writers, argvBytes } = phases[index]!;
  const args = [String(rate), String(count), 'x'.repeat(argvBytes)];
  // By its environment, which no tracer prints: else the writer's own exec would name the program too.
  const env = { PROGRAM: programOf(folder, index) };
  const outputs = await Promise.all(Array.from({ length: writers }, () => execa(join(folder, 'pace'), args, { env })));
  const paces = outputs.map(({ stdout }) => stdout.split(' ').map(Number));
  const mean = (column: number): number => paces.reduce((sum, pace) => sum + pace[column]!, 0) / writers;
  return { rate: mean(0) * writers, median: mean(1), p99: Math.max(...paces.map((pace) => pace[2]!)) };
};

export const prepare = async (folder: string): Promise<void> => {
  const root = process.cwd();
  await execa('gcc', ['-O2', '-static', '-o', join(folder, 'pace'), join(root, 'bench/peers/pace.c')]);
  await execa('gcc', ['-O2', '-static', '-o', join(folder, 'warm-noop'), join(root, 'test/e2e/tools/noop.c')]);
  for (const index of phases.keys()) {
    copyFileSync(join(folder, 'warm-noop'), programOf(folder, index));
  }
};

/** Untraced, each phase once. */
const untraced = async (folder: string): Promise<Pace[]> => {
  const paces: Pace[] = [];
  for (const index of phases.keys()) {
    paces.push(await runPhase(folder, index));
  }
  return paces;
};

/** A tracer between two runs without one, all phases. */
export const measure = async (folder: string, tracer: Tracer): Promise<Measured> => {
  const before = await untraced(folder);
  const running = await startTracer(folder, tracer);
  try {
    const env = { PROGRAM: join(folder, 'warm-noop') };
    await execa(join(folder, 'pace'), ['0', String(tracer.warmUp ?? 2000), 'warm'], { env });
    await settle(running.cpu);
    const paces: (Pace & { cpu: number })[] = [];
    for (const index of phases.keys()) {
      const from = running.cpu();
      const pace = await runPhase(folder, index);
      await settle(running.cpu);
      const { count, writers } = phases[index]!;
      paces.push({ ...pace, cpu: ((running.cpu() - from) / (count * writers)) * 1000 });
    }
    const megabytes = running.megabytes();
    const text = await running.stop();
    const results = paces.map((pace, index) => {
      const { count, writers } = phases[index]!;
      return { ...pace, made: count * writers, seen: execsSeen(text, `phase-${index}-noop`) };
    });
    const lost = tracer.lost === undefined ? 0 : sum([...text.matchAll(tracer.lost)].map(([, count]) => Number(count)));
    const ready = readyAfter(text, running.marks);
    return { tracer: tracer.name, ready, megabytes, saidLost: lost, results, before, after: await untraced(folder) };
  } finally {
    await running.stop();
  }
};

/**
 * Waits until a tracer rests: what it still does for one phase would be counted as that of the next, and of the last one not at all.
 * On a machine on which others run programs it never does.
 */
const settle = async (cpu: () => number): Promise<void> => {
  const begun = performance.now();
  let before = cpu();
  let rested = 0;
  while (rested < settledRests && performance.now() - begun < maxSettleMs) {
    await sleep(restMs);
    const now = cpu();
    rested = now - before <= restSeconds ? rested + 1 : 0;
    before = now;
  }
};

const restMs = 500;
/** CPU time within that of one that rests: two ticks. */
const restSeconds = 0.02;
const settledRests = 3;
const maxSettleMs = 15_000;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Lines that name the program: tracers print one an exec, audit several, of which one is of this type. */
export const execsSeen = (text: string, program: string): number => {
  let seen = 0;
  for (const line of text.split('\n')) {
    if (line.includes(program) && (!line.startsWith('type=') || line.startsWith('type=EXECVE')) && !isOtherKind(line)) {
      seen += 1;
    }
  }
  return seen;
};

/** Of a recording execs count, not exits, which name the program too. */
const isOtherKind = (line: string): boolean => line.startsWith('{"type":') && !line.startsWith('{"type":"exec"');

/** The first of the execs that were made while it started, and when that was. */
const readyAfter = (text: string, marks: readonly number[]): number => {
  const first = marks.findIndex((_, index) => text.includes(`ready-${index}-noop`));
  return first < 0 ? Number.NaN : marks[first]!;
};

const readySeconds = 6;
/** On a busy machine a tracer takes longer; one that prints nothing at all is not waited for. */
const maxReadySeconds = 60;

/** Starts it, and makes an exec with a name of its own every 50 ms: the first that it saw says when it was ready. */
export const startTracer = async (folder: string, tracer: Tracer) => {
  const output = join(folder, 'output');
  const descriptor = openSync(output, 'w');
  const done = await prepareAudit(folder, tracer);
  const begun = performance.now();
  const child = execa(tracer.command[0]!, tracer.command.slice(1), {
    stdio: ['ignore', descriptor, descriptor] as unknown as ['ignore', 'inherit', 'inherit'],
    ...(tracer.env === undefined ? {} : { env: tracer.env }),
    reject: false,
  });
  closeSync(descriptor);
  const marks: number[] = [];
  const seesExecs = (): boolean => readFileSync(tracer.file ?? output, 'latin1').includes('ready-');
  const waited = (): number => (performance.now() - begun) / 1000;
  while (waited() < readySeconds || (!seesExecs() && waited() < maxReadySeconds)) {
    const mark = join(folder, `ready-${marks.length}-noop`);
    copyFileSync(join(folder, 'warm-noop'), mark);
    marks.push((performance.now() - begun) / 1000);
    await execa(mark);
    rmSync(mark);
    await sleep(50);
  }
  if (child.exitCode !== null && child.exitCode !== undefined) {
    await done();
    const [word = ''] = readFileSync(output, 'latin1').trimEnd().split('\n').slice(-1);
    throw new Error(`${tracer.name} does not run here: ${word}`);
  }
  const pids = () => [child.pid!, ...(tracer.helpers ?? []).flatMap(pidsNamed)];
  let text: string | undefined;
  return {
    pid: child.pid!,
    marks,
    cpu: (): number => sum(pids().map(cpuSeconds)),
    megabytes: (): number => memoryMegabytes(child.pid!),
    /** Ends it, and resolves with what it printed. */
    stop: async (): Promise<string> => {
      if (text === undefined) {
        child.kill(tracer.file === undefined ? 'SIGINT' : 'SIGTERM');
        await child;
        await done();
        text =
          readFileSync(tracer.file ?? output, 'latin1') +
          (tracer.file === undefined ? '' : readFileSync(output, 'latin1'));
      }
      return text;
    },
  };
};

/** What brings back the audit system's state, as `auditctl -s` prints it, that is changed here: whether it is on, and its backlog. */
export const auditSettings = (status: string): string[] =>
  [...status.matchAll(/^(enabled|backlog_limit) (\d+)$/gm)].flatMap(([, name, value]) => [
    name === 'enabled' ? '-e' : '-b',
    value!,
  ]);

/** auditd with a log and rules of our own, which go again, as the settings do. */
const prepareAudit = async (folder: string, { file }: Tracer): Promise<() => Promise<void>> => {
  if (file === undefined) {
    return async () => {};
  }
  const settings = [
    'local_events = yes',
    `log_file = ${file}`,
    'log_format = RAW',
    'flush = INCREMENTAL_ASYNC',
    'freq = 50',
  ];
  writeFileSync(
    join(folder, 'auditd.conf'),
    `${settings.join('\n')}\nmax_log_file_action = IGNORE\nspace_left = 75\nadmin_space_left = 50\n`,
    { mode: 0o640 },
  );
  writeFileSync(file, '', { mode: 0o600 });
  const rule = ['always,exit', '-F', 'arch=b64', '-S', 'execve,execveat'];
  const before = auditSettings((await execa('auditctl', ['-s'])).stdout);
  await execa('auditctl', ['-b', '8192', '-e', '1']);
  await execa('auditctl', ['-a', ...rule]);
  return async () => {
    await execa('auditctl', ['-d', ...rule], { reject: false });
    await execa('auditctl', before, { reject: false });
  };
};
