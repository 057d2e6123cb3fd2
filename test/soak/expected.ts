import type { NstraceRecord } from '../../src/record/schema.ts';

/** What a soak must have seen, whatever else ran on the machine: counted as it comes, without keeping it. */
export class Expected {
  readonly #program: string;
  readonly #running = new Set<number>();
  readonly #instances = new Set<number>();
  readonly #ops = new Map<string, number>();
  #footer: (NstraceRecord & { type: 'footer' }) | undefined;
  #last = 0n;
  #disorder = 0;
  #seq = 0;
  #gaps = 0;
  #paced = 0;
  #exits = 0;
  records = 0;

  constructor(program: string) {
    this.#program = program;
  }

  take(line: string): void {
    const record = JSON.parse(line) as NstraceRecord;
    this.records += 1;
    this.#gaps += record.seq === this.#seq + 1 ? 0 : 1;
    this.#seq = record.seq;
    if (record.type === 'exec' || record.type === 'exit') {
      const mono = BigInt(record.mono);
      this.#disorder += mono < this.#last ? 1 : 0;
      this.#last = mono;
    }
    if (record.type === 'exec' && record.exe === this.#program) {
      this.#running.add(record.pid);
      if (record.args[1] === 'paced') {
        this.#paced += 1;
      } else if (record.container?.instance !== undefined) {
        this.#instances.add(record.container.instance);
      }
    } else if (record.type === 'exit') {
      this.#exits += this.#running.delete(record.pid) ? 1 : 0;
    } else if (record.type === 'container') {
      const isLife =
        record.op === 'created'
          ? record.by?.args?.[2] === this.#program
          : this.#instances.has(record.container.instance ?? 0);
      if (isLife) {
        this.#ops.set(record.op, (this.#ops.get(record.op) ?? 0) + 1);
      }
      if (record.op === 'removed') {
        this.#instances.delete(record.container.instance ?? 0);
      }
    } else if (record.type === 'footer') {
      this.#footer = record;
    }
  }

  problems({ execs, lives }: { execs: number; lives: number }): string[] {
    const counts: [string, number, number][] = [
      ['execs', this.#paced, execs],
      ['exits', this.#exits, execs + lives],
      ['created', this.#ops.get('created') ?? 0, lives],
      ['stopped', this.#ops.get('stopped') ?? 0, lives],
      ['removed', this.#ops.get('removed') ?? 0, lives],
      ['out of order', this.#disorder, 0],
      ['gaps in seq', this.#gaps, 0],
      ['lost', this.#footer?.lost ?? Number.NaN, 0],
    ];
    return counts
      .filter(([, seen, wanted]) => seen !== wanted)
      .map(([what, seen, wanted]) => `${what}: ${seen}, not ${wanted}`);
  }
}
