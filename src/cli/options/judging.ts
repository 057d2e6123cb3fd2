import { type Command, Option } from 'commander';
import { say } from '../../console/say.ts';
import { Judging } from '../../diff/judging.ts';
import { usageError } from '../../errors.ts';
import { escapeText } from '../../view/escape.ts';

export interface JudgingValues {
  baseline?: string;
  failOn?: 'new';
}

export const addJudgingOptions = (command: Command): Command =>
  command
    .option('--baseline <file>', 'report execs in containers, and joins, that are not in this baseline')
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
  const [{ readBaseline }, { Judge }] = await Promise.all([
    import('../../diff/baseline.ts'),
    import('../../diff/judge.ts'),
  ]);
  const report = (line: string): void => say(`not in ${escapeText(baseline)}: ${escapeText(line)}`, true);
  return new Judging(new Judge(readBaseline(baseline), report), failOn !== undefined);
};
