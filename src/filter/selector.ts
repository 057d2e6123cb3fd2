import type { ContainerInfo, NstraceRecord } from '../record/schema.ts';

/** A selector of -c: what it names, and whether that is left out. */
export interface Selector {
  readonly text: string;
  readonly leaveOut: boolean;
}

export const parseSelector = (word: string): Selector =>
  word.startsWith('!') ? { text: word.slice(1), leaveOut: true } : { text: word, leaveOut: false };

/** Shorter prefixes of ids would hit by chance. */
const minPrefix = 2;
/** Ended containers that are remembered. */
const maxEnded = 1000;

/**
 * Which containers selectors mean. A selector names a container by its name, its id, a unique prefix of that, its cgroup
 * path, its pid namespace (`pid:[4026532572]` or the inode) or a host pid in it; `host` is everything outside of them.
 * It may name one that does not exist yet.
 */
export class ContainerSelection {
  readonly #selectors: readonly Selector[];
  readonly #known = new Map<string, ContainerInfo>();
  readonly #members = new Map<string, Set<number>>();
  readonly #chosen = new Map<string, boolean>();
  readonly #ended: string[] = [];

  constructor(words: readonly string[]) {
    this.#selectors = words.map(parseSelector);
  }

  get empty(): boolean {
    return this.#selectors.length === 0;
  }

  /** Takes note of containers and who is in them. */
  learn(record: NstraceRecord): void {
    if (record.type === 'container') {
      this.#known.set(keyOf(record.container), record.container);
      if (record.op === 'removed') {
        this.#gone(keyOf(record.container));
      }
      this.#chosen.clear();
    } else if ('container' in record && record.container && 'pid' in record) {
      this.#join(record.container, record.pid);
    }
  }

  /** Whether a record about this container is wanted. */
  wants(container: { id: string; name: string; runtime: string } | null): boolean {
    if (this.empty) {
      return true;
    }
    const key = container === null ? '' : keyOf(container);
    let wanted = this.#chosen.get(key);
    if (wanted === undefined) {
      wanted = this.#decide(container);
      this.#chosen.set(key, wanted);
    }
    return wanted;
  }

  /** Containers that a selector could mean, if it is a prefix of more than one. */
  ambiguous(): { text: string; candidates: ContainerInfo[] } | undefined {
    for (const { text } of this.#selectors) {
      const candidates = this.#withPrefix(text);
      if (candidates.length > 1 && !this.#exact(text)) {
        return { text, candidates };
      }
    }
    return undefined;
  }

  /** Selectors that no known container matches: what is waited for. */
  waitingFor(): string[] {
    const known = [...this.#known.values()];
    return this.#selectors
      .filter(({ text, leaveOut }) => !leaveOut && text !== 'host' && !known.some((info) => this.#matches(text, info)))
      .map(({ text }) => text);
  }

  /** Containers that are gone are forgotten after a while: the last ones may still have records to come. */
  #gone(key: string): void {
    this.#ended.push(key);
    if (this.#ended.length > maxEnded) {
      const oldest = this.#ended.shift()!;
      this.#known.delete(oldest);
      this.#members.delete(oldest);
    }
  }

  #join(container: { id: string; runtime: string }, pid: number): void {
    // Only pids that a selector asks for matter.
    if (this.#selectors.some(({ text }) => text === String(pid))) {
      const key = keyOf(container);
      const members = this.#members.get(key) ?? new Set();
      this.#members.set(key, members.add(pid));
      this.#chosen.clear();
    }
  }

  #decide(container: { id: string; name: string; runtime: string } | null): boolean {
    const info = container === null ? null : (this.#known.get(keyOf(container)) ?? container);
    const hits = this.#selectors.filter(({ text }) => (info === null ? text === 'host' : this.#matches(text, info)));
    if (hits.some(({ leaveOut }) => leaveOut)) {
      return false;
    }
    return hits.length > 0 || this.#selectors.every(({ leaveOut }) => leaveOut);
  }

  #matches(text: string, info: ContainerInfo): boolean {
    return (
      info.name === text ||
      info.id === text ||
      `pid:[${info.pidns}]` === text ||
      String(info.pidns) === text ||
      (text.startsWith('/') && (info.cgroups?.includes(text) ?? false)) ||
      (this.#members.get(keyOf(info))?.has(Number(text)) ?? false) ||
      String(info.init) === text ||
      (!this.#exact(text) && info.id.startsWith(text) && this.#withPrefix(text).length <= 1 && text.length >= minPrefix)
    );
  }

  #exact(text: string): boolean {
    for (const info of this.#known.values()) {
      if (info.name === text || info.id === text) {
        return true;
      }
    }
    return false;
  }

  #withPrefix(text: string): ContainerInfo[] {
    return text.length < minPrefix ? [] : [...this.#known.values()].filter(({ id }) => id.startsWith(text));
  }
}

const keyOf = ({ id, runtime }: { id: string; runtime: string }): string => `${runtime}\0${id}`;
