import { type Namespaces, namespaceTypes } from '../../kernel/namespaces.ts';
import type { Nanoseconds } from '../../kernel/time.ts';
import type { NamespaceEvent } from '../../probe/event.ts';
import type { Process } from '../process.ts';
import { requesterOf } from '../requester.ts';
import { isOfHost } from '../roles.ts';
import type { ModelState } from '../state.ts';
import { unseenChanges } from '../unseen-namespaces.ts';
import type { ForkEvents } from './fork.ts';

/** Calls of setns and unshare. */
export class NamespaceEvents {
  readonly #known: ModelState;
  readonly #forks: ForkEvents;

  constructor(known: ModelState, forks: ForkEvents) {
    this.#known = known;
    this.#forks = forks;
  }

  event(event: NamespaceEvent): void {
    const process = this.#forks.living(event, event, event.ppid);
    if (event.tid === event.pid) {
      this.reportUnseen(process, process, event.before, event);
      process.nsGuessed = false;
    }
    process.childPidns = event.after.pid;
    process.unshared = true;
    if (event.op === 'setns') {
      process.enteredBy = requesterOf(process);
    }
    if (event.tid === event.pid) {
      this.#move(process, event);
    }
    if (process.membership !== undefined) {
      process.membership.container.namespacesAt ??= event.at;
    }
    if (changesNothing(event)) {
      process.unchanged ??= { op: event.op, count: 0 };
      process.unchanged.count += 1;
    } else {
      this.#known.emit(this.#known.records.namespace(event, process));
    }
  }

  /** Calls that changed nothing are one record for each process and exec: a runtime makes many. */
  reportUnchanged(process: Process, time: Nanoseconds): void {
    if (process.unchanged !== undefined) {
      const { op, count } = process.unchanged;
      process.unchanged = undefined;
      this.#known.emit(this.#known.records.unchanged(time, op, count, process));
    }
  }

  /** @param before the process whose namespaces are known: itself, or its parent */
  reportUnseen(process: Process, before: Process, after: Namespaces, time: Nanoseconds): void {
    const { processes, lives, records, emit } = this.#known;
    const from = before.ns;
    const found = before.nsGuessed ? undefined : unseenChanges(process, from, after, processes.values());
    if (found === undefined) {
      return;
    }
    process.unshared = true;
    process.ns = { ...after, pid: process.ns.pid, time: process.ns.time };
    if (after.mnt !== from.mnt) {
      process.mntMoved = !isOfHost(process);
    }
    lives.place(process, time);
    records.unseen(time, process, found).forEach(emit);
  }

  /** Nothing more will come. */
  finish(time: Nanoseconds): void {
    for (const process of this.#known.processes.values()) {
      this.reportUnchanged(process, time);
    }
  }

  #move(process: Process, event: NamespaceEvent): void {
    process.ns = { ...event.after, pid: process.ns.pid, time: process.ns.time };
    if (event.after.mnt !== event.before.mnt) {
      process.mntMoved = !isOfHost(process);
      if (!process.mntMoved && process.engine !== undefined) {
        process.role = 'helper';
      }
    }
    this.#known.lives.place(process, event);
  }
}

const changesNothing = ({ before, after }: NamespaceEvent): boolean =>
  namespaceTypes.every((type) => before[type] === after[type]);
