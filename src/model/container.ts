import type { Namespaces, NamespaceType } from '../kernel/namespaces.ts';
import type { Text } from '../kernel/text.ts';
import type { ContainerInfo, ContainerRef, Evidence } from '../record/schema.ts';
import type { Bundle, Description, RuntimeCommand } from '../runtimes/runtime.ts';

/** A process that asked for something. */
export interface Asker {
  readonly pid: number;
  /** CLOCK_BOOTTIME of its start in ns. */
  readonly start: string;
  readonly uid: number;
  readonly auid?: number | undefined;
  readonly tty?: string | undefined;
  readonly comm: Text;
  readonly args: readonly Text[];
  readonly argsCut: boolean;
  readonly execAt: number;
  readonly engine: string | undefined;
  readonly daemon: boolean;
  readonly membership: Membership | undefined;
  readonly parent: Asker | undefined;
}

/** Who made a container: the command line of its runtime, or of what made its namespaces. */
export interface Requester {
  readonly who: Asker;
  readonly pid: number;
  readonly uid: number;
  readonly comm: string;
  readonly args: readonly string[];
  /** When that command was executed, in ns of the kernel clock. */
  readonly at: number;
}

/** The command of a runtime that made a container. */
export interface Maker extends RuntimeCommand {
  readonly by: Requester;
  readonly owner: { readonly ended: boolean };
}

/** The first process of a container. */
export interface Init {
  readonly pid: number;
  readonly startAt: number;
  readonly nspid: readonly number[];
  readonly ns: Namespaces;
}

export interface Identity extends Description {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  /** Another runtime could have such a cgroup too: the first that knows for sure is right. */
  readonly guessed?: boolean;
}

/** That a process stands in a container, and why. Each container has one of a kind, which its processes share. */
export interface Membership {
  readonly container: Container;
  readonly evidence: Evidence;
}

/** How a process ended; nothing is known of it if that was lost. */
export interface End {
  code?: number;
  signal?: string;
  oom?: true;
}

/** Where a name comes from, the weakest first: a stronger source replaces a weaker one, and itself. */
export const nameRanks = ['shape', 'command', 'monitor', 'file'] as const;
export type NameRank = (typeof nameRanks)[number];

/** Pid namespaces nest 32 deep at most (include/linux/pid_namespace.h); deeper chains are damaged. */
const maxDepth = 32;

/**
 * One life of one set of processes, from its init, or the making of its namespace or cgroup, until its last process has
 * left. Runtime, root, id, name, image and labels are attributes of it, each with a source.
 */
export class Container {
  ref: ContainerRef;
  readonly as: Readonly<Record<Evidence, Membership>>;
  readonly root: string | undefined;
  image: string | undefined;
  labels: Readonly<Record<string, string>> | undefined;
  pod: { id: string; name?: string } | undefined;
  /** Where its name comes from. */
  rank: NameRank;
  /** The pid namespace of its init. */
  pidns: number | undefined;
  /** Its first process: pid 1 of its pid namespace; without one of its own the first that belongs to it. */
  init: Init | undefined;
  initEnd: End | undefined;
  /** The namespaces of its init. */
  ns: Namespaces | undefined;
  /** Its cgroups: the hierarchies in which it has one, by path; none once that was removed. */
  readonly cgroups = new Map<string, Set<string>>();
  requester: Requester | undefined;
  /** The command of the runtime that made it. */
  command: Maker | undefined;
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
  /** Its last process has left. */
  stopped = false;
  /** Processes that live in it. */
  alive = 0;
  /** What made it a container. */
  madeBy: string | undefined;

  /** @param instance unique within a recording */
  constructor({ id, name, runtime, root, image, labels, pod, guessed = false }: Identity, instance: number) {
    this.ref = { id, name, runtime, instance };
    this.root = root;
    this.image = image;
    this.labels = labels;
    this.pod = pod;
    this.guessed = guessed;
    this.rank = guessed ? 'shape' : 'command';
    const member = (evidence: Evidence): Membership => ({ container: this, evidence });
    this.as = {
      init: member('init'),
      lineage: member('lineage'),
      pidns: member('pidns'),
      cgroup: member('cgroup'),
      mnt: member('mnt'),
    };
  }

  /**
   * Takes in what became known. Records that were emitted keep the name that they had.
   *
   * @returns undefined if nothing is new, else whether a name that was known has changed
   */
  learn({ name, runtime, image, labels, pod, podName }: Description, rank: NameRank): 'late' | 'renamed' | undefined {
    const outranks = nameRanks.indexOf(rank) >= nameRanks.indexOf(this.rank);
    const newName = name !== undefined && name !== '' && outranks ? name : this.ref.name;
    const newRuntime = runtime ?? this.ref.runtime;
    const newImage = image !== undefined && (outranks || this.image === undefined) ? image : this.image;
    const newLabels = labels === undefined ? this.labels : { ...this.labels, ...labels };
    const known = pod === undefined ? this.pod : { ...this.pod, ...pod };
    const newPod = known !== undefined && podName !== undefined ? { ...known, name: podName } : known;
    const renamed = newName !== this.ref.name && this.rank === 'file';
    const news =
      newName !== this.ref.name ||
      newRuntime !== this.ref.runtime ||
      newImage !== this.image ||
      JSON.stringify(newLabels) !== JSON.stringify(this.labels) ||
      JSON.stringify(newPod) !== JSON.stringify(this.pod);
    if (name !== undefined && outranks) {
      this.rank = rank;
    }
    if (!news) {
      return undefined;
    }
    this.ref = { ...this.ref, name: newName, runtime: newRuntime };
    this.image = newImage;
    this.labels = newLabels;
    this.pod = newPod;
    return renamed ? 'renamed' : 'late';
  }

  /** The containers around it, the nearest first. */
  around(): ContainerRef[] {
    const refs: ContainerRef[] = [];
    for (let at = this.outer; at !== undefined && refs.length < maxDepth; at = at.outer) {
      refs.push(at.ref);
    }
    return refs;
  }

  /** Whether it was made in another one, or in one that was. */
  isInside(other: Container): boolean {
    let at = this.outer;
    for (let depth = 0; at !== undefined && depth < maxDepth; depth += 1) {
      if (at === other) {
        return true;
      }
      at = at.outer;
    }
    return false;
  }

  /** Whether a cgroup that was made for it is still there. */
  get hasCgroup(): boolean {
    for (const hierarchies of this.cgroups.values()) {
      if (hierarchies.size > 0) {
        return true;
      }
    }
    return false;
  }

  /** @param started the birth of its init, as records have it */
  info(started?: string): ContainerInfo {
    return {
      ...this.ref,
      ...(this.root === undefined ? {} : { root: this.root }),
      ...(this.image === undefined ? {} : { image: this.image }),
      ...(this.labels === undefined ? {} : { labels: { ...this.labels } }),
      ...(this.pidns === undefined ? {} : { pidns: this.pidns }),
      ...(this.init === undefined ? {} : { init: this.init.pid }),
      ...(started === undefined ? {} : { started }),
      ...(this.pod === undefined ? {} : { pod: { ...this.pod } }),
      ...(this.cgroups.size === 0 ? {} : { cgroups: [...this.cgroups.keys()] }),
      ...(this.outer === undefined ? {} : { inside: this.around() }),
      ...(this.shared === undefined ? {} : { shared: this.shared }),
    };
  }
}
