import { type Expression, parseExpression } from '../../filter/expression.ts';
import type { Compiler } from '../../filter/matcher.ts';
import { loadPatterns } from '../../filter/pattern.ts';
import { Knowledge } from '../../filter/subject.ts';
import type { RecordOf } from '../../record/schema.ts';
import type { Proc } from './boxes.ts';
import type { Model } from './model.ts';

/** Which events a query of the filter language hits. */
export interface Found {
  readonly hits: readonly number[];
  /** Their processes; undefined if everything is hit. */
  readonly procs: ReadonlySet<Proc> | undefined;
  /** What is wrong with the query, in words. */
  readonly problem: string | undefined;
}

/** Users of the host that was recorded are not known here: numbers only. */
const users: Compiler['users'] = { idOf: () => undefined, nameOf: String, all: () => [] };

/** Searches the events of a page with the language of --where. */
export class Search {
  readonly #model: Model;
  readonly #header: RecordOf<'header'>;
  #compiler: Compiler = { compile: undefined, users };

  constructor(model: Model, header: RecordOf<'header'>) {
    this.#model = model;
    this.#header = header;
  }

  async load(): Promise<void> {
    this.#compiler = { compile: await loadPatterns(), users };
  }

  find(query: string): Found {
    const { records } = this.#model;
    if (query.trim() === '') {
      return { hits: records.map((_, index) => index), procs: undefined, problem: undefined };
    }
    const expression = parseExpression(query, this.#compiler);
    const problem = expression.problems.find(({ unfinished }) => unfinished !== true);
    const hits = expression.empty ? records.map((_, index) => index) : this.#match(expression);
    const procs = new Set<Proc>();
    for (const index of hits) {
      const proc = this.#model.procOf[index];
      if (proc !== undefined) {
        procs.add(proc);
      }
    }
    return {
      hits,
      procs: expression.empty ? undefined : procs,
      problem: problem && [problem.message, problem.advice].filter((part) => part !== undefined).join('; '),
    };
  }

  #match(expression: Expression): number[] {
    const roots = expression.tests
      .flatMap((test) => (test.root === undefined ? [] : [{ test, root: test.root }]))
      .slice(0, 31);
    for (const [bit, { test }] of roots.entries()) {
      test.bit = bit;
    }
    const knowledge = new Knowledge({ roots: roots.map(({ root }) => root) });
    knowledge.take(this.#header);
    const hits: number[] = [];
    for (const [index, record] of this.#model.records.entries()) {
      const subject = knowledge.take(record);
      if (record.type === 'lost' || (subject !== undefined && expression.matches(subject))) {
        hits.push(index);
      }
    }
    return hits;
  }
}
