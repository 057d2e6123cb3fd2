import type { Command } from 'commander';
import { write } from '../console/stdout.ts';
import { examine } from '../doctor/check.ts';
import { checks } from '../doctor/checks.ts';
import { doctorText } from '../doctor/text.ts';
import { exitStatus } from '../errors.ts';

const examples = `
MISSING is what tracing cannot do without (status 3), LIMITED what is not shown without it.

Examples:
  sudo nstrace doctor
  sudo nstrace doctor --json | jq -r '.[] | select(.ok | not) | "\\(.name): \\(.advice)"'
`;

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('check what tracing needs, by really attaching the probes')
    .option('--bpftrace <path>', 'the bpftrace to check, if not the system’s')
    .option('--json', 'as JSON: one array')
    .addHelpText('after', examples)
    .action(async (values: { bpftrace?: string; json?: boolean }) => {
      const findings = await examine(checks(values.bpftrace));
      await write(values.json ? `${JSON.stringify(findings, undefined, 2)}\n` : doctorText(findings));
      process.exitCode = findings.some(({ level }) => level === 'missing') ? exitStatus.system : exitStatus.ok;
    });
};
