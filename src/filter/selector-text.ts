/** What a selector can name a container by, in the order in which it is tried. The first kind that hits any container wins. */
export const selectorKinds = ['name', 'id', 'runtime', 'cgroup', 'pidns', 'pid', 'prefix'] as const;

export type SelectorKind = (typeof selectorKinds)[number];

/** Shorter prefixes of ids would hit by chance. */
const minPrefix = 2;

/** What records say of a container, of any shape. */
interface Info {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly runtime?: unknown;
  readonly cgroups?: unknown;
  readonly pidns?: unknown;
  readonly init?: unknown;
}

/** The text of one selector, taken apart. */
export class SelectorText {
  readonly text: string;
  /** If it can be a pid. */
  readonly number: number | undefined;
  /** If it can be the inode of a pid namespace. */
  readonly inode: number | undefined;
  readonly #runtime: string;
  readonly #ofRuntime: string;

  constructor(text: string) {
    this.text = text;
    this.number = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    const inode = /^pid:\[(\d{1,15})\]$/.exec(text)?.[1];
    this.inode = inode === undefined ? this.number : Number(inode);
    const slash = text.indexOf('/');
    this.#runtime = text.slice(0, Math.max(0, slash));
    this.#ofRuntime = text.slice(slash + 1);
  }

  /** The strongest kind by which it names this container. */
  kindIn(info: Info): SelectorKind | undefined {
    return selectorKinds.find((kind) => this.#tests[kind](info));
  }

  /** `RUNTIME/ID`; a container called host has no other name, so `RUNTIME/NAME` too. */
  namesByRuntime({ runtime, id }: Info, names: readonly unknown[]): boolean {
    const word = this.#ofRuntime;
    return this.#runtime !== '' && word !== '' && runtime === this.#runtime && (id === word || names.includes(word));
  }

  hasCgroup({ cgroups }: Info): boolean {
    return this.text.startsWith('/') && Array.isArray(cgroups) && cgroups.includes(this.text);
  }

  hasPidns({ pidns }: Info): boolean {
    return this.inode !== undefined && pidns === this.inode;
  }

  begins({ id }: Info): boolean {
    return this.text.length >= minPrefix && typeof id === 'string' && id.startsWith(this.text);
  }

  readonly #tests: Readonly<Record<SelectorKind, (info: Info) => boolean>> = {
    name: ({ name }) => name === this.text,
    id: ({ id }) => id === this.text,
    runtime: (info) => this.namesByRuntime(info, [info.name]),
    cgroup: (info) => this.hasCgroup(info),
    pidns: (info) => this.hasPidns(info),
    pid: ({ init }) => this.number !== undefined && init === this.number,
    prefix: (info) => this.begins(info),
  };
}
