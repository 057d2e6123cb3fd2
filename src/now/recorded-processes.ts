import { ContainerSelection } from '../filter/selector.ts';
import { type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import type { ContainerInfo, Evidence, NstraceRecord, RecordOf } from '../record/schema.ts';
import { loginOf } from './login.ts';
import type { InspectRecord } from './schema.ts';

/** Ended processes of a recording that are remembered. */
const maxEnded = 200_000;

type Program = RecordOf<'process' | 'exec'>;

interface Past {
  pid: number;
  ppid: number;
  nspid: number[];
  program: Program | undefined;
  /** What it is as of now: namespaces and container change. */
  at: RecordOf<'process' | 'exec' | 'fork' | 'namespace' | 'exit'>;
  started: string | undefined;
  exit: RecordOf<'exit'> | undefined;
  entered: Pick<RecordOf<'container'>, 'by' | 'asked_by'> | undefined;
  /** Why it stands in its container. */
  evidence: Evidence | undefined;
  parent: Past | undefined;
}

/** The processes of a recording, also those that have ended: the last one of each pid. */
export class RecordedProcesses {
  readonly selection: ContainerSelection;
  readonly #byPid = new Map<number, Past>();
  /** By instance; in recordings of 0.1, which have none, by id. */
  readonly #containers = new Map<string | number, ContainerInfo>();
  readonly #evidence = new Map<string | number, readonly string[]>();
  #host: RecordOf<'header'>['host_ns'] = {};

  constructor(words: readonly string[]) {
    this.selection = new ContainerSelection(words);
  }

  take(record: NstraceRecord): void {
    this.selection.learn(record);
    switch (record.type) {
      case 'header':
        this.#host = record.host_ns;
        return;
      case 'container':
        this.#containers.set(keyOf(record.container), record.container);
        if (record.evidence !== undefined && record.op !== 'joined') {
          this.#evidence.set(keyOf(record.container), record.evidence);
        }
        if (record.op === 'joined' && record.pid !== undefined) {
          const joined = this.#byPid.get(record.pid);
          if (joined !== undefined) {
            joined.entered = record;
          }
        }
        return;
      case 'fork':
        this.#begin(record, record.time);
        return;
      case 'process':
        this.#begin(record, record.started).program = record;
        return;
      case 'exec':
      case 'namespace':
      case 'exit':
        return this.#goOn(record);
      default:
    }
  }

  get containers(): ContainerInfo[] {
    return [...this.#containers.values()];
  }

  withPid(pid: number): InspectRecord | undefined {
    const found = this.#byPid.get(pid);
    return found === undefined ? undefined : this.#report(found);
  }

  /** The process of a container with that pid inside, or its first process. */
  inContainer(nspid: number | undefined): InspectRecord | undefined {
    let found: Past | undefined;
    for (const past of this.#byPid.values()) {
      const { container } = past.at;
      if (container === null || !this.selection.wants(container)) {
        continue;
      }
      const init = this.#containers.get(keyOf(container))?.init;
      if (nspid === undefined ? past.pid === init : past.nspid.at(-1) === nspid && past.nspid.length > 1) {
        found = past;
      }
    }
    return found === undefined ? undefined : this.#report(found);
  }

  #begin(record: RecordOf<'process' | 'fork'>, started: string): Past {
    const { pid, ppid, nspid } = record;
    const parent = this.#byPid.get(ppid);
    const past: Past = {
      pid,
      ppid,
      nspid,
      program: parent?.program,
      at: record,
      started,
      exit: undefined,
      entered: parent?.entered,
      evidence: evidenceOf(record, parent),
      parent,
    };
    // Back at the end: the order says which is the oldest.
    this.#byPid.delete(pid);
    this.#byPid.set(pid, past);
    if (this.#byPid.size > maxEnded) {
      this.#dropOldest();
    }
    return past;
  }

  #dropOldest(): void {
    for (const [pid, { exit }] of this.#byPid) {
      if (exit !== undefined) {
        this.#byPid.delete(pid);
        return;
      }
    }
  }

  #goOn(record: RecordOf<'exec' | 'namespace' | 'exit'>): void {
    let past = this.#byPid.get(record.pid);
    if (past === undefined || past.exit !== undefined) {
      const ppid = 'ppid' in record ? record.ppid : 0;
      const parent = this.#byPid.get(ppid);
      const { pid, nspid } = record;
      past = {
        pid,
        ppid,
        nspid,
        program: undefined,
        at: record,
        started: undefined,
        exit: undefined,
        entered: undefined,
        evidence: undefined,
        parent,
      };
      this.#byPid.set(pid, past);
    }
    past.evidence = evidenceOf(record, past);
    past.at = record;
    past.nspid = record.nspid;
    if (record.type === 'exec' && record.ret === 0) {
      past.program = record;
      past.ppid = record.ppid;
    }
    if (record.type === 'exit') {
      past.exit = record;
      // What is above a process that has ended is remembered as long as itself, not the whole chain above that.
      past.parent = past.parent?.exit === undefined ? past.parent : shortened(past.parent);
    }
  }

  #report(past: Past): InspectRecord {
    const { at, program, exit } = past;
    const { container } = at;
    const info = container === null ? undefined : this.#containers.get(keyOf(container));
    const init = info?.init === undefined ? undefined : this.#byPid.get(info.init);
    return {
      type: 'inspect',
      time: at.time,
      pid: past.pid,
      gone: exit !== undefined,
      nspid: past.nspid,
      ppid: past.ppid,
      comm: program?.comm ?? '',
      ...(program && { exe: program.exe }),
      ...(program?.type === 'exec' && program.exe_file && { exe_file: program.exe_file }),
      ...(program?.cwd && { cwd: program.cwd }),
      ...(program && { uid: program.uid, gid: program.gid, ...loginOf(program) }),
      ...(program?.caps_gained && { caps_gained: program.caps_gained }),
      args: program?.args ?? [],
      ...(past.started && { started: past.started }),
      ...(exit && {
        ended: {
          time: exit.time,
          ...(exit.code === undefined ? {} : { code: exit.code }),
          ...(exit.signal === undefined ? {} : { signal: exit.signal }),
        },
      }),
      container,
      ...(program?.origin && { origin: program.origin }),
      ...(past.evidence && container && { evidence: past.evidence }),
      ...(at.role && { role: at.role }),
      ...(at.for && { for: at.for }),
      ...(container && { container_evidence: [...(this.#evidence.get(keyOf(container)) ?? [])] }),
      ...(past.entered?.by && { entered_by: past.entered.by }),
      ...(past.entered?.asked_by && { entered_asked_by: past.entered.asked_by }),
      namespaces: namespaceTypes.flatMap((type) => {
        const inode = at.ns[type];
        return inode === undefined ? [] : [{ type, inode, whose: this.#whose(type, inode, init) }];
      }),
      ancestry: ancestryOf(past),
    };
  }

  #whose(type: NamespaceType, inode: number, init: Past | undefined): 'host' | 'container' | 'other' {
    return inode === this.#host[type] ? 'host' : init?.at.ns[type] === inode ? 'container' : 'other';
  }
}

const keyOf = ({ instance, id }: { instance?: number | undefined; id: string }): string | number => instance ?? id;

/** Of a record that does not say it: as of who it comes from, if that is in the same container. */
const evidenceOf = (record: Past['at'], from: Past | undefined): Evidence | undefined => {
  if ('evidence' in record && record.evidence !== undefined) {
    return record.evidence;
  }
  const { container } = record;
  if (container === null || from === undefined || from.at.container?.instance !== container.instance) {
    return undefined;
  }
  return record.type === 'fork' && from.evidence === 'init' ? 'lineage' : from.evidence;
};

const shortened = (past: Past): Past => ({ ...past, parent: undefined });

const ancestryOf = (past: Past): InspectRecord['ancestry'] => {
  const ancestors: InspectRecord['ancestry'] = [];
  const seen = new Set([past.pid]);
  for (let at = past.parent; at !== undefined && !seen.has(at.pid); at = at.parent) {
    seen.add(at.pid);
    const pidns = at.at.ns.pid;
    ancestors.push({
      pid: at.pid,
      nspid: at.nspid,
      comm: at.program?.comm ?? '',
      args: at.program?.args ?? [],
      container: at.at.container,
      ...(pidns === undefined ? {} : { pidns }),
    });
  }
  return ancestors;
};
