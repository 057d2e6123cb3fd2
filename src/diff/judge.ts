import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { redactProgram } from '../view/redact/record.ts';
import type { Baseline } from './baseline.ts';
import { formatEntry } from './baseline-line.ts';
import { keyOf, kindOf, programOf } from './summary.ts';
import { patternOf } from './word.ts';

/** How long a container waits for its name, in ns of the trace. */
const waitNs = 2_000_000_000n;
/** Findings that are remembered, so that each is reported once. */
const maxRemembered = 10_000;

/** Judges a trace as it goes on: which execs and joins in containers are in no line of a baseline. */
export class Judge {
  readonly #baseline: Baseline;
  readonly #report: (line: string) => void;
  readonly #reported = new Set<string>();
  readonly #known = new Map<string, { name: string; image: string | undefined }>();
  readonly #waiting: RecordOf<'exec'>[] = [];
  #findings = 0;

  /** @param report gets the line that would allow it, once */
  constructor(baseline: Baseline, report: (line: string) => void) {
    this.#baseline = baseline;
    this.#report = report;
  }

  /** Execs and joins that are not in the baseline, also those of a line that was reported before. */
  get findings(): number {
    return this.#findings;
  }

  take(record: NstraceRecord): void {
    if (record.type === 'container') {
      const { container } = record;
      this.#known.set(placeOf(container), { name: container.name, image: container.image });
      if (record.op === 'removed') {
        this.end();
        this.#known.delete(placeOf(container));
      }
    } else if (record.type === 'exec' && record.container !== null) {
      // Its name can come after it.
      this.#waiting.push(record);
    }
    this.passed(record.mono);
  }

  /** Time goes on though no record comes. */
  passed(mono: string): void {
    const now = BigInt(mono);
    let done = 0;
    while (done < this.#waiting.length && this.#isDue(this.#waiting[done]!, now)) {
      this.#judge(this.#waiting[done]!);
      done += 1;
    }
    if (done > 0) {
      this.#waiting.splice(0, done);
    }
  }

  /** Nothing more comes: what waits is judged as it is. */
  end(): void {
    for (const record of this.#waiting.splice(0)) {
      this.#judge(record);
    }
  }

  #isDue({ container, mono }: RecordOf<'exec'>, now: bigint): boolean {
    const { id, name } = container!;
    const current = this.#known.get(placeOf(container!))?.name ?? name;
    return current !== id || now - BigInt(mono) > waitNs;
  }

  #judge(record: RecordOf<'exec'>): void {
    const container = record.container!;
    const { name = container.name, image } = this.#known.get(placeOf(container)) ?? {};
    const run = { container: name, image, kind: kindOf(record), exe: programOf(record), args: record.args.slice(1) };
    if (this.#baseline.find(run).length > 0) {
      return;
    }
    this.#findings += 1;
    const shape = redactProgram(record)
      .args.slice(1)
      .map((word) => patternOf(word));
    const line = formatEntry({
      ...{ container: keyOf({ id: container.id, name }, image, 'name'), kind: run.kind, exe: patternOf(run.exe) },
      ...{ shape: record.args_truncated ? [...shape, '...'] : shape, outcomes: undefined },
    });
    if (!this.#reported.has(line) && this.#reported.size < maxRemembered) {
      this.#reported.add(line);
      this.#report(line);
    }
  }
}

const placeOf = ({ instance, runtime, id }: { instance?: number | undefined; runtime: string; id: string }): string =>
  instance === undefined ? `${runtime}\0${id}` : String(instance);
