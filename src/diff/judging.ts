import { say } from '../console/say.ts';
import { exitStatus } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { Judge } from './judge.ts';

export class Judging {
  readonly #fails: boolean;
  readonly #judge: Judge;
  #lost = 0;

  constructor(judge: Judge, fails: boolean) {
    this.#judge = judge;
    this.#fails = fails;
  }

  take(record: NstraceRecord, isWanted: boolean): void {
    if (isWanted || record.type === 'container') {
      this.#judge.take(record);
    }
    this.#lost += record.type === 'lost' ? record.count : 0;
  }

  /** The status at the end: a finding is 1, unless something else failed. */
  status(status: number): number {
    this.#judge.end();
    const { findings } = this.#judge;
    if (!this.#fails || status !== exitStatus.ok) {
      return status;
    }
    if (findings > 0) {
      say(`${findings} ${findings === 1 ? 'exec is' : 'execs are'} not in the baseline`, true);
      return exitStatus.failed;
    }
    if (this.#lost > 0) {
      say('events were lost: what ran cannot be judged', true);
      return exitStatus.usage;
    }
    return exitStatus.ok;
  }
}
