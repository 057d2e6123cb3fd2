import { type Namespaces, type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { CgroupOwners } from './cgroup-owners.ts';
import { parentOf } from './cgroup-shapes.ts';
import { CgroupSet } from './cgroups.ts';
import { Container, type Identity, type Init, type Membership } from './container.ts';
import { NamespaceOwners } from './namespace-owners.ts';
import type { Process } from './process.ts';

/**
 * Which containers there are, and in which one a process stands by its namespaces and cgroups. What several containers share leads to
 * none of them by itself.
 */
export class Containers {
  readonly host: Namespaces;
  readonly cgroups = new CgroupOwners();
  readonly namespaces: NamespaceOwners;
  readonly #live = new Set<Container>();
  #instances = 0;

  constructor(host: Namespaces) {
    this.host = host;
    this.namespaces = new NamespaceOwners(host);
  }

  /** A container seen for the first time: it gets the next number. */
  make(identity: Identity): Container {
    this.#instances += 1;
    const container = new Container(identity, this.#instances);
    this.#live.add(container);
    return container;
  }

  isHostPidns(pidns: number): boolean {
    return pidns === this.host.pid;
  }

  /** Where a process stands by its namespaces and cgroups, the strongest first; a container inside that one goes before it. */
  of(process: Process): Membership | undefined {
    const { ns, cgroups, mntMoved, invocation } = process;
    const sharing = this.cgroups.of(cgroups);
    const made = invocation?.action === 'start' ? invocation.made : undefined;
    if (made !== undefined && made.init === undefined && sharing?.includes(made)) {
      // Sent by the runtime to be its init, maybe in the pid namespace of another one.
      return made.as.cgroup;
    }
    let found: Membership | undefined;
    if (ns.pid !== this.host.pid) {
      const container = this.#narrow(this.namespaces.withPidns(ns.pid), process, ns.pid);
      found = container?.as.pidns;
    }
    if (sharing !== undefined) {
      const container = this.#narrow(sharing, process);
      if (container !== undefined && (found === undefined || container.isInside(found.container))) {
        found = container.as.cgroup;
      }
    }
    if (mntMoved && ns.mnt !== this.host.mnt) {
      const container = this.#narrow(this.namespaces.withMnt(ns.mnt), process);
      if (container !== undefined && (found === undefined || container.isInside(found.container))) {
        found = container.as.mnt;
      }
    }
    return found;
  }

  /** The container that a cgroup is of, if it is of one only. */
  ofCgroup(hierarchy: string, path: string): Container | undefined {
    const sharing = this.cgroups.of(new CgroupSet(new Map([[hierarchy, path]])));
    return sharing?.length === 1 ? sharing[0] : undefined;
  }

  /** The container that a cgroup is in, not the one that it is of. */
  around(path: string): Container | undefined {
    return this.ofCgroup('', parentOf(path));
  }

  /** The container that has this pid namespace; of several the one whose init is pid 1 of it. */
  ofPidns(pidns: number): Container | undefined {
    const sharing = this.namespaces.withPidns(pidns);
    return sharing?.length === 1 ? sharing[0] : sharing?.find(({ init }) => isFirstIn(init, pidns));
  }

  /** Containers of that id, whatever their runtime: those that live, else those that have stopped and are not removed yet. */
  withId(id: string): Container[] {
    const found = [...this.#live].filter(({ ref }) => ref.id === id);
    const alive = found.filter(({ stopped }) => !stopped);
    return alive.length > 0 ? alive : found;
  }

  /** Those that are not gone. */
  all(): ReadonlySet<Container> {
    return this.#live;
  }

  /** The namespaces that a container shares with the host, and with which others. */
  sharedBy(container: Container, ns: Namespaces): Partial<Record<NamespaceType, string[]>> {
    const shared: Partial<Record<NamespaceType, string[]>> = {};
    for (const type of namespaceTypes) {
      if (ns[type] === this.host[type]) {
        shared[type] = ['host'];
        continue;
      }
      const others = [...this.#live].filter(
        (other) => other !== container && !other.stopped && other.ns?.[type] === ns[type],
      );
      if (others.length > 0) {
        shared[type] = others.map(({ ref }) => ref.id);
      }
    }
    return shared;
  }

  /** Its last process has left: nothing leads to it any more. */
  release(container: Container): void {
    this.cgroups.release(container);
    this.namespaces.release(container);
  }

  /** Forgets a container that is gone. */
  forget(container: Container): void {
    this.release(container);
    this.cgroups.forget(container);
    this.#live.delete(container);
  }

  /** Of containers that share a namespace or a cgroup, the one that a process is in by its others. */
  #narrow(sharing: readonly Container[] | undefined, process: Process, pidns?: number): Container | undefined {
    if (sharing === undefined || sharing.length <= 1) {
      return sharing?.[0];
    }
    let left = sharing;
    const { mnt, net } = process.ns;
    const keep = (is: (container: Container) => boolean): void => {
      const kept = left.filter(is);
      left = kept.length > 0 ? kept : left;
    };
    const own = process.invocation?.made;
    keep((container) => container === own);
    const inMnt = this.namespaces.withMnt(mnt);
    keep((container) => inMnt?.includes(container) === true);
    keep(({ ns }) => ns?.net === net);
    const inCgroup = this.cgroups.of(process.cgroups);
    keep((container) => inCgroup?.includes(container) === true);
    if (left.length > 1 && pidns !== undefined) {
      left = left.filter(({ init }) => isFirstIn(init, pidns));
    }
    return left.length === 1 ? left[0] : undefined;
  }
}

const isFirstIn = (init: Init | undefined, pidns: number): boolean =>
  init !== undefined && init.ns.pid === pidns && init.nspid.at(-1) === 1;
