import { spawn } from '@lydell/node-pty';

export interface RanInPty {
  readonly exitCode: number;
  readonly output: string;
  /** As ps prints it: `pts/3`. */
  readonly tty: string;
}

/** Runs a program to its end as a person does: from a shell in a terminal, logged in as `auid` if that is given. */
export const runInPty = async (words: readonly string[], auid?: number): Promise<RanInPty> => {
  const login = auid === undefined ? '' : `echo ${auid} >/proc/self/loginuid; `;
  const pty = spawn('/bin/sh', ['-c', `tty; ${login}"$@"; exit $?`, 'sh', ...words], { cols: 120, rows: 24 });
  let output = '';
  pty.onData((data) => {
    output += data;
  });
  const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => pty.onExit(resolve));
  return { exitCode, output, tty: /\/dev\/(pts\/\d+)/.exec(output)?.[1] ?? output };
};
