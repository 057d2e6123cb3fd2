import { type Command, InvalidArgumentError } from 'commander';
import { usageError } from '../../errors.ts';
import type { RotateLimits, RotateValues } from '../../output/file.ts';
import { parseCount, parseDuration, sizeOf } from './parse.ts';

export const addRotateOptions = (command: Command): Command =>
  command
    .option(
      '--rotate <limit>',
      'record in parts, FILE.000001.ndjson and so on: a new one after this size or time, 100MB, 1h or 100MB,1h, and at SIGHUP',
      parseLimits,
    )
    .option('--keep <n>', 'keep the last N parts only', parseCount)
    .option('--compress', 'compress the parts (.gz)');

/** @throws NstraceError (2) if options for parts are given without parts */
export const checkRotate = ({ rotate, keep, compress }: RotateValues, file: string): void => {
  if (rotate === undefined && (keep !== undefined || compress !== undefined)) {
    throw usageError(
      `--${keep === undefined ? 'compress' : 'keep'} is for a recording in parts`,
      'say when a part ends, --rotate 100MB or --rotate 1h; a file that is called .gz is compressed without it',
    );
  }
  if (rotate !== undefined && file === '-') {
    throw usageError('standard output has no parts', 'name a file with -o');
  }
};

/** Smaller parts would hold little but their own beginning. */
const minBytes = 10_000;

const parseLimits = (value: string): RotateLimits => {
  const limits: { bytes?: number; ms?: number } = {};
  for (const word of value.split(',')) {
    const bytes = sizeOf(word);
    if (bytes === undefined) {
      limits.ms = parseTime(word);
    } else {
      limits.bytes = bytes;
    }
  }
  if (limits.bytes !== undefined && limits.bytes < minBytes) {
    throw new InvalidArgumentError('a part has 10KB at least');
  }
  return { bytes: limits.bytes, ms: limits.ms };
};

const parseTime = (word: string): number => {
  try {
    return parseDuration(word);
  } catch {
    throw new InvalidArgumentError('it is no size such as 100MB, and no time such as 1h');
  }
};
