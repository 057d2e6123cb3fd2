import type { NstraceRecord } from '../record/schema.ts';
import { inodeTest, rootTest, uidTest } from './about-process.ts';
import { linePatterns, namePatterns } from './about-text.ts';
import type { Expression } from './expression.ts';
import { WantedHosts } from './hosts.ts';
import type { EventKind } from './kinds.ts';
import type { Lookahead } from './lookahead.ts';
import type { Matcher } from './matcher.ts';
import type { Pattern } from './pattern.ts';
import { ContainerSelection } from './selector.ts';
import { Knowledge, type Subject } from './subject.ts';

export interface FilterOptions {
  /** Selectors, as -c has them. */
  readonly containers: readonly string[];
  readonly namespaces: readonly number[];
  readonly pids: readonly number[];
  readonly uids: readonly number[];
  readonly names: readonly Pattern[];
  readonly lines: readonly Pattern[];
  /** More conditions on processes. */
  readonly processes?: readonly Matcher[];
  /** More conditions on whatever a record is about. */
  readonly records?: readonly Matcher[];
  /** Globs of --host, for which there is a condition among those: to say which of them no host has. */
  readonly hosts?: readonly string[];
  readonly where?: Expression | undefined;
  /** What the selectors mean, if what is read is looked through before. */
  readonly lookahead?: Lookahead | undefined;
  /** RFC 3339 in UTC with nine digits, as records have it: not before, and not after. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly failed: boolean;
  readonly events: ReadonlySet<EventKind>;
}

/** Roots whose descendants one filter follows exactly, as bits of a number. */
const maxRoots = 31;

/**
 * Which records are wanted. Works on records alone, so that a replay filters like a live trace. All conditions must hold;
 * of one kind, any. Losses and the ends of a recording always pass.
 */
export class RecordFilter {
  readonly #options: FilterOptions;
  /** Conditions on processes: a container as such meets none of them. */
  readonly #processes: readonly Matcher[];
  readonly #records: readonly Matcher[];
  /** Remembering every process costs a little: only if a condition needs it. */
  readonly #knowledge: Knowledge | undefined;
  readonly selection: ContainerSelection;
  readonly hosts: WantedHosts;

  constructor(options: FilterOptions) {
    this.#options = options;
    this.hosts = new WantedHosts(options.hosts ?? []);
    this.#processes = processTests(options);
    this.#records = options.records ?? [];
    const tests = [...this.#processes, ...this.#records, ...(options.where?.tests ?? [])];
    this.#knowledge = tests.length === 0 ? undefined : new Knowledge({ roots: rootsOf(tests) });
    this.selection = new ContainerSelection(options.containers, this.#knowledge?.containers);
    this.selection.containers.lookahead = options.lookahead;
  }

  /** Whether what it wants depends on earlier records: then it needs all of them. */
  get remembers(): boolean {
    return this.#knowledge !== undefined || !this.selection.empty;
  }

  /** What is to look its input through, if that can be read twice. */
  get lookahead(): Lookahead | undefined {
    return this.#options.lookahead;
  }

  /** Whether it asks for more than kinds of events and containers. */
  get narrows(): boolean {
    const { where, since, until } = this.#options;
    return (
      this.#processes.length > 0 ||
      this.#records.length > 0 ||
      [since, until].some((moment) => moment !== undefined) ||
      where?.empty === false
    );
  }

  /** Whether it asks what containers are called, or about else that is learned with their names. */
  get asksForNames(): boolean {
    return !this.selection.empty || this.#options.where?.asksForNames === true;
  }

  wants(record: NstraceRecord): boolean {
    return this.holds(record, this.learn(record));
  }

  /** Whether a record is wanted of which note was taken: asked again later, with the names that came meanwhile. */
  holds(record: NstraceRecord, subject: Subject | undefined): boolean {
    switch (record.type) {
      case 'header':
        this.hosts.learn(record);
        return true;
      case 'footer':
      case 'lost':
        return true;
      case 'container':
      case 'usage':
        return (
          this.#wantsKind(record.type) &&
          this.selection.wants(record.container, record) &&
          // With a selector, it is said which containers those are.
          (this.#processes.length === 0 || !this.selection.empty) &&
          this.#holds(record, subject)
        );
      case 'exec':
        return (record.ret === 0 || this.#options.failed) && this.#wantsKind('exec') && this.#matches(record, subject);
      case 'process':
        return this.#matches(record, subject);
      default:
        return this.#wantsKind(record.type) && this.#matches(record, subject);
    }
  }

  /** Takes note of a record, and returns what can be asked of it. */
  learn(record: NstraceRecord): Subject | undefined {
    if (this.#knowledge !== undefined) {
      return this.#knowledge.take(record);
    }
    if (!this.selection.empty) {
      this.selection.learn(record);
    }
    return undefined;
  }

  #wantsKind(kind: EventKind): boolean {
    return this.#options.events.has(kind);
  }

  #matches(record: NstraceRecord & { container: AnyContainer }, subject: Subject | undefined): boolean {
    return (
      (this.selection.empty || this.selection.wants(record.container, record as object)) &&
      allHold(this.#processes, subject) &&
      this.#holds(record, subject)
    );
  }

  #holds({ time }: NstraceRecord, subject: Subject | undefined): boolean {
    const { since, until, where } = this.#options;
    return (
      (since === undefined || time >= since) &&
      (until === undefined || time <= until) &&
      allHold(this.#records, subject) &&
      (where === undefined || subject === undefined || where.matches(subject))
    );
  }
}

type AnyContainer = { id: string; name: string; runtime: string } | null;

const allHold = (tests: readonly Matcher[], subject: Subject | undefined): boolean => {
  for (const test of tests) {
    if (subject === undefined || test.of(subject) !== 'yes') {
      return false;
    }
  }
  return true;
};

const processTests = ({ namespaces, pids, uids, names, lines, processes = [] }: FilterOptions): Matcher[] => {
  const roots = new Set(pids);
  return [
    ...(namespaces.length === 0 ? [] : [inodeTest(namespaces)]),
    ...(pids.length === 0 ? [] : [rootTest((pid) => roots.has(pid))]),
    ...(uids.length === 0 ? [] : [uidTest(uids)]),
    ...(names.length === 0 ? [] : [namePatterns(names)]),
    ...(lines.length === 0 ? [] : [linePatterns(lines)]),
    ...processes,
  ];
};

/** Gives tests of pids their bits. */
const rootsOf = (tests: readonly Matcher[]) =>
  tests
    .flatMap((test) => (test.root === undefined ? [] : [{ test, root: test.root }]))
    .slice(0, maxRoots)
    .map(({ test, root }, bit) => {
      test.bit = bit;
      return root;
    });
