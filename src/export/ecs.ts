import { constants } from 'node:os';
import type { ContainerInfo, ContainerRef, NstraceRecord, RecordOf } from '../record/schema.ts';
import { quoteCommand } from '../view/quote.ts';
import type { Exporter, Out } from './exporter.ts';
import { Processes, type Rights, type TracedProcess } from './processes.ts';

/** Elastic Common Schema: one JSON object per line. What it has no field for stands under `nstrace`. */
const ecsVersion = '9.4.0';

/** The allowed values of event.type (ECS, event.category process and host). */
const types: Readonly<Record<string, string>> = {
  process: 'info',
  exec: 'start',
  fork: 'start',
  exit: 'end',
  namespace: 'change',
  cgroup: 'change',
  container: 'info',
};
const containerTypes: Readonly<Record<string, string>> = {
  created: 'start',
  started: 'start',
  stopped: 'end',
  removed: 'end',
};

export class EcsExporter implements Exporter {
  readonly #out: Out;
  readonly #processes = new Processes();
  #header: RecordOf<'header'> | undefined;
  #host: object = {};
  #agent: object = {};

  constructor(out: Out) {
    this.#out = out;
  }

  take(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#begin(record);
    }
    const process = this.#processes.take(record);
    this.#out.text(`${JSON.stringify(this.#event(record, process))}\n`);
  }

  end(): void {}

  #begin(header: RecordOf<'header'>): void {
    this.#header = header;
    const { host, tool, host_ns } = header;
    this.#agent = { type: 'nstrace', version: tool.nstrace };
    this.#host = {
      hostname: host.name,
      name: host.name,
      architecture: host.arch,
      boot: { id: host.boot_id },
      os: { type: 'linux', kernel: host.kernel },
      ...(host_ns.pid === undefined ? {} : { pid_ns_ino: String(host_ns.pid) }),
    };
  }

  #event(record: NstraceRecord, process: TracedProcess | undefined): object {
    const about = 'pid' in record && record.type !== 'container';
    const container = 'container' in record ? record.container : null;
    return {
      '@timestamp': record.time,
      ecs: { version: ecsVersion },
      agent: this.#agent,
      event: this.#eventFields(record),
      host: this.#host,
      ...(about && process !== undefined ? { process: this.#process(record as AboutProcess, process) } : {}),
      ...('uid' in record ? { user: { id: effectiveUser(record) } } : {}),
      ...(container ? { container: containerFields(container) } : {}),
      ...podFields(container),
      nstrace: own(record),
    };
  }

  #eventFields(record: NstraceRecord): object {
    const failed = record.type === 'exec' && record.ret !== 0;
    const op = 'op' in record ? `-${record.op}` : '';
    const type =
      record.type === 'container' ? (containerTypes[record.op] ?? 'info') : failed ? 'info' : types[record.type];
    return {
      kind: 'event',
      category: [record.type in types && record.type !== 'container' ? 'process' : 'host'],
      type: [type ?? 'info'],
      action: `${record.type}${op}`,
      module: 'nstrace',
      dataset: `nstrace.${record.type}`,
      sequence: record.seq,
      id: `${this.#header?.recording ?? ''}:${record.seq}`,
      ...(record.type === 'exec' ? { outcome: failed ? 'failure' : 'success' } : {}),
      ...(record.type === 'exit' ? { duration: record.duration_ns } : {}),
    };
  }

  #process(record: AboutProcess, process: TracedProcess): object {
    const { parent } = process;
    const failed = record.type === 'exec' && record.ret !== 0;
    const args = failed ? record.args : process.args;
    const exact = 'args_base64' in record ? record.args_base64 : undefined;
    const id = this.#processes.idOf(process);
    return {
      pid: record.pid,
      ...(record.nspid.length > 1 ? { vpid: record.nspid.at(-1) } : {}),
      ...(id === undefined ? {} : { entity_id: id }),
      ...(process.startTime === undefined ? {} : { start: process.startTime }),
      name: process.name,
      executable: failed ? record.exe : process.exe,
      ...(args === undefined ? {} : { args, args_count: args.length, command_line: quoteCommand(args, exact) }),
      ...('cwd' in record && record.cwd !== undefined ? { working_directory: record.cwd } : {}),
      ...('uid' in record
        ? {
            user: { id: effectiveUser(record) },
            real_user: { id: String(record.uid) },
            group: { id: String(record.gid) },
          }
        : {}),
      ...('ppid' in record ? { parent: this.#parent(record.ppid, parent) } : {}),
      ...(record.type === 'exit' ? { end: record.time, exit_code: exitCode(record) } : {}),
    };
  }

  #parent(pid: number, known: TracedProcess | undefined): object {
    const parent = this.#processes.find(pid) ?? (known?.pid === pid ? known : undefined);
    const id = parent && this.#processes.idOf(parent);
    return {
      pid,
      ...(id === undefined ? {} : { entity_id: id }),
      ...(parent?.name === undefined ? {} : { name: parent.name }),
      ...(parent?.exe === undefined ? {} : { executable: parent.exe }),
    };
  }
}

const effectiveUser = ({ euid, uid }: Rights): string => String(euid ?? uid);

type AboutProcess = RecordOf<'process' | 'exec' | 'fork' | 'exit' | 'namespace' | 'cgroup'>;

/** As a shell has it: 128 and the number of the signal. */
export const exitCode = ({
  code,
  signal,
}: {
  code?: number | undefined;
  signal?: string | undefined;
}): number | undefined => {
  const number = signal === undefined ? undefined : (constants.signals as Record<string, number>)[signal];
  return code ?? (number === undefined ? undefined : 128 + number);
};

const containerFields = (container: ContainerRef | ContainerInfo): object => ({
  id: container.id,
  name: container.name,
  runtime: container.runtime,
  ...('image' in container && container.image !== undefined ? { image: { name: container.image } } : {}),
  ...('labels' in container && container.labels !== undefined ? { labels: container.labels } : {}),
});

const podFields = (container: ContainerRef | ContainerInfo | null): object =>
  container !== null && 'pod' in container && container.pod !== undefined
    ? {
        orchestrator: {
          type: 'kubernetes',
          resource: {
            type: 'pod',
            id: container.pod.id,
            ...(container.pod.name === undefined ? {} : { name: container.pod.name }),
          },
        },
      }
    : {};

/** Fields of a record that ECS has a place for; all others are given as they are. */
const placed = new Set([
  ...['type', 'seq', 'time', 'pid', 'ppid', 'uid', 'gid', 'exe', 'args', 'cwd', 'duration_ns', 'op', 'started'],
  ...['args_bytes', 'schema', 'container'],
]);

/** What of a record other schemas have no field for, under its own names. */
export const own = (record: NstraceRecord): object => {
  const rest: Record<string, unknown> = {};
  for (const name in record) {
    if (!placed.has(name)) {
      rest[name] = record[name as keyof NstraceRecord];
    }
  }
  if (record.type === 'container') {
    const { id: _, name: __, runtime: ___, image: ____, labels: _____, ...others } = record.container;
    rest.container = others;
  } else if ('container' in record && record.container?.instance !== undefined) {
    rest.container = { instance: record.container.instance };
  }
  return rest;
};
