import { say } from '../console/say.ts';
import { exitStatus } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { Judge } from './judge.ts';

export class Judging {
  readonly #fails: boolean;
  readonly #judge: Judge;
  /** Also where nobody knows how much it was. */
  #hasLost = false;

  constructor(judge: Judge, fails: boolean) {
    this.#judge = judge;
    this.#fails = fails;
  }

  take(record: NstraceRecord, isWanted: boolean): void {
    if (isWanted || record.type === 'container') {
      this.#judge.take(record);
    }
    this.#hasLost ||= record.type === 'lost';
  }

  /** The status at the end: a finding is 1, unless something else failed. */
  status(status: number): number {
    this.#judge.end();
    const { findings } = this.#judge;
    if (findings > 0) {
      say(`${findings} ${findings === 1 ? 'exec is' : 'execs are'} not in the baseline`, true);
    }
    if (this.#hasLost) {
      say('events were lost: what ran in them cannot be judged', true);
    }
    if (!this.#fails || status !== exitStatus.ok) {
      return status;
    }
    return findings > 0 ? exitStatus.failed : this.#hasLost ? exitStatus.usage : exitStatus.ok;
  }
}
