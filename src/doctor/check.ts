import { messageOf, NstraceError } from '../errors.ts';
import type { DoctorFinding } from './schema.ts';

/** One thing that tracing needs, or needs to show all. */
export interface Check {
  readonly name: string;
  /**
   * What does not work without it, or still does: it stands behind “without it:”.
   */
  readonly without?: string;
  /**
   * What was found. An error says what is missing and how to mend it; a {@link Limited} that tracing works all the same.
   *
   * @param before what the checks before it found
   */
  readonly run: (before: readonly DoctorFinding[]) => Promise<string> | string;
}

/** Tracing works, and shows less. */
export class Limited extends Error {
  readonly advice: string | undefined;
  readonly without: string | undefined;

  /** @param without what is not shown, if it is not what the check always says */
  constructor(message: string, advice?: string, without?: string) {
    super(message);
    this.advice = advice;
    this.without = without;
  }
}

/** Runs every check, also after one that failed. */
export const examine = async (checks: readonly Check[]): Promise<DoctorFinding[]> => {
  const findings: DoctorFinding[] = [];
  for (const { name, without, run } of checks) {
    try {
      findings.push({ name, ok: true, level: 'ok', text: await run(findings) });
    } catch (error) {
      const advice = error instanceof NstraceError || error instanceof Limited ? error.advice : undefined;
      findings.push({
        name,
        ok: false,
        level: error instanceof Limited ? 'limited' : 'missing',
        text: messageOf(error),
        ...(advice !== undefined && { advice }),
        ...(error instanceof Limited && error.without
          ? { without: error.without }
          : without !== undefined && { without }),
      });
    }
  }
  return findings;
};
