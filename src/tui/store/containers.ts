import { containerKey } from '../../record/key.ts';
import type { ContainerRef, RecordOf } from '../../record/schema.ts';
import { Group } from './group.ts';
import type { Source } from './source.ts';
import type { Trace } from './traces.ts';

/** Containers that have ended and are still listed. */
export const maxEndedGroups = 1000;

interface Named {
  readonly container: ContainerRef | null;
  readonly recording?: string | undefined;
}

/** Containers and hosts, by the key of records. */
export class Containers {
  readonly byKey = new Map<number | string, Group>();
  /** Grows where one came or went. */
  version = 0;

  get alive(): number {
    let alive = 0;
    for (const group of this.byKey.values()) {
      alive += group.ref !== null && !group.ended ? 1 : 0;
    }
    return alive;
  }

  /** Names of which no life goes on. */
  get over(): Set<string> {
    const over = new Set<string>();
    const running = new Set<string>();
    for (const { nameKey, ended } of this.byKey.values()) {
      (ended ? over : running).add(nameKey);
    }
    for (const name of running) {
      over.delete(name);
    }
    return over;
  }

  addHost({ host }: Trace): void {
    this.byKey.set(host.key, host);
    this.version += 1;
  }

  removeHost({ host }: Trace): void {
    this.byKey.delete(host.key);
    this.version += 1;
  }

  of(record: Named, { source, host }: Trace, at: number): Group {
    const { container } = record;
    if (container === null) {
      return host;
    }
    const key = containerKey(container, record);
    let group = this.byKey.get(key);
    if (group === undefined) {
      group = new Group(key, container, at, source);
      this.byKey.set(key, group);
      this.version += 1;
    }
    return group;
  }

  /** The one that a record of a container is about. */
  ofRecord(record: RecordOf<'container'>, trace: Trace, at: number): Group {
    const { source } = trace;
    const { container, op } = record;
    const key = containerKey(container, record);
    if (!this.byKey.has(key)) {
      const same = this.#find((group) =>
        op === 'seen' ? isSeenAgain(group, record, source) : isGuessed(group, record),
      );
      if (same !== undefined) {
        same.source = source;
        this.byKey.set(key, same);
        return same;
      }
    }
    return this.of(record, trace, at);
  }

  /** The name of a container of which only the id is known. */
  nameOf(id: string): string | undefined {
    return this.#find(({ ref }) => ref?.id === id)?.ref?.name;
  }

  /** Containers that have ended, beyond those that are listed: the first that came. */
  *tooMany(): Generator<Group> {
    let ended = 0;
    for (const group of this.byKey.values()) {
      ended += group.ended ? 1 : 0;
    }
    for (const group of this.byKey.values()) {
      if (ended <= maxEndedGroups) {
        return;
      }
      if (group.ended) {
        ended -= 1;
        yield group;
      }
    }
  }

  forget(group: Group): void {
    for (const [key, candidate] of this.byKey) {
      if (candidate === group) {
        this.byKey.delete(key);
      }
    }
    this.version += 1;
  }

  #find(test: (group: Group) => boolean): Group | undefined {
    for (const group of this.byKey.values()) {
      if (test(group)) {
        return group;
      }
    }
    return undefined;
  }
}

/** In recordings of 0.1 a runtime that was guessed can be corrected: it is the same container. */
const isGuessed = ({ ref }: Group, { op, container }: RecordOf<'container'>): boolean =>
  container.instance === undefined && op === 'named' && ref?.id === container.id;

/** Another recording of the same host has begun, and sees what the one before it saw. */
const isSeenAgain = ({ ref, info, source: before }: Group, { container }: RecordOf<'container'>, source: Source) =>
  source.name !== undefined &&
  before.name === source.name &&
  before !== source &&
  ref?.id === container.id &&
  container.started !== undefined &&
  info?.started === container.started;
