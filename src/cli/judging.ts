import { type Command, Option } from 'commander';
import type { Judge } from '../diff/judge.ts';
import { exitStatus, usageError } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { escapeText } from '../view/escape.ts';
import { say } from './say.ts';

export interface JudgingValues {
  baseline?: string;
  failOn?: 'new';
}

export const addJudgingOptions = (command: Command): Command =>
  command
    .option('--baseline <file>', 'report execs in containers, and who enters them, that are not in this baseline')
    .addOption(new Option('--fail-on <what>', 'with --baseline: status 1 if there was any').choices(['new']));

/**
 * What judges a trace by a baseline, if that was asked for.
 *
 * @throws NstraceError (2) if there is no such baseline
 */
export const openJudging = async ({ baseline, failOn }: JudgingValues): Promise<Judging | undefined> => {
  if (baseline === undefined) {
    if (failOn !== undefined) {
      throw usageError(
        '--fail-on new needs a baseline',
        '--baseline FILE; `nstrace baseline FILE... -o FILE` makes one',
      );
    }
    return undefined;
  }
  const [{ readBaseline }, { Judge }] = await Promise.all([import('../diff/baseline.ts'), import('../diff/judge.ts')]);
  const report = (line: string): void => say(`not in ${escapeText(baseline)}: ${escapeText(line)}`, true);
  return new Judging(new Judge(readBaseline(baseline), report), failOn !== undefined);
};

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
