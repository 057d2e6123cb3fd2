import { setTimeout as sleep } from 'node:timers/promises';
import { exitStatus } from '../errors.ts';
import { write } from './stdout.ts';
import { terminalSize } from './terminal.ts';

const defaultWatchSeconds = 2;

/** Shows once, or again and again until q or Ctrl-C. */
export const showOrWatch = async (
  watch: number | true | undefined,
  show: () => Promise<string>,
  between = '\n',
): Promise<number> => {
  if (watch === undefined) {
    await write(await show());
    return exitStatus.ok;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => stop.abort());
  }
  process.stdout.on('error', () => stop.abort());
  const release = onQuit(() => stop.abort());
  const { isTTY } = process.stdout;
  let shown = '';
  while (!stop.signal.aborted) {
    const text = await show();
    shown = isTTY ? `\x1b[H\x1b[2J${firstLines(text, terminalSize().rows)}` : `${text}${between}`;
    await write(shown);
    const seconds = watch === true ? defaultWatchSeconds : watch;
    await sleep(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  release();
  // The prompt of the shell stands on a line of its own.
  if (isTTY && !shown.endsWith('\n')) {
    await write('\n');
  }
  return exitStatus.ok;
};

const ctrlC = '\x03';

/** Calls back for q on a terminal, where a whole line would have to be typed otherwise; returns what ends it. */
const onQuit = (quit: () => void): (() => void) => {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    return () => {};
  }
  const listen = (data: Buffer): void => {
    if (/[qQ]/.test(data.toString()) || data.includes(ctrlC)) {
      quit();
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', listen);
  return () => {
    stdin.off('data', listen);
    stdin.setRawMode(false);
    stdin.pause();
  };
};

const firstLines = (text: string, rows: number): string =>
  text
    .split('\n')
    .slice(0, rows - 1)
    .join('\n');
