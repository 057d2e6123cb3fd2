import { type SelectorKind, SelectorText, selectorKinds } from './selector-text.ts';

/** What a selector means in all that is read. */
export interface Meaning {
  readonly kind: SelectorKind;
  /** Whether it means this life of a container; of names, records say it themselves. */
  readonly has: (recording: string, key: number | string) => boolean;
}

/** Lives that one selector means; of more it is decided as they come. */
const maxLives = 100_000;

/**
 * What selectors mean in recordings that are looked through before their records are read: a name that comes last is
 * still preferred to an id that begins with it and comes first, and a container that is chosen by a pid or a namespace is
 * chosen from its beginning.
 */
export class Lookahead {
  readonly #sought: ReadonlyMap<string, Sought>;
  #settled = false;

  /** @param texts selectors, without ! */
  constructor(texts: readonly string[]) {
    this.#sought = new Map(texts.map((text) => [text, new Sought(text)]));
  }

  /** Bytes of lines that are to be given to it. */
  get marks(): Buffer[] {
    const open = this.#open;
    return open.length === 0 ? [] : [containerMark, ...open.flatMap(({ marks }) => marks)];
  }

  /**
   * @param record as it was parsed, of any shape
   * @param recording the id of the recording that it is of
   */
  take(record: Record<string, unknown>, recording: string): void {
    const container = record.container as Record<string, unknown> | null | undefined;
    if (typeof container === 'object' && container !== null && typeof container.id === 'string') {
      for (const sought of this.#open) {
        sought.take(record, container, recording);
      }
    }
  }

  /** All was looked through. */
  settle(): void {
    this.#settled = true;
  }

  /** Undefined where that is not known: then it is decided as containers come. */
  meaningOf(text: string): Meaning | undefined {
    return this.#settled ? this.#sought.get(text)?.meaning : undefined;
  }

  get #open(): Sought[] {
    return [...this.#sought.values()].filter(({ isNamed }) => !isNamed);
  }
}

const containerMark = Buffer.from('"type":"container"');
/** The rank of what hits nothing. */
const none: number = selectorKinds.length;

class Sought {
  readonly #text: SelectorText;
  readonly marks: readonly Buffer[];
  #rank = none;
  readonly #ids = new Set<unknown>();
  readonly #lives = new Map<string, Set<number | string>>();
  #count = 0;

  constructor(text: string) {
    this.#text = new SelectorText(text);
    const quoted = JSON.stringify(text);
    const { number } = this.#text;
    this.marks = [
      `"name":${quoted}`,
      ...(number === undefined ? [] : [`"pid":${number},`]),
      ...(text.startsWith('/') ? [`"new_path":${quoted}`] : []),
    ].map((mark) => Buffer.from(mark));
  }

  /** Nothing is stronger. */
  get isNamed(): boolean {
    return this.#rank === 0;
  }

  get meaning(): Meaning | undefined {
    const kind: SelectorKind | undefined = selectorKinds[this.#rank];
    if (kind === undefined || this.#count > maxLives) {
      return undefined;
    }
    // A prefix of several ids means none of them, which is said as they come.
    const isUnclear = kind === 'prefix' && this.#ids.size > 1;
    return {
      kind,
      has: (recording, key) => kind === 'name' || (!isUnclear && this.#lives.get(recording)?.has(key) === true),
    };
  }

  take(record: Record<string, unknown>, container: Record<string, unknown>, recording: string): void {
    const kind = this.#kindIn(record, container);
    const rank = kind === undefined ? none : selectorKinds.indexOf(kind);
    if (rank > this.#rank || rank === none) {
      return;
    }
    if (rank < this.#rank) {
      this.#rank = rank;
      this.#ids.clear();
      this.#lives.clear();
      this.#count = 0;
    }
    this.#add(container, recording);
  }

  #kindIn(record: Record<string, unknown>, container: Record<string, unknown>): SelectorKind | undefined {
    const { text, number } = this.#text;
    if (record.type === 'container') {
      return this.#text.kindIn(container);
    }
    if (container.name === text) {
      return 'name';
    }
    if (record.new_path === text) {
      return 'cgroup';
    }
    return number !== undefined && record.pid === number ? 'pid' : undefined;
  }

  #add({ id, runtime, instance }: Record<string, unknown>, recording: string): void {
    const key = typeof instance === 'number' ? instance : String(id);
    const lives = this.#lives.get(recording) ?? new Set();
    if (!lives.has(key) && this.#count <= maxLives) {
      this.#lives.set(recording, lives.add(key));
      this.#ids.add(`${runtime}\0${id}`);
      this.#count += 1;
    }
  }
}
