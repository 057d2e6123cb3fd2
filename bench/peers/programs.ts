import { execa } from 'execa';
import { execsSeen, phases, runPhase, startTracer } from './measure.ts';
import type { Tracer } from './tracers.ts';

/** What a BPF program costs an exec. */
export interface ProgramCost {
  readonly name: string;
  /** ns of all its runs, by exec of the workload. */
  readonly perExec: number;
  readonly runsPerExec: number;
}

interface Program {
  readonly id: number;
  readonly name?: string;
  readonly run_time_ns?: number;
  readonly run_cnt?: number;
}

const listPrograms = async (): Promise<Program[]> => {
  const { stdout } = await execa('bpftool', ['prog', 'show', '-j']);
  return JSON.parse(stdout) as Program[];
};

/**
 * Time in each BPF program of a tracer, by the kernel's own statistics, which cost about 20 ns a run themselves.
 *
 * @param index the phase: short argv or long
 */
export const measurePrograms = async (folder: string, tracer: Tracer, index: number): Promise<ProgramCost[]> => {
  const others = new Set((await listPrograms()).map(({ id }) => id));
  const running = await startTracer(folder, tracer);
  const { stdout: enabled } = await execa('sysctl', ['-n', 'kernel.bpf_stats_enabled']);
  try {
    await execa('sysctl', ['-qw', 'kernel.bpf_stats_enabled=1']);
    const before = new Map((await listPrograms()).map((program) => [program.id, program]));
    await runPhase(folder, index);
    const after = await listPrograms();
    const { count, writers } = phases[index]!;
    const execs = count * writers;
    return after
      .filter(({ id }) => !others.has(id))
      .map(({ id, name = '', run_time_ns: time = 0, run_cnt: runs = 0 }) => ({
        name,
        perExec: (time - (before.get(id)?.run_time_ns ?? 0)) / execs,
        runsPerExec: (runs - (before.get(id)?.run_cnt ?? 0)) / execs,
      }))
      .filter(({ runsPerExec }) => runsPerExec > 0)
      .sort((a, b) => b.perExec - a.perExec);
  } finally {
    await execa('sysctl', ['-qw', `kernel.bpf_stats_enabled=${enabled.trim()}`]);
    execsSeen(await running.stop(), '');
  }
};
