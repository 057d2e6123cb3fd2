import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { ArgsShapes } from './shapes.ts';
import { type Numbers, patternOf } from './word.ts';

/** How a program ended: an exit code, a signal, the errno of an exec that failed; by how often. */
export type Outcomes = Map<string, number>;

/** How a program came to run: `join` was brought in from outside. */
export type Kind = 'exec' | 'join';

/** What was seen of one argument shape. */
export interface ShapeFacts {
  runs: number;
  readonly outcomes: Outcomes;
  /** The first time, and what ran then. */
  readonly first: { readonly time: string; readonly args: readonly string[] };
  /** Where it is counted now, since its shape is part of another one. */
  into?: ShapeFacts;
}

export interface ProgramFacts {
  readonly kind: Kind;
  /** As a pattern, and as it was the first time. */
  readonly exe: string;
  readonly path: string;
  readonly shapes: ArgsShapes<ShapeFacts>;
}

/** What was seen of containers that are compared as one. */
export interface ContainerFacts {
  /** As a pattern: the name, or `image:` and the image. */
  readonly key: string;
  /** The first name that it had, as it was. */
  readonly name: string;
  image: string | undefined;
  lives: number;
  /** How its init ended. */
  readonly ends: Outcomes;
  readonly startupNs: number[];
  readonly programs: Map<string, ProgramFacts>;
}

/** By what containers are the same: their names, or their images. */
export type MatchBy = 'name' | 'image';

export interface SummaryOptions {
  readonly match: MatchBy;
  readonly numbers: Numbers;
}

/** Startups of one container name that are kept. */
const maxStartups = 10_000;

/** What ran in the containers of one or several recordings. Memory grows with what is different, not with how often it ran. */
export class Summary {
  readonly containers = new Map<string, ContainerFacts>();
  readonly #options: SummaryOptions;
  readonly #images = new Map<string, string>();
  readonly #running = new Map<string, ShapeFacts>();

  constructor(options: SummaryOptions) {
    this.#options = options;
  }

  /** @param source which recording it is of: pids and instances of two are not the same */
  take(record: NstraceRecord, source: string): void {
    switch (record.type) {
      case 'container':
        return this.#container(record, source);
      case 'exec':
        return this.#exec(record, source);
      case 'exit':
        return this.#exit(record, source);
      default:
    }
  }

  #container({ op, container, startup_ns, code, signal }: RecordOf<'container'>, source: string): void {
    if (container.image !== undefined) {
      this.#images.set(`${source}\0${container.runtime}\0${container.id}`, container.image);
    }
    const facts = this.#factsOf(container, source);
    facts.image ??= container.image;
    if (op === 'created' || op === 'seen') {
      facts.lives += 1;
    } else if (op === 'started' && startup_ns !== undefined && facts.startupNs.length < maxStartups) {
      facts.startupNs.push(startup_ns);
    } else if (op === 'stopped') {
      addOutcome(facts.ends, outcomeOf(signal, code));
    }
  }

  #exec(record: RecordOf<'exec'>, source: string): void {
    const place = `${source}\0${record.pid}`;
    if (record.ret === 0) {
      this.#running.delete(place);
    }
    if (record.container === null) {
      return;
    }
    const facts = this.#shapeOf(record, source);
    facts.runs += 1;
    if (record.ret !== 0) {
      addOutcome(facts.outcomes, outcomeOf(record.errno, record.ret));
    } else {
      this.#running.set(place, facts);
    }
  }

  #exit({ pid, code, signal }: RecordOf<'exit'>, source: string): void {
    const place = `${source}\0${pid}`;
    const running = this.#running.get(place);
    if (running !== undefined) {
      this.#running.delete(place);
      addOutcome(current(running).outcomes, outcomeOf(signal, code ?? 0));
    }
  }

  #shapeOf(record: RecordOf<'exec'>, source: string): ShapeFacts {
    const { programs } = this.#factsOf(record.container!, source);
    const kind = kindOf(record);
    const path = programOf(record);
    const exe = patternOf(path, this.#options.numbers);
    const key = `${kind}\0${exe}`;
    let program = programs.get(key);
    if (program === undefined) {
      program = { kind, exe, path, shapes: new ArgsShapes(merge) };
      programs.set(key, program);
    }
    const args = record.args.slice(1);
    const shape = args.map((word) => patternOf(word, this.#options.numbers));
    return program.shapes.at(record.args_truncated ? [...shape, '...'] : shape, () => ({
      ...{ runs: 0, outcomes: new Map(), first: { time: record.time, args } },
    }));
  }

  #factsOf(container: { id: string; name: string; runtime: string }, source: string): ContainerFacts {
    const image = this.#images.get(`${source}\0${container.runtime}\0${container.id}`);
    const key = keyOf(container, image, this.#options.match);
    let facts = this.containers.get(key);
    if (facts === undefined) {
      facts = { key, name: container.name, image, lives: 0, ends: new Map(), startupNs: [], programs: new Map() };
      this.containers.set(key, facts);
    }
    return facts;
  }
}

/** The path as executed. A program that executes itself as another, as a static busybox does, says which by argv[0]. */
export const programOf = ({ exe, args }: Pick<RecordOf<'exec'>, 'exe' | 'args'>): string =>
  exe === '/proc/self/exe' ? (args[0] ?? exe) : exe;

export const kindOf = ({ origin }: RecordOf<'exec'>): Kind => (origin === 'joined' ? 'join' : 'exec');

/** By what a container is compared: a name that is only an id says nothing, its image does. */
export const keyOf = (
  { id, name }: { id: string; name: string },
  image: string | undefined,
  match: MatchBy,
): string => {
  const isId = name === id && /^[0-9a-f]{12,64}$/.test(id);
  return image !== undefined && (match === 'image' || isId) ? `image:${image}` : patternOf(name, 'long');
};

export const addOutcome = (counts: Outcomes, what: string): void => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
};

const current = (facts: ShapeFacts): ShapeFacts => (facts.into === undefined ? facts : current(facts.into));

const merge = (into: ShapeFacts, from: ShapeFacts): void => {
  from.into = into;
  into.runs += from.runs;
  for (const [what, times] of from.outcomes) {
    into.outcomes.set(what, (into.outcomes.get(what) ?? 0) + times);
  }
};

/** How something ended: the name of a signal or error, else a number. What is no such name was not written by nstrace. */
const outcomeOf = (name: string | undefined, code: number | undefined): string =>
  name === undefined ? String(code ?? '?') : /^[A-Z][A-Z0-9+-]*$/.test(name) ? name : '?';
