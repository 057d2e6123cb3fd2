import type { Nanoseconds } from '../kernel/time.ts';
import { hex64 } from '../runtimes/state-file.ts';
import { commandAbove, isStage } from './command.ts';
import type { Container, End, Init, Membership } from './container.ts';
import type { ContainerRecords } from './container-records.ts';
import type { Containers } from './containers.ts';
import { Creation } from './creation.ts';
import { Naming, type RuntimeKnowledge, speaksFor } from './naming.ts';
import type { Command, Process } from './process.ts';
import { requesterOf } from './requester.ts';

/** What a command that makes no container works for is there already. */
const worksForOne: ReadonlySet<Command['action']> = new Set(['enter', 'monitor', 'manage']);

/**
 * Whether a command is for a container of that id: engines call a runtime with a folder of its state that is theirs, and where two
 * say none, with the same root or namespace.
 */
const isForOneOf = (command: Command, { command: maker, root, ref }: Container): boolean =>
  command.state !== undefined && maker?.state !== undefined
    ? command.state === maker.state
    : root === command.root || (maker === undefined && hex64.test(ref.id));

/** A child of the process that waits to run the container's program: an OCI runtime calls hooks there. */
const isHook = ({ parent, ppid }: Process, container: Container): boolean =>
  container.command?.oci === true &&
  parent?.pid === ppid &&
  !parent.ended &&
  !parent.settled &&
  parent.membership?.container === container;

/** Statuses of a program that could not be executed, by the shell's convention. */
const cannotExecute: ReadonlySet<number | undefined> = new Set([126, 127]);

/**
 * The lives of containers: puts processes into them by evidence, and reports when one is created, starts, is joined, stops
 * and is removed.
 */
export class ContainerLives {
  readonly #containers: Containers;
  readonly #records: ContainerRecords;
  readonly naming: Naming;
  readonly creation: Creation;

  constructor(containers: Containers, records: ContainerRecords, runtimes: RuntimeKnowledge) {
    this.#containers = containers;
    this.#records = records;
    this.naming = new Naming(runtimes.describe, containers, (container, time, reason) =>
      records.named(container, time, reason),
    );
    this.creation = new Creation(containers, records, runtimes.readCgroup, this.naming);
  }

  /**
   * Finds the container of a process anew, after it was born or went somewhere.
   *
   * @param maker who made the namespaces it is in, if that is not itself
   */
  place(process: Process, time: Nanoseconds, maker: Process = process): void {
    const before = process.membership;
    const now = this.#find(process, time, maker);
    if (now !== before) {
      process.membership = now;
      if (now?.container !== before?.container) {
        this.#moved(process, before?.container, time);
      }
    }
    this.#containers.namespaces.count(process);
  }

  /** A child stands where its parent does, unless it was put elsewhere. */
  inherit(child: Process, parent: Process | undefined, time: Nanoseconds): void {
    const above = parent?.membership;
    if (parent !== undefined && above !== undefined) {
      const isInit = above.evidence === 'init';
      child.membership = isInit ? above.container.as.lineage : above;
      child.origin = isInit || parent.settled ? 'born' : parent.origin;
      child.settled = child.origin === 'born';
      above.container.alive += 1;
    }
    this.place(child, time, parent);
  }

  /** A process that was there before tracing began. Its parent was adopted before. */
  adopt(process: Process, parent: Process | undefined, time: Nanoseconds): void {
    const above = parent?.membership;
    if (process.membership !== undefined) {
      // A runtime's file names it as the init of its container.
      const { container } = process.membership;
      container.outer ??= above?.container;
      this.creation.settleNamespaces(container, process.ns);
    } else if (above !== undefined) {
      process.membership = above.evidence === 'init' ? above.container.as.lineage : above;
    }
    const { settled } = process;
    process.membership = this.#find(process, time, process, 'seen');
    const container = process.membership?.container;
    if (container !== undefined) {
      container.alive += 1;
      if (
        container.init === undefined &&
        process.membership?.evidence !== 'lineage' &&
        this.#canBeInit(process, container)
      ) {
        process.membership = this.creation.becomesInit(process, container);
      }
      process.settled = settled;
      container.started ||= settled;
      process.origin =
        container.init === process ? 'init' : parent?.membership?.container === container ? 'born' : 'joined';
    }
    this.#containers.namespaces.count(process);
  }

  /**
   * A process in a container runs a program.
   *
   * @param call the runtime's command that sent it, before it may have become one itself
   */
  ran(process: Process, time: Nanoseconds, call: Command | undefined = process.invocation): void {
    const container = process.membership?.container;
    if (container === undefined || isStage(process)) {
      return;
    }
    if (!container.started) {
      if (container.init === undefined && isHook(process, container)) {
        process.origin = 'born';
      } else if (
        container.init === undefined &&
        process.origin === 'init' &&
        this.#canBeInit(process, container, call)
      ) {
        process.membership = this.creation.becomesInit(process, container);
      }
      const { init } = container;
      if (init === process) {
        process.settled = true;
        this.#start(container, process, time, 'exec', process);
      } else if (init !== undefined && process.origin === 'born' && !this.#isOci(container)) {
        // A pid 1 that runs nothing itself, as that of bubblewrap. OCI runtimes have hooks there.
        this.#start(container, init, time, 'birth');
      }
    }
    if (!process.settled && process.origin === 'joined') {
      // What it asks for itself, as soon as it is there, is not what brought it.
      const sent = process.command?.owner === process ? process.parent : process;
      const by = (sent && commandAbove(sent, 'enter')?.by) ?? process.enteredBy ?? requesterOf(process);
      this.#records.joined(container, time, process, by);
    }
    process.settled ||= container.started || process.origin === 'joined';
  }

