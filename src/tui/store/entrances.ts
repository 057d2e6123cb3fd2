import type { RecordOf } from '../../record/schema.ts';

/** Somebody, or something, that entered a container. */
export interface Entrance {
  readonly record: RecordOf<'container'>;
  readonly at: number;
  /** The first program that it ran inside; undefined until then. */
  program: RecordOf<'exec'> | undefined;
  before: Entrance | undefined;
}

/** Entrances that are remembered behind the last one: those of routines are taken back from among them. */
const maxBefore = 8;

/**
 * Who entered a container. What comes again and again with the same command, asked for by nobody who is known or at a
 * terminal, as a healthcheck does, is set apart from the third time on: it changes nothing, and hides nobody who came.
 */
export class Entrances {
  count = 0;
  /** The last one that is not repeated. */
  last: Entrance | undefined;
  /** The command that was repeated last, how often and when. */
  repeated: { count: number; at: number; program: RecordOf<'exec'> } | undefined;
  /** How often each command line came. */
  readonly #counts = new Map<string, number>();

  add(record: RecordOf<'container'>, at: number): void {
    this.count += 1;
    this.last = { record, at, program: undefined, before: this.last };
    this.#shorten();
  }

  /** @param byHand whether a person is known to have asked for it */
  runs(record: RecordOf<'container'>, program: RecordOf<'exec'>, byHand: boolean): void {
    const entrance = this.#find(record);
    if (entrance === undefined) {
      return;
    }
    entrance.program = program;
    const line = program.args.join('\0');
    if (byHand) {
      return;
    }
    const count = (this.#counts.get(line) ?? 0) + 1;
    if (count === 1 && this.#counts.size >= maxLines) {
      this.#counts.clear();
    }
    this.#counts.set(line, count);
    if (count >= fromCount) {
      this.repeated = { count, at: entrance.at, program };
      this.#remove((other) => !isPersons(other) && lineOf(other) === line);
    }
  }

  #find(record: RecordOf<'container'>): Entrance | undefined {
    let entrance = this.last;
    while (entrance !== undefined && entrance.record !== record) {
      entrance = entrance.before;
    }
    return entrance;
  }

  #remove(isGone: (entrance: Entrance) => boolean): void {
    while (this.last !== undefined && isGone(this.last)) {
      this.last = this.last.before;
    }
    for (let entrance = this.last; entrance !== undefined; entrance = entrance.before) {
      while (entrance.before !== undefined && isGone(entrance.before)) {
        entrance.before = entrance.before.before;
      }
    }
  }

  #shorten(): void {
    let entrance = this.last;
    for (let depth = 0; depth < maxBefore; depth += 1) {
      entrance = entrance?.before;
    }
    if (entrance !== undefined) {
      entrance.before = undefined;
    }
  }
}

/** Command lines of one container that are compared. */
const maxLines = 32;
/** From N times on it is again and again. */
const fromCount = 3;

const lineOf = ({ program }: Entrance): string | undefined => program?.args.join('\0');

const isPersons = ({ record, program }: Entrance): boolean =>
  record.asked_by !== undefined || program?.tty !== undefined;
