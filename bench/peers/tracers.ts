import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A tracer of execs as its users start it. All are asked for every exec of the machine. */
export interface Tracer {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What must be there for it, and how it is called where one gets it. */
  readonly needs: readonly [file: string, where: string];
  /** Its events are in this file, not in its output. */
  readonly file?: string;
  /** Kernel threads that work for it alone. */
  readonly helpers?: readonly string[];
  /** How it says that events are lost, with their number. */
  readonly lost?: RegExp;
  /** N execs are run before it is measured: a compiler at run time, as Node's, has its say in the first seconds. */
  readonly warmUp?: number;
  /** What else it reports than execs, since it costs that too. */
  readonly reports: string;
}

const root = process.cwd();

/** @param folder where those that need files may make them */
export const tracers = (folder: string): readonly Tracer[] => [
  {
    name: 'nstrace record',
    command: [join(root, 'bin/nstrace'), 'record', '-o', '-'],
    needs: [join(root, 'dist/nstrace.js'), 'npm run build'],
    lost: /"type":"lost"[^\n]*?"count":(\d+)/g,
    warmUp: 12_000,
    reports: 'execs, forks, exits, namespaces, cgroups, containers',
  },
  {
    name: 'execsnoop.bt',
    command: ['/usr/sbin/execsnoop.bt'],
    needs: ['/usr/sbin/execsnoop.bt', 'bpftrace'],
    lost: /Lost (\d+) events/g,
    reports: 'exec attempts',
  },
  {
    name: 'execsnoop (libbpf-tools)',
    command: ['/usr/sbin/execsnoop'],
    needs: ['/usr/sbin/execsnoop', 'libbpf-tools'],
    lost: /Lost (\d+) events/gi,
    reports: 'execs',
  },
  {
    name: 'execsnoop-bpfcc',
    command: ['/usr/sbin/execsnoop-bpfcc'],
    env: { PYTHONUNBUFFERED: '1' },
    needs: ['/usr/sbin/execsnoop-bpfcc', 'bpfcc-tools'],
    lost: /lost (\d+) samples/gi,
    reports: 'execs',
  },
  {
    name: 'perf trace',
    command: ['/usr/bin/perf', 'trace', '-a', '-e', 'sched:sched_process_exec'],
    needs: ['/usr/bin/perf', 'linux-perf'],
    lost: /LOST (\d+) events/g,
    reports: 'execs, without arguments',
  },
  {
    name: 'auditd',
    command: ['/usr/sbin/auditd', '-n', '-c', folder],
    needs: ['/usr/sbin/auditd', 'auditd'],
    file: join(folder, 'audit.log'),
    helpers: ['kauditd'],
    reports: 'execs, their paths and directories',
  },
  {
    name: 'extrace',
    command: ['/usr/bin/extrace', '-f'],
    needs: ['/usr/bin/extrace', 'extrace'],
    reports: 'execs',
  },
  {
    name: 'forkstat',
    command: ['/usr/bin/forkstat', '-l', '-e', 'exec'],
    needs: ['/usr/bin/forkstat', 'forkstat'],
    reports: 'execs',
  },
];

export const isThere = ({ needs: [file] }: Tracer): boolean => existsSync(file);
