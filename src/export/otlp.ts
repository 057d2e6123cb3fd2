import type { ContainerInfo, ContainerRef, NstraceRecord, RecordOf } from '../record/schema.ts';
import { unixNanos } from '../record/times.ts';
import { describe } from '../view/command.ts';
import { exitCode, own } from './ecs.ts';
import type { Exporter, Out } from './exporter.ts';
import { Processes, type Rights, type TracedProcess } from './processes.ts';

/** Log records of one request: far below the limit of 20 MiB that the Collector has for a body. */
const maxRecords = 500;
const maxBytes = 1024 * 1024;

type AboutProcess = RecordOf<'process' | 'exec' | 'fork' | 'exit' | 'namespace' | 'cgroup'>;

/** A value of OTLP/JSON: integers of 64 bits are text. */
type Value =
  | { stringValue: string }
  | { intValue: string }
  | { boolValue: boolean }
  | { doubleValue: number }
  | { arrayValue: { values: Value[] } }
  | { kvlistValue: { values: Attribute[] } };
type Attribute = { key: string; value: Value };

/**
 * OTLP/JSON as the Collector's file exporter writes it: an ExportLogsServiceRequest a line. Names are those of the semantic
 * conventions where there are any, else `nstrace.*`.
 */
export class OtlpExporter implements Exporter {
  readonly #out: Out;
  readonly #processes = new Processes();
  #recording = '';
  #resource: Attribute[] = attributes({ 'service.name': 'nstrace', 'os.type': 'linux' });
  #version = '';
  #records: string[] = [];
  #size = 0;

  constructor(out: Out) {
    this.#out = out;
  }

  take(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#begin(record);
    }
    const text = JSON.stringify(this.#logRecord(record, this.#processes.take(record)));
    this.#records.push(text);
    this.#size += text.length;
    if (this.#records.length >= maxRecords || this.#size >= maxBytes) {
      this.#flush();
    }
  }

  end(): void {
    this.#flush();
  }

  /** What follows is of this host. */
  #begin({ recording, host, tool }: RecordOf<'header'>): void {
    this.#flush();
    this.#recording = recording;
    this.#version = tool.nstrace;
    this.#resource = attributes({
      'service.name': 'nstrace',
      'service.version': tool.nstrace,
      'host.name': host.name,
      'host.arch': architectures[host.arch] ?? host.arch,
      'os.type': 'linux',
      'os.version': host.kernel,
      'nstrace.recording': recording,
      'nstrace.boot_id': host.boot_id,
    });
  }

  #flush(): void {
    if (this.#records.length === 0) {
      return;
    }
    const resource = JSON.stringify({ attributes: this.#resource });
    const scope = JSON.stringify({ name: 'nstrace', version: this.#version });
    this.#out.text(
      `{"resourceLogs":[{"resource":${resource},"scopeLogs":[{"scope":${scope},"logRecords":[${this.#records.join(',')}]}]}]}\n`,
    );
    this.#records = [];
    this.#size = 0;
  }

  #logRecord(record: NstraceRecord, process: TracedProcess | undefined): object {
    const time = unixNanos(record.time);
    // What a limit left out was chosen.
    const lost = record.type === 'lost' && record.stage !== 'limit';
    const body = describe(record, { quote: false, maxArgs: 64 });
    return {
      timeUnixNano: time,
      observedTimeUnixNano: time,
      severityNumber: lost ? 13 : 9,
      severityText: lost ? 'WARN' : 'INFO',
      eventName: eventName(record),
      ...(body === '' ? {} : { body: { stringValue: body } }),
      attributes: this.#attributes(record, process),
    };
  }

  #attributes(record: NstraceRecord, process: TracedProcess | undefined): Attribute[] {
    const container = 'container' in record ? record.container : null;
    return attributes({
      'log.record.uid': `${this.#recording}:${record.seq}`,
      ...(process === undefined ? {} : this.#process(record as AboutProcess, process)),
      ...(container === null ? {} : containerAttributes(container)),
      ...renamed(own(record)),
    });
  }

  #process(record: AboutProcess, process: TracedProcess): Record<string, unknown> {
    const failed = record.type === 'exec' && record.ret !== 0;
    const program = record.type === 'exec' || record.type === 'process' ? record : undefined;
    const exe = failed ? record.exe : process.exe;
    return {
      'process.pid': record.pid,
      'process.vpid': record.nspid.length > 1 ? record.nspid.at(-1) : undefined,
      'process.parent_pid': 'ppid' in record ? record.ppid : undefined,
      'process.creation.time': process.startTime,
      'process.executable.path': exe,
      'process.executable.name': exe === undefined ? undefined : exe.slice(exe.lastIndexOf('/') + 1),
      'process.command_args': program?.args,
      'process.args_count': program?.args.length,
      'process.working_directory': program?.cwd,
      'process.user.id': program === undefined ? undefined : ((program as Rights).euid ?? program.uid),
      'process.real_user.id': program?.uid,
      'process.exit.code': record.type === 'exit' ? exitCode(record) : undefined,
      'process.exit.time': record.type === 'exit' ? record.time : undefined,
    };
  }
}

/** Values of host.arch, by the kernel's names. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  x64: 'amd64',
  i686: 'x86',
  armv7l: 'arm32',
  ppc64le: 'ppc64',
};

const eventName = (record: NstraceRecord): string => {
  switch (record.type) {
    case 'process':
      return 'nstrace.process.seen';
    case 'exec':
    case 'fork':
    case 'exit':
      return `nstrace.process.${record.type}`;
    case 'namespace':
    case 'cgroup':
    case 'container':
      return `nstrace.${record.type}.${record.op}`;
    default:
      return `nstrace.${record.type}`;
  }
};

const containerAttributes = (container: ContainerRef | ContainerInfo): Record<string, unknown> => {
  const labels = 'labels' in container ? Object.entries(container.labels ?? {}) : [];
  return {
    'container.id': container.id,
    'container.name': container.name,
    'container.runtime.name': container.runtime,
    'container.image.name': 'image' in container ? container.image : undefined,
    'k8s.pod.uid': 'pod' in container ? container.pod?.id : undefined,
    'k8s.pod.name': 'pod' in container ? container.pod?.name : undefined,
    ...Object.fromEntries(labels.map(([name, value]) => [`container.label.${name}`, value])),
  };
};

const renamed = (fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`nstrace.${name}`, value]));

/** Keys are unique, and what is undefined has none. */
const attributes = (fields: Record<string, unknown>): Attribute[] => {
  const list: Attribute[] = [];
  for (const key in fields) {
    const value = toValue(fields[key]);
    if (value !== undefined) {
      list.push({ key, value });
    }
  }
  return list;
};

const toValue = (value: unknown): Value | undefined => {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'object':
      return value === null
        ? undefined
        : Array.isArray(value)
          ? { arrayValue: { values: value.map(toValue).filter((item) => item !== undefined) } }
          : { kvlistValue: { values: attributes(value as Record<string, unknown>) } };
    default:
      return undefined;
  }
};
