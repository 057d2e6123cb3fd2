import { anyMore, matchesWord, type WordPattern } from './word.ts';

/** The arguments of a command line as patterns, argv[0] left out. `...` as the last one is any number of arguments more. */
export type ArgsShape = readonly WordPattern[];

export const matchesShape = (shape: ArgsShape, args: readonly string[]): boolean => {
  const open = shape.at(-1) === anyMore;
  const fixed = open ? shape.length - 1 : shape.length;
  if (open ? args.length < fixed : args.length !== fixed) {
    return false;
  }
  for (let index = 0; index < fixed; index += 1) {
    if (!matchesWord(shape[index]!, args[index]!)) {
      return false;
    }
  }
  return true;
};

export const shapeKey = (shape: ArgsShape): string => shape.join('\0');

/** Of one program: beyond it, what differs between its command lines is taken for any text. */
const maxShapes = 500;

/**
 * The argument shapes of one program as learned from its command lines: a position that varies, all others being the same,
 * is `*`. Each shape keeps what was counted for it.
 */
export class ArgsShapes<Facts> {
  readonly #merge: (into: Facts, from: Facts) => void;
  #shapes = new Map<string, { shape: ArgsShape; facts: Facts }>();

  constructor(merge: (into: Facts, from: Facts) => void) {
    this.#merge = merge;
  }

  /** What is counted for a shape that is seen. */
  at(shape: ArgsShape, fresh: () => Facts): Facts {
    const key = shapeKey(shape);
    const known = this.#shapes.get(key);
    if (known !== undefined) {
      return known.facts;
    }
    if (this.#shapes.size >= 2 * maxShapes) {
      this.#shrink();
    }
    const facts = fresh();
    this.#shapes.set(key, { shape, facts });
    return facts;
  }

  /** As learned. */
  learned(): { shape: ArgsShape; facts: Facts }[] {
    this.#generalize();
    return [...this.#shapes.values()];
  }

  #shrink(): void {
    this.#generalize();
    if (this.#shapes.size > maxShapes) {
      this.#replace(({ length }) => Array.from({ length }, () => '*'));
    }
  }

  /** Position by position, until nothing changes: each round makes some shapes one, or is the last. */
  #generalize(): void {
    for (let before = Number.POSITIVE_INFINITY; this.#shapes.size < before; ) {
      before = this.#shapes.size;
      const longest = Math.max(0, ...[...this.#shapes.values()].map(({ shape }) => shape.length));
      for (let position = 0; position < longest; position += 1) {
        this.#generalizeAt(position);
      }
    }
  }

  #generalizeAt(position: number): void {
    const alike = new Map<string, number>();
    const open = (shape: ArgsShape): ArgsShape => shape.with(position, `${beginning(shape[position]!)}*`);
    const without = (shape: ArgsShape): string => shapeKey(open(shape));
    const varies = (shape: ArgsShape): boolean => position < shape.length && !isOption(shape[position]!);
    for (const { shape } of this.#shapes.values()) {
      if (varies(shape)) {
        alike.set(without(shape), (alike.get(without(shape)) ?? 0) + 1);
      }
    }
    this.#replace((shape) => (varies(shape) && (alike.get(without(shape)) ?? 0) > 1 ? open(shape) : shape));
  }

  #replace(change: (shape: ArgsShape) => ArgsShape): void {
    const old = this.#shapes;
    this.#shapes = new Map();
    for (const { shape, facts } of old.values()) {
      const changed = change(shape);
      const key = shapeKey(changed);
      const known = this.#shapes.get(key);
      if (known === undefined) {
        this.#shapes.set(key, { shape: changed, facts });
      } else {
        this.#merge(known.facts, facts);
      }
    }
  }
}

/** What stays of a word that varies: an option's name, and of a command in one word, as `sh -c` has it, the program. */
const beginning = (word: WordPattern): string => /^(?:-[^=]*=|\S+ )/.exec(word)?.[0].replaceAll('*', '') ?? '';

/** Options say what a program does: another one is another shape, but for its value after `=`. */
const isOption = (word: WordPattern): boolean => /^-[^=]*$/.test(word) && word !== '-';
