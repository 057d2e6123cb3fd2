import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Cost {
  /** CPU time in seconds, which others on the machine hardly change. */
  readonly seconds: number;
  /** The most memory that it had. */
  readonly megabytes: number;
}

/** CPU time and memory of a program, as the kernel counts them; its output goes nowhere. */
export const costOf = async (
  program: string,
  args: readonly string[],
  statuses: readonly number[] = [0],
): Promise<Cost> => {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let kilobytes = 0;
  let ticks = 0;
  const look = (): void => {
    try {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      ticks = Math.max(ticks, Number(fields[11]) + Number(fields[12]));
      kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? kilobytes);
    } catch {
      // It has just ended.
    }
  };
  const watch = setInterval(look, 10);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearInterval(watch);
  if (code === null || !statuses.includes(code)) {
    throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  }
  return { seconds: ticks / 100, megabytes: Math.round(kilobytes / 1024) };
};

/** What every reader of JSON does at least, as a program of its own. */
const parseAndStringify = `
const { createReadStream } = require('node:fs');
let rest = '', length = 0;
const stream = createReadStream(process.argv[1], { encoding: 'latin1', highWaterMark: 256 * 1024 });
stream.on('data', (text) => {
  const lines = (rest + text).split('\\n');
  rest = lines.pop();
  for (const line of lines) length += JSON.stringify(JSON.parse(line)).length;
});
stream.on('end', () => process.exit(length > 0 ? 0 : 1));
`;

/** JSON.parse and JSON.stringify of all lines of a file. */
export const plainCost = (file: string): Promise<Cost> => costOf(process.execPath, ['-e', parseAndStringify, file]);
