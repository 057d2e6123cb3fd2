import type { Namespaces } from '../../kernel/namespaces.ts';
import type { Nanoseconds } from '../../kernel/time.ts';
import type { ForkEvent, HeldFork, Stamp, Who } from '../../probe/event.ts';
import { asksForNamespaces } from '../clone-flags.ts';
import { born } from '../new-process.ts';
import type { Process } from '../process.ts';
import { isOfHost } from '../roles.ts';
import type { ModelState } from '../state.ts';
import type { CgroupEvents } from './cgroup.ts';

/** How processes come to be: by their fork, or by the first event about them where that was held back or lost. */
export class ForkEvents {
  readonly #known: ModelState;
  readonly #cgroups: CgroupEvents;

  constructor(known: ModelState, cgroups: CgroupEvents) {
    this.#known = known;
    this.#cgroups = cgroups;
  }

  event(event: ForkEvent): void {
    const { processes, lives, records, emit } = this.#known;
    const parent = processes.get(event.ppid);
    const maker = processes.get(event.by) ?? parent;
    const process = this.#birth(event, event.ppid, maker, event.nspid, event.whole ? event.ns : undefined);
    process.nsGuessed = !event.whole;
    process.uid = event.uid;
    process.gid = event.gid;
    if (event.comm !== undefined && event.comm !== '') {
      process.comm = event.comm;
    }
    const made = asksForNamespaces(event.flags);
    if (maker !== undefined && process.ns.mnt !== maker.ns.mnt) {
      process.mntMoved = !isOfHost(maker);
    }
    this.#cgroups.born(process, event, maker);
    this.#admit(process, event);
    lives.inherit(process, maker, event);
    emit(records.fork(process, event, event.flags, event.by));
    this.#cgroups.reportBirth(process, event);
    if (made) {
      if (process.membership !== undefined) {
        process.membership.container.namespacesAt ??= event.at;
      }
      emit(records.cloned(event, event.flags, process));
    }
  }

  /**
   * The process that an event is about. If its birth was held back, or lost, it is made up for now.
   *
   * @param ns its namespaces, where the event has them
   */
  living(
    event: Stamp & Who & { nspid?: number[]; pidns?: number },
    held: Partial<HeldFork>,
    ppid: number,
    ns?: Namespaces,
  ): Process {
    const { processes, containers, lives, records, emit } = this.#known;
    const known = processes.of(event);
    if (known !== undefined) {
      return known;
    }
    const parent = processes.get(ppid);
    // A pid namespace is for life; a vforked child has changed none of the others, or a line of that came before.
    const above = parent?.ns ?? containers.host;
    const own = ns ?? { ...above, pid: event.pidns ?? above.pid };
    const process = this.#birth(event, ppid, parent, event.nspid ?? [event.pid], own);
    process.nsGuessed =
      ns === undefined && (held.vfork === undefined || held.vfork === 0 || (parent?.nsGuessed ?? true));
    if (parent !== undefined && own.mnt !== parent.ns.mnt) {
      process.mntMoved = !isOfHost(parent);
    }
    this.#admit(process, event);
    lives.inherit(process, parent, event);
    if (held.vfork !== undefined && held.vfork !== 0) {
      emit(records.fork(process, event.start, held.vfork, ppid));
    }
    return process;
  }

  /** A pid that is used again shows that its process before has ended, though that was lost. */
  #admit(process: Process, time: Nanoseconds): void {
    const { processes, asked, lives } = this.#known;
    const before = processes.add(process);
    if (before !== undefined) {
      asked.ended(before, time, {});
      lives.ended(before, time, {});
    }
  }

  #birth(event: Who, ppid: number, parent: Process | undefined, nspid: number[], ns: Namespaces | undefined): Process {
    return born(event, ppid, parent, nspid, ns ?? parent?.ns ?? this.#known.containers.host);
  }
}
