import { installCommand } from '../../errors.ts';
import { ownRights } from '../../procfs/rights.ts';
import { oldestTested } from './version.ts';

/** What bpftrace says when it fails, in words a user can act on. */
export interface Failure {
  readonly reason: string;
  readonly advice: string;
}

/** Noise that is printed also when all is well. */
const harmless = /RLIMIT_MEMLOCK|available_filter_functions|^WARNING|deprecated|^Attach(ing|ed) \d+ probe/;

const tooOld = (): Failure => ({
  reason: 'it is too old for the probes',
  advice: `install bpftrace ${oldestTested} or newer (${installCommand('bpftrace')} from a newer release), or name one with --bpftrace PATH`,
});

const known: readonly [RegExp, Failure][] = [
  [
    /only supports running as the root user|Missing CAP_|Operation not permitted|Permission denied/i,
    { reason: 'it lacks the rights', advice: 'run nstrace with sudo, or as root outside of containers' },
  ],
  [
    /lockdown/i,
    {
      reason: 'the kernel is locked down (confidentiality), which forbids tracing',
      advice: 'boot without lockdown=confidentiality, or with secure boot off',
    },
  ],
  [
    /tracepoint not found: ([\w:]+)|No probes to attach/i,
    {
      reason: 'the kernel lacks a tracepoint that nstrace needs',
      advice: 'check that tracefs is mounted on /sys/kernel/tracing and that the kernel has CONFIG_FTRACE_SYSCALLS=y',
    },
  ],
  [
    /failed to find BTF|Unknown struct|unknown type|does not contain a field/i,
    {
      reason: 'it does not know the structures of this kernel (BTF)',
      advice: 'run a kernel with /sys/kernel/btf/vmlinux and a bpftrace that is not much older than it',
    },
  ],
  [
    /Error loading (BPF )?program|program is too large|BPF stack limit|invalid indirect read/i,
    {
      reason: 'the kernel refused the probes',
      advice:
        'report it with the output of `nstrace doctor`; bpftrace 0.17 to 0.27 on kernels 5.10 to 7.2 are known to work',
    },
  ],
  [
    /perf buffer|ring ?buf|Cannot allocate memory|Out of memory/i,
    { reason: 'there is no memory for its buffers', advice: 'free some memory (nstrace needs about 200 MB)' },
  ],
];

/** What is missing where rights are: without them the kernel's types cannot be read, which is what bpftrace then says. */
const missingRight = (lines: readonly string[], held: ReadonlySet<string>): string | undefined => {
  if (!held.has('CAP_SYS_ADMIN') && !['CAP_BPF', 'CAP_PERFMON'].every((name) => held.has(name))) {
    return 'CAP_SYS_ADMIN';
  }
  return !held.has('CAP_IPC_LOCK') && lines.some((line) => /mmap: Operation not permitted/.test(line))
    ? 'CAP_IPC_LOCK'
    : undefined;
};

/**
 * @param output bpftrace's stderr and what it printed on stdout beside events, newest last
 * @param held the capabilities that are in effect
 */
export const explainFailure = (
  output: readonly string[],
  status: string,
  held: ReadonlySet<string> = ownRights(),
): Failure => {
  const lines = output.map((line) => line.trim()).filter((line) => line !== '' && !harmless.test(line));
  const right = missingRight(lines, held);
  if (right !== undefined) {
    return {
      reason: `it lacks the rights: there is no ${right}`,
      advice: `add ${right} to the rights of its unit or container, or run nstrace with sudo outside of containers`,
    };
  }
  for (const [pattern, failure] of [[/Unknown function/i, tooOld()] as const, ...known]) {
    const line = lines.find((candidate) => pattern.test(candidate));
    if (line !== undefined) {
      return { ...failure, reason: `${failure.reason} (it said: ${line})` };
    }
  }
  // Hints and excerpts of the program follow what is wrong.
  const said =
    lines.find((line) => /\berror: /i.test(line) && !/expanded from/.test(line)) ??
    lines.filter((line) => !line.startsWith('HINT')).at(-1) ??
    lines.at(-1);
  return {
    reason: said === undefined ? `it ended without a word (${status})` : `it said: ${said} (${status})`,
    advice: '`nstrace doctor` checks what it needs',
  };
};
