import type { Namespaces } from '../kernel/namespaces.ts';
import type { Container } from './container.ts';
import { ProcessCounts } from './namespace-counts.ts';
import { Owners } from './owners.ts';
import type { Process } from './process.ts';

/**
 * Which containers pid and mount namespaces lead to. A namespace leads nowhere once its last process has left: the kernel gives its
 * inode to the next one.
 */
export class NamespaceOwners {
  readonly #host: Namespaces;
  readonly #byPidns = new Owners<number>();
  readonly #byMnt = new Owners<number>();
  /** Living processes by namespace, those of the host left out. */
  readonly #inPidns = new ProcessCounts();
  readonly #inMnt = new ProcessCounts();
  /** Mount namespaces of services and helpers: they make no container, whoever enters them. */
  readonly #hostMnts = new Set<number>();

  constructor(host: Namespaces) {
    this.#host = host;
  }

  withPidns(pidns: number): readonly Container[] | undefined {
    return this.#byPidns.get(pidns);
  }

  withMnt(mnt: number): readonly Container[] | undefined {
    return this.#byMnt.get(mnt);
  }

  /** What namespace of a process without a container makes one. */
  makesOne(process: Process): 'pid' | 'mnt' | undefined {
    const { ns } = process;
    if (ns.pid !== this.#host.pid && !this.#byPidns.has(ns.pid)) {
      return 'pid';
    }
    const own = process.mntMoved && ns.mnt !== this.#host.mnt && !this.#hostMnts.has(ns.mnt);
    return own && !this.#byMnt.has(ns.mnt) ? 'mnt' : undefined;
  }

  /** A container's own namespaces lead to it; those that it has of the host, or of what is around it, do not. */
  claim(ns: Namespaces, container: Container): void {
    this.claimPidns(ns.pid, container);
    const outer = container.outer?.ns;
    if (ns.mnt !== this.#host.mnt && ns.mnt !== outer?.mnt && !this.#hostMnts.has(ns.mnt)) {
      this.#byMnt.add(ns.mnt, container);
    }
  }

  claimPidns(pidns: number, container: Container): void {
    if (pidns !== this.#host.pid && pidns !== container.outer?.ns?.pid) {
      this.#byPidns.add(pidns, container);
    }
  }

  /** Counts a process in the namespaces that it is in now. */
  count(process: Process): void {
    const { ns } = process;
    const mnt = ns.mnt === this.#host.mnt ? 0 : ns.mnt;
    if (mnt !== process.countedMnt) {
      this.#uncountMnt(process.countedMnt);
      process.countedMnt = mnt;
      this.#inMnt.enter(mnt);
    }
    const pid = ns.pid === this.#host.pid ? 0 : ns.pid;
    if (pid !== process.countedPid) {
      this.#uncountPid(process.countedPid);
      process.countedPid = pid;
      this.#inPidns.enter(pid);
    }
    if (mnt !== 0 && !process.mntMoved && process.membership === undefined) {
      this.#hostMnts.add(mnt);
    }
  }

  uncount(process: Process): void {
    this.#uncountMnt(process.countedMnt);
    this.#uncountPid(process.countedPid);
    process.countedMnt = 0;
    process.countedPid = 0;
  }

  /** The last process of a container has left. */
  release(container: Container): void {
    this.#byPidns.dropAll(container);
    this.#byMnt.dropAll(container);
  }

  #uncountMnt(mnt: number): void {
    if (this.#inMnt.leave(mnt)) {
      this.#byMnt.delete(mnt);
      this.#hostMnts.delete(mnt);
    }
  }

  #uncountPid(pidns: number): void {
    if (this.#inPidns.leave(pidns)) {
      this.#byPidns.delete(pidns);
    }
  }
}
