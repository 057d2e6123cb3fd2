import { containerKey } from '../record/key.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';

/** Pids of descendants that have ended: a daemon can act for them a moment later. */
const maxEnded = 10_000;

/**
 * Which records are about one command, what descends from it, and the containers that these start. Give it every record, in
 * order. A container counts if who made it descends from the command, or who asked for it.
 */
export class OnlyCommand {
  /** Successful execs of the command's pid that are still its launcher's. */
  #launchers: number;
  #root = 0;
  readonly #living = new Set<number>();
  readonly #ended = new Set<number>();
  readonly #containers = new Set<number | string>();
  readonly #others = new Set<number | string>();

  /** @param launchers how many programs the pid executes before the command itself */
  constructor(launchers: number) {
    this.#launchers = launchers;
  }

  /** Containers that others started meanwhile. */
  get others(): number {
    return this.#others.size;
  }

  /** The launcher runs: the command will have its pid. */
  begin(pid: number): void {
    this.#root = pid;
  }

  wants(record: NstraceRecord): boolean {
    switch (record.type) {
      case 'header':
      case 'footer':
      case 'lost':
        return true;
      case 'container':
        return this.#container(record);
      case 'exec':
        return this.#exec(record) || this.#isInside(record);
      case 'fork':
        return this.#fork(record) || this.#isInside(record);
      case 'exit': {
        const isOurs = this.#living.delete(record.pid);
        if (isOurs) {
          this.#remember(record.pid);
        }
        return isOurs || this.#isInside(record);
      }
      case 'usage':
        return this.#isInside(record);
      default:
        return this.#living.has(record.pid) || this.#isInside(record);
    }
  }

  /** The first exec of all is the command's. */
  #exec({ pid, ret }: RecordOf<'exec'>): boolean {
    if (pid === this.#root && !this.#living.has(pid) && ret === 0) {
      this.#launchers -= 1;
      if (this.#launchers < 0) {
        this.#living.add(pid);
        this.#root = 0;
      }
    }
    return this.#living.has(pid);
  }

  #fork({ pid, ppid, by, by_pid: maker = by }: RecordOf<'fork'>): boolean {
    this.#ended.delete(pid);
    const isOurs = this.#living.has(ppid) || (maker !== undefined && this.#living.has(maker));
    if (isOurs) {
      this.#living.add(pid);
    }
    return isOurs;
  }

  #container(record: RecordOf<'container'>): boolean {
    const key = containerKey(record.container, record as object);
    const { by, asked_by: asked } = record;
    if (record.op === 'created' || record.op === 'started') {
      if (this.#descends(by?.pid) || this.#descends(asked?.pid)) {
        this.#containers.add(key);
        this.#others.delete(key);
      } else if (record.op === 'created' && !this.#containers.has(key)) {
        this.#others.add(key);
      }
    }
    return this.#containers.has(key) || (record.op === 'joined' && this.#descends(record.pid));
  }

  #descends(pid: number | undefined): boolean {
    return pid !== undefined && (this.#living.has(pid) || this.#ended.has(pid));
  }

  #isInside(record: NstraceRecord & { container: Parameters<typeof containerKey>[0] | null }): boolean {
    return record.container !== null && this.#containers.has(containerKey(record.container, record as object));
  }

  #remember(pid: number): void {
    this.#ended.add(pid);
    if (this.#ended.size > maxEnded) {
      this.#ended.delete(this.#ended.values().next().value!);
    }
  }
}
