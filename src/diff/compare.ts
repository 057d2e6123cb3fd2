import { type Baseline, matchesContainer } from './baseline.ts';
import { type BaselineEntry, formatEntry } from './baseline-line.ts';
import { type ArgsShape, matchesShape, shapeKey } from './shapes.ts';
import { type StartupChange, startupChange } from './startup.ts';
import type { ContainerFacts, Kind, Outcomes, ProgramFacts, ShapeFacts, Summary } from './summary.ts';
import { matchesWord } from './word.ts';

/** Something that is different. `line` is what a baseline would have for it. */
export interface Finding {
  readonly container: string;
  /** `gone`: in A and not in B. */
  readonly change: 'new' | 'gone' | 'changed';
  readonly what: 'container' | 'program' | 'arguments' | 'join' | 'failure' | 'outcome' | 'end' | 'startup';
  readonly exe?: string;
  readonly shape?: ArgsShape;
  readonly runs?: number;
  /** The first time, and the arguments then. */
  readonly first?: ShapeFacts['first'];
  readonly a?: Readonly<Record<string, number>>;
  readonly b?: Readonly<Record<string, number>>;
  readonly startup?: StartupChange;
  readonly line?: string;
}

/** How much ran where, different or not. */
export interface Counts {
  readonly container: string;
  readonly image: string | undefined;
  readonly lives: readonly [number, number];
  readonly execs: readonly [number, number];
  readonly joins: readonly [number, number];
}

export interface Comparison {
  readonly containers: Counts[];
  readonly findings: Finding[];
}

/** What ran in B's containers and not in A's, and the reverse. */
export const compare = (a: Summary, b: Summary): Comparison => {
  const keys = [...new Set([...a.containers.keys(), ...b.containers.keys()])].sort();
  const findings = keys.flatMap((key) => compareContainers(key, a.containers.get(key), b.containers.get(key)));
  return { containers: keys.map((key) => countsOf(key, a.containers.get(key), b.containers.get(key))), findings };
};

/** What ran and is not in the baseline. What the baseline has and did not run is no finding. */
export const compareBaseline = (baseline: Baseline, b: Summary): Comparison => {
  const keys = [...b.containers.keys()].sort();
  const findings = keys.flatMap((key) => {
    const facts = b.containers.get(key)!;
    const own = baseline.entries.filter(
      ({ container }) =>
        container === key || matchesContainer(container, facts.name, facts.image ?? key.replace(/^image:/, '')),
    );
    return [...facts.programs.values()].flatMap((program) => compareEntries(key, own, program));
  });
  return { containers: keys.map((key) => countsOf(key, undefined, b.containers.get(key))), findings };
};

const compareContainers = (key: string, a: ContainerFacts | undefined, b: ContainerFacts | undefined): Finding[] => {
  if (a === undefined || b === undefined) {
    const change = a === undefined ? 'new' : 'gone';
    return [
      { container: key, change, what: 'container', runs: (a ?? b)!.lives },
      ...programsOf(key, (a ?? b)!, change),
    ];
  }
  const names = [...new Set([...a.programs.keys(), ...b.programs.keys()])].sort();
  const startup = startupChange(a.startupNs, b.startupNs);
  return [
    ...names.flatMap((name) => comparePrograms(key, a.programs.get(name), b.programs.get(name))),
    ...(sameKeys(a.ends, b.ends) || a.ends.size === 0 || b.ends.size === 0
      ? []
      : [{ container: key, change: 'changed', what: 'end', a: plain(a.ends), b: plain(b.ends) } as const]),
    ...(startup === undefined ? [] : [{ container: key, change: 'changed', what: 'startup', startup } as const]),
  ];
};

const programsOf = (key: string, facts: ContainerFacts, change: 'new' | 'gone'): Finding[] =>
  [...facts.programs.values()].flatMap((program) =>
    program.shapes.learned().map((seen) => shapeFinding(key, program, seen, change, 'program')),
  );

