import { randomUUID } from 'node:crypto';
import { hostname, machine, release } from 'node:os';
import type { Namespaces } from '../kernel/namespaces.ts';
import { readProcText } from '../procfs/read.ts';
import type { RecordOf } from '../record/schema.ts';
import { version as ownVersion } from '../version.ts';

interface Begun {
  /** When, as records have it, and in ns of the kernel clock. */
  readonly time: string;
  readonly mono: string;
  /** The version of bpftrace. */
  readonly bpftrace: string;
  /** The host's own namespaces. */
  readonly host: Namespaces;
  /** What was asked for. */
  readonly filters: Record<string, unknown>;
  readonly args: readonly string[];
}

/** The first record of a trace: of which host it is, what made it, and with which options. */
export const headerOf = ({ time, mono, bpftrace, host, filters, args }: Begun): RecordOf<'header'> => ({
  type: 'header',
  seq: 0,
  time,
  mono,
  schema: 'nstrace/1',
  recording: randomUUID(),
  started: time,
  host: {
    name: hostname(),
    boot_id: (readProcText('/proc/sys/kernel/random/boot_id') ?? '').trim(),
    kernel: release(),
    arch: machine(),
  },
  tool: { nstrace: ownVersion, bpftrace, node: process.versions.node },
  host_ns: { ...host },
  filters,
  args: [...args],
});
