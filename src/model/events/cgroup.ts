import { textOf } from '../../kernel/text.ts';
import type { Nanoseconds } from '../../kernel/time.ts';
import type { CgroupEvent, ForkEvent } from '../../probe/event.ts';
import { CgroupPaths, type CgroupSet, renamed } from '../cgroups.ts';
import type { Process } from '../process.ts';
import { requesterOf } from '../requester.ts';
import { roleOf } from '../roles.ts';
import type { ModelState } from '../state.ts';

/** CLONE_INTO_CGROUP, above the 32 bits of clone(2) (include/uapi/linux/sched.h). */
const intoCgroup = 2 ** 33;

/** What happens to cgroups: who is in which, and whose they are. */
export class CgroupEvents {
  readonly #known: ModelState;
  readonly #hierarchies: ReadonlyMap<number, string>;
  readonly #paths = new Map<number, CgroupPaths>();
  readonly #unified: CgroupPaths;

  /**
   * @param hierarchies their names by the kernel's number; '' is the unified one
   * @param paths of cgroups by hierarchy, and by id in it
   */
  constructor(
    known: ModelState,
    hierarchies: ReadonlyMap<number, string>,
    paths: ReadonlyMap<number, ReadonlyMap<number, string>>,
  ) {
    this.#known = known;
    this.#hierarchies = hierarchies;
    for (const [root, own] of paths) {
      this.#paths.set(root, new CgroupPaths(own));
    }
    this.#unified = this.#in(0);
  }

  /** The path of a unified cgroup; undefined if that is not known. */
  pathOf(id: number): string | undefined {
    return this.#unified.get(id);
  }

  event(event: CgroupEvent): void {
    switch (event.op) {
      case 'mkdir':
        return this.#made(event);
      case 'attach':
        return this.#entered(event);
      case 'rename':
        return this.#renamed(event);
      case 'rmdir':
        return this.#removed(event);
    }
  }

  /** A child that is in another unified cgroup than who made it. It stands in no container yet. */
  born(child: Process, event: ForkEvent, maker: Process | undefined): void {
    const path = this.#unified.get(event.cgroupId);
    if (path !== undefined && path !== child.cgroups.paths.get('')) {
      child.cgroups = child.cgroups.with('', path);
      this.#claimForRuntime(child, path, '', event, maker);
    }
  }

  /** The kernel has no event for who enters a cgroup by clone3(2), so it is made here. */
  reportBirth(child: Process, { mono, at, cpu, seq, pid, by, flags, cgroupId }: ForkEvent): void {
    const path =
      flags >= intoCgroup && Math.floor(flags / intoCgroup) % 2 === 1 ? this.#unified.get(cgroupId) : undefined;
    if (path !== undefined) {
      const event: CgroupEvent = {
        kind: 'cgroup',
        mono,
        at,
        cpu,
        seq,
        op: 'attach',
        by,
        pid,
        root: 0,
        id: cgroupId,
        path,
      };
      this.#report(event, '', path, child);
    }
  }

  #made(event: CgroupEvent): void {
    const { hierarchy, path, doer } = this.#read(event);
    this.#in(event.root).learn(event.id, path);
    this.#known.lives.creation.recognisePath(path);
    this.#claimMade(path, hierarchy, event, doer);
    this.#report(event, hierarchy, path, doer);
  }

  #entered(event: CgroupEvent): void {
    const { hierarchy, path, doer } = this.#read(event);
    const about = this.#known.processes.get(event.pid);
    this.#in(event.root).learn(event.id, path);
    // A thread that is moved alone leaves its process where that is.
    if (about !== undefined && (event.tid === undefined || event.tid === event.pid)) {
      this.#claimForRuntime(about, path, hierarchy, event, doer);
      about.cgroups = about.cgroups.with(hierarchy, path);
      const before = about.membership?.container;
      this.#known.lives.place(about, event, doer);
      if (about.membership?.container !== before) {
        about.enteredBy = requesterOf(doer ?? about);
      }
      about.role = roleOf(about);
    }
    this.#report(event, hierarchy, path, about);
  }

  /** Only v1 can: the kernel says what a cgroup is called now, and it stays in the same one above. */
  #renamed(event: CgroupEvent): void {
    const { hierarchy, path, doer } = this.#read(event);
    const before = this.#in(event.root).get(event.id);
    if (before !== undefined && before !== path) {
      this.#in(event.root).rename(before, path);
      this.#moveProcesses(hierarchy, before, path);
      this.#known.containers.cgroups.rename(hierarchy, before, path, this.#known.containers.all());
    }
    this.#in(event.root).learn(event.id, path);
    this.#known.lives.creation.recognisePath(path);
    this.#report(event, hierarchy, path, doer, before);
  }

  #removed(event: CgroupEvent): void {
    const { containers, lives } = this.#known;
    const { hierarchy, path, doer } = this.#read(event);
    this.#report(event, hierarchy, path, doer);
    this.#in(event.root).forget(event.id);
    for (const gone of containers.cgroups.remove(hierarchy, path)) {
      lives.creation.remove(gone, event);
    }
  }

  #read(event: CgroupEvent): { hierarchy: string; path: string; doer: Process | undefined } {
    return {
      hierarchy: this.#hierarchies.get(event.root) ?? `${event.root}`,
      path: textOf(event.path),
      doer: this.#known.processes.get(event.by),
    };
  }

  #in(root: number): CgroupPaths {
    let paths = this.#paths.get(root);
    if (paths === undefined) {
      paths = new CgroupPaths();
      this.#paths.set(root, paths);
    }
    return paths;
  }

  /** @param about who is moved, or who makes, renames or removes it */
  #report(event: CgroupEvent, hierarchy: string, path: string, about: Process | undefined, before?: string): void {
    const { containers, records, emit } = this.#known;
    const owner = containers.ofCgroup(hierarchy, path) ?? containers.cgroups.endedAt(path)[0];
    emit(records.cgroup(event, hierarchy, about, owner, before));
  }

  #moveProcesses(hierarchy: string, from: string, to: string): void {
    const moved = new Map<CgroupSet, CgroupSet>();
    for (const process of this.#known.processes.values()) {
      const { cgroups } = process;
      const path = cgroups.paths.get(hierarchy);
      if (path !== undefined && renamed(path, from, to) !== path) {
        moved.set(cgroups, moved.get(cgroups) ?? cgroups.with(hierarchy, renamed(path, from, to)));
        process.cgroups = moved.get(cgroups)!;
      }
    }
  }

  /** A cgroup that a runtime makes is its container's if it is named for it. */
  #claimMade(path: string, hierarchy: string, time: Nanoseconds, doer: Process | undefined): void {
    const command = doer?.invocation ?? doer?.command;
    if (command?.action !== 'start' || command.id === undefined) {
      return;
    }
    const { owner } = this.#known.readCgroup(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const named = name === command.id || name.endsWith(`-${command.id}.scope`);
    if (named || (owner !== undefined && owner !== 'monitor' && owner.guessed !== true)) {
      this.#known.lives.creation.claim(hierarchy, path, command, time);
    }
  }

  /** A cgroup that somebody moves a process into which a runtime's command sent is the container's of that command. */
  #claimForRuntime(sent: Process, path: string, hierarchy: string, time: Nanoseconds, doer: Process | undefined): void {
    const command = sent.invocation;
    if (command?.action !== 'start' || command.id === undefined || command.owner === sent || doer === sent) {
      return;
    }
    if (path !== command.owner.cgroups.paths.get(hierarchy)) {
      this.#known.lives.creation.claim(hierarchy, path, command, time);
    }
  }
}
