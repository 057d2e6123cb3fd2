import { argvWords, pathWords, shortArgvWords, shortPathWords, wordBytes } from '../wire.ts';

/**
 * Two programs out of exec.bt: one for execs with a short path and argv, which most are, and one for the rest. A line costs by the
 * field, and theirs has 19 fewer.
 *
 * @throws Error if the probe is not as this expects it
 */
export const byLength = (text: string): string =>
  `${withFewWords(text)}\n${text.replace(always, `${always} && ${isLong}`)}`;

const always = '@seq[99999] == 0';
/** The bytes of a path are 4087 less its place in a page: see exec.bt. */
const pathFrom = 4087 - shortPathWords * wordBytes;
const argvBytes = 'curtask->mm->arg_end - curtask->mm->arg_start';
const place = '(curtask->mm->env_end & 4095)';
const isLong = `(${place} < ${pathFrom} || ${place} > 4086 || ${argvBytes} > ${shortArgvWords * wordBytes})`;
const isShort = `${place} >= ${pathFrom} && ${place} <= 4086 && ${argvBytes} <= ${shortArgvWords * wordBytes}`;

const withFewWords = (text: string): string => {
  const dropped = pathWords - shortPathWords + (argvWords - shortArgvWords);
  const kept = text
    .split('\n')
    .filter((line) => !(isWord(line, 'path', shortPathWords) || isWord(line, 'argv', shortArgvWords)))
    .join('\n');
  const last = `uptr($argv + ${(shortArgvWords - 1) * wordBytes}) : (uint64)0`;
  const changes = [
    [always, `${always} && ${isShort}`],
    [`${' %llx'.repeat(dropped)}\\n"`, '\\n"'],
    [`${last},`, `${last});`],
  ] as const;
  if (text.split('\n').length - kept.split('\n').length !== dropped || changes.some(([what]) => !kept.includes(what))) {
    throw new Error('exec.bt does not have the words that src/probe/bpftrace/short-exec.ts expects');
  }
  return changes.reduce((probe, [what, by]) => probe.replace(what, by), kept);
};

/** Whether a line of the probe is a word of path or argv that a short one has not. */
const isWord = (line: string, name: 'path' | 'argv', words: number): boolean => {
  const from = new RegExp(`uptr\\(\\$${name} \\+ (\\d+)\\)`).exec(line)?.[1];
  return from !== undefined && Number(from) >= words * wordBytes;
};
