import type { Namespaces, NamespaceType } from '../kernel/namespaces.ts';
import type { ContainerInfo, ContainerRef } from '../record/schema.ts';
import type { Bundle, Description } from '../runtimes/runtime.ts';

/** Who made a container: the command line of its runtime, or of what made its namespaces. */
export interface Requester {
  readonly pid: number;
  readonly uid: number;
  readonly comm: string;
  readonly args: readonly string[];
  /** When that command began, in ns of the kernel clock. */
  readonly at: number;
}

export interface Identity extends Description {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  /** Another runtime could have such a cgroup too: the first that knows for sure is right. */
  readonly guessed?: boolean;
}

/** Pid namespaces nest 32 deep at most (include/linux/pid_namespace.h); deeper chains are damaged. */
const maxDepth = 32;

/** A container that lives, or lived until just now. */
export class Container {
  ref: ContainerRef;
  image: string | undefined;
  labels: Readonly<Record<string, string>> | undefined;
  pidns: number | undefined;
  mnt: number | undefined;
  init: number | undefined;
  /** The namespaces of its init. */
  ns: Namespaces | undefined;
  /** Its cgroups: the hierarchies in which it has one, by path. */
  readonly cgroups = new Map<string, Set<string>>();
  requester: Requester | undefined;
  /** Where the runtime's command says that its configuration is. */
  bundle: Bundle | undefined;
  /** The container that it was made in. */
  outer: Container | undefined;
  /** Its namespaces that are the host's, or those of other containers with these ids. */
  shared: Partial<Record<NamespaceType, string[]>> | undefined;
  guessed: boolean;
  /** How often its runtime's files were asked about it without an answer. */
  asked = 0;
  cgroupAt: number | undefined;
  namespacesAt: number | undefined;
  /** Its program runs: init's exec was seen, or it was there before. */
  started = false;
  stopped = false;
  /** Processes that live in it. */
  alive = 0;

  /** @param instance unique within a recording */
  constructor({ id, name, runtime, image, labels, guessed = false }: Identity, instance: number) {
    this.ref = { id, name, runtime, instance };
    this.image = image;
    this.labels = labels;
    this.guessed = guessed;
  }

  /**
   * Takes in what became known. A name learned late holds for later records: those told before keep their object.
   *
   * @returns whether it is new
   */
  learn({ name = this.ref.name, runtime = this.ref.runtime, image = this.image, labels }: Description): boolean {
    const merged = labels === undefined ? this.labels : { ...this.labels, ...labels };
    const news =
      name !== this.ref.name ||
      runtime !== this.ref.runtime ||
      image !== this.image ||
      JSON.stringify(merged) !== JSON.stringify(this.labels);
    if (news) {
      this.ref = { ...this.ref, name, runtime };
      this.image = image;
      this.labels = merged;
    }
    return news;
  }

  /** The containers around it, the nearest first. */
  around(): ContainerRef[] {
    const refs: ContainerRef[] = [];
    for (let at = this.outer; at !== undefined && refs.length < maxDepth; at = at.outer) {
      refs.push(at.ref);
    }
    return refs;
  }

  info(): ContainerInfo {
    return {
      ...this.ref,
      ...(this.image === undefined ? {} : { image: this.image }),
      ...(this.labels === undefined ? {} : { labels: { ...this.labels } }),
      ...(this.pidns === undefined ? {} : { pidns: this.pidns }),
      ...(this.init === undefined ? {} : { init: this.init }),
      ...(this.cgroups.size === 0 ? {} : { cgroups: [...this.cgroups.keys()] }),
      ...(this.outer === undefined ? {} : { inside: this.around() }),
      ...(this.shared === undefined ? {} : { shared: this.shared }),
    };
  }

  isInit(process: { pid: number }): boolean {
    return this.init === process.pid;
  }
}
