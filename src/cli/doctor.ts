import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { exitStatus, messageOf, NstraceError } from '../errors.ts';
import { askFeatures } from '../probe/ask.ts';
import { Btf } from '../probe/btf.ts';
import { neededMembers } from '../probe/features.ts';
import { findBpftrace } from '../probe/find.ts';
import { hasTracefs, isTracefsMounted, mountTracefs } from '../probe/tracefs.ts';
import { Tracer } from '../probe/tracer.ts';
import { versionOf } from '../probe/version.ts';
import { requireHostPidns, requireHostTimens } from '../session/session.ts';
import { escapeText } from '../view/escape.ts';

interface Check {
  readonly name: string;
  /** What was found; an error thrown says what is missing and how to mend it. */
  readonly run: () => Promise<string> | string;
}

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
  readonly advice?: string;
}

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('check what tracing needs, by really attaching the probes')
    .option('--bpftrace <path>', 'the bpftrace to check, if not the system’s')
    .option('--json', 'as data')
    .addHelpText('after', '\nExamples:\n  sudo nstrace doctor\n')
    .action(async (values: { bpftrace?: string; json?: boolean }) => {
      const findings = await examine(values.bpftrace);
      process.stdout.write(values.json ? `${JSON.stringify(findings, undefined, 2)}\n` : report(findings));
      process.exitCode = findings.every(({ ok }) => ok) ? exitStatus.ok : exitStatus.system;
    });
};

const missing = (message: string, advice: string): NstraceError =>
  new NstraceError(message, { advice, status: exitStatus.system });

/** Runs every check, also after one that failed. */
const examine = async (chosen: string | undefined): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const { name, run } of checks(chosen)) {
    try {
      findings.push({ name, ok: true, text: await run() });
    } catch (error) {
      const advice = error instanceof NstraceError ? error.advice : undefined;
      findings.push({ name, ok: false, text: messageOf(error), ...(advice === undefined ? {} : { advice }) });
    }
  }
  return findings;
};

const checks = (chosen: string | undefined): Check[] => [
  { name: 'rights', run: checkRights },
  { name: 'kernel', run: () => readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim() },
  { name: 'BTF', run: checkBtf },
  { name: 'lockdown', run: checkLockdown },
  { name: 'tracefs', run: checkTracefs },
  { name: 'pid namespace', run: checkPidNamespace },
  { name: 'time namespace', run: checkTimeNamespace },
  {
    name: 'bpftrace',
    run: async () => {
      const path = findBpftrace(chosen);
      return `${(await versionOf([path])).text} (${path})`;
    },
  },
  { name: 'probes', run: () => attach(chosen) },
];

const checkRights = (): string => {
  if (process.geteuid?.() !== 0) {
    throw missing('not root', 'run `sudo nstrace doctor`');
  }
  return 'root';
};

const checkBtf = (): string => {
  const offsets = Btf.ofKernel()?.offsets(neededMembers);
  if (offsets === undefined) {
    throw missing(
      `${Btf.path} is missing`,
      'run a kernel built with CONFIG_DEBUG_INFO_BTF=y: your distribution’s own has it',
    );
  }
  if (offsets.size < neededMembers.length) {
    throw missing('it does not describe struct pid and task_struct', 'run your distribution’s own kernel');
  }
  return Btf.path;
};

const checkLockdown = (): string => {
  const path = '/sys/kernel/security/lockdown';
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '[none]';
  const mode = /\[(\w+)\]/.exec(text)?.[1] ?? 'none';
  if (mode === 'confidentiality') {
    throw missing(
      'the kernel is locked down (confidentiality)',
      'boot without lockdown=confidentiality on the kernel command line',
    );
  }
  return mode;
};

const checkTracefs = async (): Promise<string> => {
  if (hasTracefs()) {
    return 'mounted';
  }
  if (process.geteuid?.() !== 0) {
    if (isTracefsMounted()) {
      return 'mounted, for root to read';
    }
    throw missing('not mounted', 'root mounts it: `sudo nstrace doctor`');
  }
  await mountTracefs();
  return 'was not mounted, is now';
};

const checkPidNamespace = (): string => {
  requireHostPidns();
  return 'the host’s';
};

const checkTimeNamespace = (): string => {
  requireHostTimens();
  return 'the host’s';
};

const attach = async (chosen: string | undefined): Promise<string> => {
  checkRights();
  requireHostPidns();
  requireHostTimens();
  const command = [findBpftrace(chosen)];
  const began = Date.now();
  const { features } = await askFeatures(command);
  const tracer = new Tracer({
    command,
    features,
    failed: true,
    onEvent: () => {},
    onBeat: () => {},
    onNotice: () => {},
    onResume: () => {},
    onFailure: () => {},
  });
  await tracer.start();
  const ready = Date.now() - began;
  await tracer.stop(new AbortController().signal);
  return `all attached in ${(ready / 1000).toFixed(1)} s; ${tracer.count.made} lines made, ${tracer.count.lost} lost`;
};

const report = (findings: readonly Finding[]): string => {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(({ name, ok, text, advice }) => {
    const line = `${ok ? 'ok     ' : 'MISSING'} ${name.padEnd(width)}  ${escapeText(text)}\n`;
    return advice === undefined ? line : `${line}        ${' '.repeat(width)}  → ${escapeText(advice)}\n`;
  });
  const verdict = findings.every(({ ok }) => ok)
    ? 'nstrace can trace here.\n'
    : 'nstrace cannot trace here yet. What needs no tracing works: nstrace ps, ns and inspect, and replay and timeline of recordings.\n';
  return lines.join('') + verdict;
};
