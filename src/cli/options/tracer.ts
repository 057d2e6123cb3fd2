import type { Command } from 'commander';

export interface TracerValues {
  bpftrace?: string;
}

export const addTracerOptions = (command: Command): Command =>
  command.option('--bpftrace <path>', 'the bpftrace to run, if not the system’s');