const comparePrograms = (key: string, a: ProgramFacts | undefined, b: ProgramFacts | undefined): Finding[] => {
  const [before, after] = [a?.shapes.learned() ?? [], b?.shapes.learned() ?? []];
  const isNew = a === undefined || b === undefined;
  const what = isNew ? 'program' : 'arguments';
  const findings: Finding[] = [];
  for (const seen of after) {
    const same = before.find((other) => coversShape(other.shape, seen.shape, seen.facts));
    if (same === undefined) {
      findings.push(shapeFinding(key, b!, seen, 'new', what));
    } else {
      findings.push(...compareOutcomes(key, b!, seen, same.facts.outcomes));
    }
  }
  for (const seen of before) {
    if (
      !after.some(
        (other) =>
          coversShape(seen.shape, other.shape, other.facts) || coversShape(other.shape, seen.shape, seen.facts),
      )
    ) {
      findings.push(shapeFinding(key, a!, seen, 'gone', what));
    }
  }
  return findings;
};

/** Whether a shape that was learned allows another one. */
const coversShape = (known: ArgsShape, shape: ArgsShape, { first }: ShapeFacts): boolean =>
  shapeKey(known) === shapeKey(shape) || matchesShape(known, first.args);

const compareEntries = (key: string, own: readonly BaselineEntry[], program: ProgramFacts): Finding[] => {
  const candidates = own.filter(
    ({ kind, exe }) => kind === program.kind && (exe === program.exe || matchesWord(exe, program.path)),
  );
  const what = candidates.length === 0 ? 'program' : 'arguments';
  return program.shapes.learned().flatMap((seen) => {
    const allowed = candidates.filter(({ shape }) => coversShape(shape, seen.shape, seen.facts));
    if (allowed.length === 0) {
      return [shapeFinding(key, program, seen, 'new', what)];
    }
    if (allowed.some(({ outcomes }) => outcomes === undefined)) {
      return [];
    }
    const known = new Map(allowed.flatMap(({ outcomes }) => [...outcomes!].map((outcome) => [outcome, 0])));
    return compareOutcomes(key, program, seen, known);
  });
};

/** Outcomes that the other side never had. One that never ended says nothing. */
const compareOutcomes = (key: string, program: ProgramFacts, seen: Seen, known: Outcomes): Finding[] => {
  const fresh = [...seen.facts.outcomes.keys()].filter((outcome) => !known.has(outcome));
  if (fresh.length === 0 || known.size === 0) {
    return [];
  }
  const failure = fresh.some((outcome) => outcome !== '0') && known.has('0');
  const finding = shapeFinding(key, program, seen, 'changed', failure ? 'failure' : 'outcome');
  return [{ ...finding, change: failure ? 'new' : 'changed', a: plain(known), b: plain(seen.facts.outcomes) }];
};

interface Seen {
  readonly shape: ArgsShape;
  readonly facts: ShapeFacts;
}

const shapeFinding = (
  container: string,
  { kind, exe }: ProgramFacts,
  { shape, facts }: Seen,
  change: Finding['change'],
  what: Finding['what'],
): Finding => ({
  ...{
    container,
    change,
    what: kind === 'join' && (what === 'program' || what === 'arguments') ? 'join' : what,
    exe,
    shape,
  },
  ...{ runs: facts.runs, first: facts.first, line: lineOf(container, kind, exe, shape, facts.outcomes) },
});

const lineOf = (container: string, kind: Kind, exe: string, shape: ArgsShape, outcomes: Outcomes): string =>
  formatEntry({ container, kind, exe, shape, outcomes: outcomes.size === 0 ? undefined : new Set(outcomes.keys()) });

const countsOf = (container: string, a: ContainerFacts | undefined, b: ContainerFacts | undefined): Counts => {
  const runs = (facts: ContainerFacts | undefined, kind: Kind): number =>
    [...(facts?.programs.values() ?? [])]
      .filter((program) => program.kind === kind)
      .flatMap(({ shapes }) => shapes.learned())
      .reduce((sum, { facts: { runs } }) => sum + runs, 0);
  return {
    container,
    image: b?.image ?? a?.image,
    lives: [a?.lives ?? 0, b?.lives ?? 0],
    execs: [runs(a, 'exec'), runs(b, 'exec')],
    joins: [runs(a, 'join'), runs(b, 'join')],
  };
};

const sameKeys = (a: Outcomes, b: Outcomes): boolean => a.size === b.size && [...a.keys()].every((key) => b.has(key));
const plain = (counts: Outcomes): Record<string, number> => Object.fromEntries(counts);
