import type { NstraceRecord } from '../record/schema.ts';
import { Containers, type KnownContainer } from './containers.ts';
import { type KnownProcess, Processes, type Root } from './processes.ts';

/** A record, and what is known of whom it is about: what the words of the filter language ask. */
export interface Subject {
  readonly record: NstraceRecord;
  /** Undefined if the record is about no process. */
  readonly process: KnownProcess | undefined;
  /** Undefined on the host, and if the record is about no process. */
  readonly container: KnownContainer | undefined;
  /** Name of the host that the record is from. */
  readonly host: string | undefined;
  readonly containers: Containers;
}

export interface KnowledgeOptions {
  /** See `Processes`. */
  readonly roots?: readonly Root[];
  /** Keeps the ancestors of processes, for words about them that are typed later. */
  readonly keepsLineage?: boolean;
}

/** What the records so far say of processes, containers and the host. Give it every record, in order. */
export class Knowledge {
  readonly processes: Processes;
  readonly containers: Containers;
  #host: string | undefined;
  readonly #hosts = new Map<string, string>();

  constructor({ roots = [], keepsLineage = false }: KnowledgeOptions = {}) {
    this.processes = new Processes(roots, keepsLineage);
    this.containers = new Containers((pid) => this.processes.withPid(pid));
  }

  /** Takes note of a record, and returns what words can ask of it. What it refers to stays as it was at that moment. */
  take(record: NstraceRecord): Subject {
    const { recording, host } = record as { recording?: string; host?: unknown };
    if (record.type === 'header') {
      this.#host = record.host.name;
      this.#hosts.set(record.recording, record.host.name);
    }
    const process = this.processes.take(record);
    const container = this.containers.learn(record);
    if (process !== undefined && record.type !== 'container') {
      process.container = container;
    }
    const from = recording === undefined ? undefined : this.#hosts.get(recording);
    return {
      ...{ record, process, container, containers: this.containers },
      host: typeof host === 'string' ? host : (from ?? this.#host),
    };
  }
}