  /** A runtime's command was executed: what it says of names, and whom it works for. */
  noteCommand(command: Command): void {
    this.naming.note(command);
    const { action, id, sure, from } = command;
    if (sure && id !== undefined && command.made === undefined && worksForOne.has(action)) {
      const found = this.#containers
        .withId(id)
        .filter((container) => isForOneOf(command, container) && speaksFor(from, container));
      command.made = found.length === 1 ? found[0] : undefined;
    }
  }

  /** A process ended. */
  ended(process: Process, time: Nanoseconds, end: End): void {
    this.#containers.namespaces.uncount(process);
    const container = process.membership?.container;
    if (container !== undefined) {
      if (container.init === process) {
        container.initEnd = end;
      }
      this.#left(container, time);
    }
    const made = process.command?.owner === process ? process.command.made : undefined;
    if (made !== undefined && made.alive === 0 && !made.stopped && made.command === process.command) {
      // Its runtime has ended without a process in it.
      this.#stop(made, time);
    }
    this.naming.ended(process);
  }

  /** The evidence for a process, the strongest first. What is inside the container that it comes from goes before that. */
  #find(
    process: Process,
    time: Nanoseconds,
    maker: Process,
    how: 'created' | 'seen' = 'created',
  ): Membership | undefined {
    this.creation.recognise(process.cgroups);
    const now = process.membership;
    const found = this.#containers.of(process);
    // Who a runtime sends into another container (`runc exec`) leaves the one that it was called in.
    const isSent = found !== undefined && process.invocation?.action === 'enter';
    const stays = now !== undefined && (now.evidence === 'init' || now.evidence === 'lineage') && !isSent;
    if (stays && !(found?.container.isInside(now.container) ?? false)) {
      return now.evidence === 'init' ? now : (this.creation.make(process, time, maker, how, now.container) ?? now);
    }
    return this.creation.make(process, time, maker, how, found?.container) ?? found;
  }

  /** pid 1 of a pid namespace of the container's own; where it has none, who its runtime sent, or the first in it. */
  #canBeInit(process: Process, container: Container, call = process.invocation): boolean {
    if (!this.#containers.isHostPidns(process.ns.pid) && process.ns.pid !== container.outer?.ns?.pid) {
      const other = this.#containers.ofPidns(process.ns.pid);
      if (other === undefined || other === container) {
        return process.nspid.at(-1) === 1;
      }
    }
    return container.command === undefined || call === container.command || container.command.owner.ended;
  }

  #moved(process: Process, before: Container | undefined, time: Nanoseconds): void {
    const { membership } = process;
    process.settled = false;
    if (membership === undefined) {
      process.origin = undefined;
    } else {
      const { container, evidence } = membership;
      container.alive += 1;
      const isOwn =
        container.init === undefined && process.invocation !== undefined && process.invocation === container.command;
      process.origin = evidence === 'init' || isOwn ? 'init' : 'joined';
    }
    if (before !== undefined) {
      this.#left(before, time);
    }
  }

  #left(container: Container, time: Nanoseconds): void {
    container.alive -= 1;
    if (container.alive > 0 || container.stopped) {
      return;
    }
    const waits = !container.started && container.initEnd === undefined && container.command?.owner.ended === false;
    if (!waits) {
      this.#stop(container, time);
    }
  }

  /** @param process init, where its program is known */
  #start(container: Container, init: Init, time: Nanoseconds, seen: 'exec' | 'birth', process?: Process): void {
    container.started = true;
    this.creation.settleNamespaces(container, init.ns);
    const news = this.naming.again(container);
    if (news !== undefined) {
      this.#records.named(container, time, news);
    }
    this.#records.started(container, init, time, seen, process);
  }

  #stop(container: Container, time: Nanoseconds): void {
    const { init, initEnd } = container;
    if (!container.started && init !== undefined && initEnd !== undefined && !this.#neverRan(container, initEnd)) {
      this.#start(container, init, time, 'birth');
    }
    container.stopped = true;
    this.#containers.release(container);
    this.#records.stopped(container, time);
    if (!container.hasCgroup) {
      this.creation.remove(container, time);
    }
  }

  #neverRan(container: Container, end: End): boolean {
    return this.#isOci(container) || cannotExecute.has(end.code);
  }

  #isOci(container: Container): boolean {
    return container.command?.oci === true;
  }
}
