import type { ContainerInfo, ContainerRef, NstraceRecord, RecordOf } from '../record/schema.ts';
import { unixMillis } from '../record/times.ts';
import { quoteCommand } from '../view/quote.ts';
import { exitCode, own } from './ecs.ts';
import type { Exporter, Out } from './exporter.ts';
import { Processes, type Rights, type TracedProcess } from './processes.ts';

/** Open Cybersecurity Schema Framework: Process Activity (1007) a line, and base events (0) for what is about no process. */
const version = '1.8.0';
const processActivity = 1007;
const launch = 1;
const terminate = 2;
const other = 99;
/** informational, and medium for what was lost. */
const severity = { informational: 1, medium: 3 } as const;
const linux = { name: 'Linux', type_id: 200 };

type AboutProcess = RecordOf<'process' | 'exec' | 'fork' | 'exit' | 'namespace' | 'cgroup'>;

export class OcsfExporter implements Exporter {
  readonly #out: Out;
  readonly #processes = new Processes();
  #recording = '';
  #device: object = { type_id: 0, os: linux };
  #product: object = { name: 'nstrace', vendor_name: 'nstrace' };

  constructor(out: Out) {
    this.#out = out;
  }

  take(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#recording = record.recording;
      const { host, tool } = record;
      this.#device = {
        type_id: 0,
        hostname: host.name,
        boot_uid: host.boot_id,
        os: { ...linux, kernel_release: host.kernel },
      };
      this.#product = { name: 'nstrace', vendor_name: 'nstrace', version: tool.nstrace };
    }
    const process = this.#processes.take(record);
    const event = process === undefined ? this.#baseEvent(record) : this.#processEvent(record as AboutProcess, process);
    this.#out.text(`${JSON.stringify(event)}\n`);
  }

  end(): void {}

  #common(record: NstraceRecord): object {
    return {
      severity_id: record.type === 'lost' ? severity.medium : severity.informational,
      time: unixMillis(record.time),
      metadata: {
        version,
        product: this.#product,
        profiles: ['host', 'container', 'linux/linux_users'],
        uid: `${this.#recording}:${record.seq}`,
        sequence: record.seq,
        original_time: record.time,
        ...('args_truncated' in record && record.args_truncated ? { is_truncated: true } : {}),
      },
      device: this.#device,
      unmapped: { nstrace: own(record) },
    };
  }

  #processEvent(record: AboutProcess, process: TracedProcess): object {
    const activity = activityOf(record);
    const failed = record.type === 'exec' && record.ret !== 0;
    const target = this.#process(record, process);
    const parent = 'ppid' in record ? this.#parent(record.ppid, process.parent) : undefined;
    return {
      class_uid: processActivity,
      class_name: 'Process Activity',
      category_uid: 1,
      category_name: 'System Activity',
      activity_id: activity,
      ...(activity === other ? { activity_name: nameOf(record) } : {}),
      type_uid: processActivity * 100 + activity,
      ...this.#common(record),
      status_id: failed ? 2 : 1,
      ...(failed ? { status_code: record.errno ?? String(record.ret) } : {}),
      ...(activity === launch ? { launch_type_id: record.type === 'fork' ? 2 : 3 } : {}),
      ...(record.type === 'exit' ? { exit_code: exitCode(record) } : {}),
      // A process exits, executes and moves by itself; only a birth is its parent's doing.
      actor: { process: record.type === 'fork' && parent !== undefined ? parent : target },
      process: parent === undefined ? target : { ...target, parent_process: parent },
    };
  }

  #baseEvent(record: NstraceRecord): object {
    const container = record.type === 'container' ? record.container : undefined;
    return {
      class_uid: 0,
      class_name: 'Base Event',
      category_uid: 0,
      activity_id: other,
      activity_name: nameOf(record),
      type_uid: other,
      ...this.#common(record),
      ...(container === undefined ? {} : { container: containerObject(container) }),
    };
  }

  #process(record: AboutProcess, process: TracedProcess): object {
    const failed = record.type === 'exec' && record.ret !== 0;
    const args = failed ? record.args : process.args;
    const exact = 'args_base64' in record ? record.args_base64 : undefined;
    const path = failed ? record.exe : process.exe;
    const uid = this.#processes.idOf(process);
    return {
      pid: record.pid,
      ...(uid === undefined ? {} : { uid }),
      ...(process.name === undefined ? {} : { name: process.name }),
      ...(path === undefined ? {} : { path }),
      ...(args === undefined ? {} : { cmd_line: quoteCommand(args, exact) }),
      ...('cwd' in record && record.cwd !== undefined ? { working_directory: record.cwd } : {}),
      ...(process.startTime === undefined ? {} : { created_time: unixMillis(process.startTime) }),
      ...(record.type === 'exit' ? { terminated_time: unixMillis(record.time) } : {}),
      ...('uid' in record ? users(record) : {}),
      ...(record.nspid.length > 1 ? { namespace_pid: record.nspid.at(-1) } : {}),
      ...(record.container === null ? {} : { container: containerObject(record.container) }),
    };
  }

  #parent(pid: number, known: TracedProcess | undefined): object {
    const parent = this.#processes.find(pid) ?? (known?.pid === pid ? known : undefined);
    const uid = parent && this.#processes.idOf(parent);
    return {
      pid,
      ...(uid === undefined ? {} : { uid }),
      ...(parent?.name === undefined ? {} : { name: parent.name }),
      ...(parent?.exe === undefined ? {} : { path: parent.exe }),
    };
  }
}

const activityOf = ({ type }: AboutProcess): number =>
  type === 'exec' || type === 'fork' ? launch : type === 'exit' ? terminate : other;

const nameOf = (record: NstraceRecord): string => ('op' in record ? `${record.type} ${record.op}` : record.type);

const users = (record: Rights & { readonly gid: number }): object => ({
  user: { uid: String(record.uid) },
  group: { uid: String(record.gid) },
  ...(record.euid === undefined ? {} : { euid: record.euid }),
  ...(record.egid === undefined ? {} : { egid: record.egid }),
  ...(record.auid === undefined ? {} : { auid: record.auid }),
});

const containerObject = (container: ContainerRef | ContainerInfo): object => ({
  uid: container.id,
  name: container.name,
  runtime: container.runtime,
  ...('image' in container && container.image !== undefined ? { image: { name: container.image } } : {}),
  ...('pod' in container && container.pod !== undefined ? { pod_uuid: container.pod.id } : {}),
});
