import type { ContainerInfo, ContainerRef } from '../recording/schema.ts';
import type { Process } from './process.ts';

/** Who made a container: the command line of its runtime, or of what made its namespaces. */
export interface Requester {
  readonly pid: number;
  readonly uid: number;
  readonly comm: string;
  readonly args: readonly string[];
  /** When that command began, in ns of the kernel clock. */
  readonly at: number;
}

export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
}

/** A container that lives, or lived until just now. */
export class Container {
  ref: ContainerRef;
  image: string | undefined;
  labels: Readonly<Record<string, string>> | undefined;
  pidns: number | undefined;
  mnt: number | undefined;
  init: number | undefined;
  /** Its cgroups: the hierarchies in which it has one, by path. */
  readonly cgroups = new Map<string, Set<string>>();
  requester: Requester | undefined;
  cgroupAt: number | undefined;
  namespacesAt: number | undefined;
  /** Its program runs: init's exec was seen, or it was there before. */
  started = false;
  stopped = false;
  /** Processes that live in it. */
  alive = 0;

  constructor({ id, name, runtime }: Identity) {
    this.ref = { id, name, runtime };
  }

  /** A name learned late holds for later records: those told before keep their object. */
  rename(identity: Identity): void {
    this.ref = { id: identity.id, name: identity.name, runtime: identity.runtime };
  }

  info(): ContainerInfo {
    return {
      ...this.ref,
      ...(this.image === undefined ? {} : { image: this.image }),
      ...(this.labels === undefined ? {} : { labels: { ...this.labels } }),
      ...(this.pidns === undefined ? {} : { pidns: this.pidns }),
      ...(this.init === undefined ? {} : { init: this.init }),
      ...(this.cgroups.size === 0 ? {} : { cgroups: [...this.cgroups.keys()] }),
    };
  }

  isInit(process: Process): boolean {
    return this.init === process.pid;
  }
}
