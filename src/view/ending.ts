import { escapeText } from './escape.ts';

/** How a process or container ended, as records say it. */
export interface Ending {
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  readonly core?: boolean | undefined;
  readonly oom?: true | undefined;
}

/** `code 3`, or `SIGKILL, core dumped, out of memory`; empty if it is not known. */
export const endingText = ({ code, signal, core, oom }: Ending): string => {
  const how = signal === undefined ? (code === undefined ? '' : `code ${code}`) : escapeText(signal);
  return `${how}${endingRemarks({ core, oom })}`;
};

/** `, core dumped, out of memory`, as far as it is so. */
export const endingRemarks = ({ core, oom }: Ending): string =>
  `${core ? ', core dumped' : ''}${oom ? ', out of memory' : ''}`;
