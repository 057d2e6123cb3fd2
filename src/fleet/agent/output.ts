import type { StopReason } from '../../console/stop.ts';
import type { Output } from '../../output/output.ts';
import type { Count } from '../../probe/tracer.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import type { Agent } from './agent.ts';

/** Knows how many bytes all its files have, with what still waits. */
type Spool = Output & { readonly size: number };

/** The spool of an agent: what its limits let through, and what they say was dropped. */
export class AgentOutput implements Output {
  readonly #agent: Agent;
  readonly #spool: Spool;

  constructor(agent: Agent, spool: Spool) {
    this.#agent = agent;
    this.#spool = spool;
  }

  record(record: NstraceRecord): void {
    this.#put(this.#agent.take(record));
  }

  flush(mono: string): void {
    this.#agent.written(this.#spool.size - this.#spool.pending);
    this.#put(this.#agent.beat());
    this.#spool.flush(mono);
    this.#agent.put(this.#spool.size);
  }

  get pending(): number {
    return this.#spool.pending;
  }

  async close(): Promise<void> {
    await this.#spool.close();
    await this.#agent.finish();
  }

  async end(now: { time: string; mono: string }, reason: StopReason, count: Count): Promise<void> {
    this.#put(this.#agent.rest());
    await this.#spool.end(now, reason, count);
    await this.#agent.finish();
  }

  #put(records: Iterable<NstraceRecord>): void {
    for (const record of records) {
      this.#spool.record(record);
    }
  }
}
