import type { RecordOf } from '../record/schema.ts';

type ExeFile = RecordOf<'exec'>['exe_file'];

/** `upper`, `deleted`, or both: where the file that runs is not as its image has it. */
export const exeFileWords = (file: ExeFile): string[] => [
  ...(file?.layer === undefined ? [] : ['upper']),
  ...(file?.deleted === undefined ? [] : ['deleted']),
];

/** The same for people, to stand behind a path; empty if there is nothing to say. */
export const exeFileText = (file: ExeFile): string =>
  exeFileWords(file)
    .map((word) => `, ${words[word as keyof typeof words]}`)
    .join('');

const words = {
  upper: 'not as in its image (upper layer of the overlay)',
  deleted: 'without a name (deleted, or in memory only)',
} as const;
