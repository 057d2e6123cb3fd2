import type { RecordingRef, Ref } from '../record/key.ts';
import type { ContainerInfo, NstraceRecord } from '../record/schema.ts';
import { Containers, type KnownContainer } from './containers.ts';
import { type SelectorKind, SelectorText } from './selector-text.ts';

/** A selector of -c: what it names, and whether that is left out. */
export interface SelectorWord {
  readonly text: string;
  readonly leaveOut: boolean;
}

export const parseSelector = (word: string): SelectorWord =>
  word.startsWith('!') ? { text: word.slice(1), leaveOut: true } : { text: word, leaveOut: false };

interface Resolved {
  readonly kind: SelectorKind;
  readonly hits: ReadonlySet<KnownContainer>;
}

/** One selector: `host` for no container, else the containers that it means among those known so far. */
export class Selector {
  readonly text: string;
  readonly isHost: boolean;
  readonly #words: SelectorText;
  #containers: Containers | undefined;
  #version = -1;
  #resolved: Resolved | undefined;

  constructor(text: string) {
    this.text = text;
    this.isHost = text === 'host';
    this.#words = new SelectorText(text);
  }

  /**
   * Whether it means this container.
   *
   * @param name the container's name in the record that is asked about: of one that was renamed, what happened under
   *   another name is not meant
   */
  hits(known: KnownContainer, name: string, containers: Containers): boolean {
    const resolved = this.resolve(containers);
    if (resolved === undefined || !resolved.hits.has(known)) {
      return false;
    }
    // A container without a name is called by its id, which stays its id when it gets one.
    return resolved.kind !== 'name' || known.nameAt(name) === this.text || known.info.id === this.text;
  }

  /** Has the containers note from now on where the process is that it may name. */
  watch(containers: Containers): void {
    const { number } = this.#words;
    if (number !== undefined) {
      containers.ofPid(number);
    }
  }

  /** What it means now; undefined if there is no such container, or if a prefix fits several. */
  resolve(containers: Containers): Resolved | undefined {
    if (this.#containers !== containers || this.#version !== containers.version) {
      this.#resolved = this.isHost ? undefined : this.#find(containers);
      this.#containers = containers;
      this.#version = containers.version;
    }
    return this.#resolved;
  }

  /** Containers whose id begins with it. */
  withPrefix(containers: Containers): Set<KnownContainer> {
    return where(containers, ({ info }) => this.#words.begins(info));
  }

  #find(containers: Containers): Resolved | undefined {
    const meaning = containers.lookahead?.meaningOf(this.text);
    if (meaning !== undefined && meaning.kind !== 'name') {
      const hits = where(containers, ({ recording, key }) => meaning.has(recording, key));
      return hits.size > 0 ? { kind: meaning.kind, hits } : undefined;
    }
    for (const [kind, find] of this.#kinds) {
      const hits = find(containers);
      if (hits.size > 0) {
        return kind === 'prefix' && oneEach([...hits].map(({ info }) => info)).length > 1 ? undefined : { kind, hits };
      }
      // What is called by its id until its name is learned is named by both.
      if (meaning !== undefined && kind === 'id') {
        return undefined;
      }
    }
    return undefined;
  }

  /** In the order in which they are tried. */
  get #kinds(): [SelectorKind, (containers: Containers) => ReadonlySet<KnownContainer>][] {
    const { text } = this;
    return [
      ['name', (containers) => containers.named(text)],
      ['id', (containers) => containers.withId(text)],
      ['runtime', (containers) => where(containers, ({ info, names }) => this.#words.namesByRuntime(info, names))],
      ['cgroup', (containers) => where(containers, ({ info }) => this.#words.hasCgroup(info))],
      ['pidns', (containers) => where(containers, ({ info }) => this.#words.hasPidns(info))],
      ['pid', (containers) => this.#ofPid(containers)],
      ['prefix', (containers) => this.withPrefix(containers)],
    ];
  }

  #ofPid(containers: Containers): ReadonlySet<KnownContainer> {
    const pid = this.#words.number;
    if (pid === undefined) {
      return new Set();
    }
    const known = containers.ofPid(pid);
    return known.size === 0 ? where(containers, ({ info, ended }) => info.init === pid && !ended) : known;
  }
}

const where = (containers: Containers, test: (known: KnownContainer) => boolean): Set<KnownContainer> =>
  new Set([...containers.all()].filter(test));

/**
 * Which containers several selectors mean together: any of them, and none with `!`. They may name containers that do not
 * exist yet. `host` is everything outside of containers.
 */
export class ContainerSelection {
  readonly #chosen: readonly Selector[];
  readonly #leftOut: readonly Selector[];
  readonly containers: Containers;

  constructor(words: readonly string[], containers = new Containers()) {
    const parsed = words.map(parseSelector);
    this.#chosen = parsed.filter(({ leaveOut }) => !leaveOut).map(({ text }) => new Selector(text));
    this.#leftOut = parsed.filter(({ leaveOut }) => leaveOut).map(({ text }) => new Selector(text));
    this.containers = containers;
    for (const selector of [...this.#chosen, ...this.#leftOut]) {
      selector.watch(containers);
    }
  }

  get empty(): boolean {
    return this.#chosen.length === 0 && this.#leftOut.length === 0;
  }

  /** Takes note of containers and who is in them. */
  learn(record: NstraceRecord): void {
    this.containers.learn(record);
  }

  /**
   * Whether what happened in a container is wanted; null is the host.
   *
   * @param container as the record has it, with the name that it had then
   * @param source the record, where it can be one of several hosts
   */
  wants(container: Ref | null, source: RecordingRef = {}): boolean {
    if (this.empty) {
      // Nothing is learned then, and so nothing forgotten.
      return true;
    }
    if (container === null) {
      return this.#wants((selector) => selector.isHost);
    }
    const known = this.containers.of(container, source);
    return this.#wants((selector) => selector.hits(known, container.name, this.containers));
  }

  /** Whether the life of a container as a whole is wanted, whatever it was called meanwhile. */
  wantsLife(container: Ref, source: RecordingRef = {}): boolean {
    const known = this.containers.of(container, source);
    return this.#wants((selector) => selector.resolve(this.containers)?.hits.has(known) ?? false);
  }

  /** Selectors that mean several containers, or a prefix that fits several, which means none. */
  ambiguous(): { text: string; kind: SelectorKind; candidates: ContainerInfo[] }[] {
    return [...this.#chosen, ...this.#leftOut].flatMap((selector) => {
      const resolved = selector.resolve(this.containers);
      const hits = resolved === undefined && !selector.isHost ? selector.withPrefix(this.containers) : resolved?.hits;
      const candidates = oneEach([...(hits ?? [])].map(({ info }) => info));
      return candidates.length > 1 ? [{ text: selector.text, kind: resolved?.kind ?? 'prefix', candidates }] : [];
    });
  }

  /** Selectors that mean no container known so far: what is waited for. */
  waitingFor(): string[] {
    return this.#chosen
      .filter((selector) => !selector.isHost && selector.resolve(this.containers) === undefined)
      .map(({ text }) => text);
  }

  #wants(hits: (selector: Selector) => boolean): boolean {
    return !this.#leftOut.some(hits) && (this.#chosen.length === 0 || this.#chosen.some(hits));
  }
}

/** Lives of one container are one. */
const oneEach = (infos: readonly ContainerInfo[]): ContainerInfo[] => [
  ...new Map(
    infos.map((info) => [`${info.runtime}\0${(info as { root?: string }).root ?? ''}\0${info.id}`, info]),
  ).values(),
];
