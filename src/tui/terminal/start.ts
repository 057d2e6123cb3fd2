import { render } from 'ink';
import { createElement } from 'react';
import { viewSize } from '../../console/terminal.ts';
import { isBrokenPipe } from '../../kernel/broken-pipe.ts';
import { escapesApart } from '../keys/keys.ts';
import type { View } from '../view.ts';
import { App } from './app.ts';
import { Screen } from './screen.ts';
import { boundHeap } from './v8.ts';

export interface Tui {
  readonly stop: () => void;
  readonly suspend: () => void;
  /** Whether clicks and the wheel come to the view. */
  readonly mouse: (on: boolean) => void;
}

/**
 * Shows a view on the terminal until stop() is called; the terminal is as before then.
 *
 * @param onGone called when the terminal has gone: reading and writing it fail from then on
 */
export const startTui = (view: View, onGone: () => void): Tui => {
  boundHeap();
  const failed = (error: NodeJS.ErrnoException): void => (isBrokenPipe(error) ? onGone() : crash(error));
  process.stdout.on('error', failed);
  process.stdin.on('error', failed);
  const screen = new Screen(process.stdout);
  screen.enter();
  const crash = (error: unknown): void => {
    if (isBrokenPipe(error)) {
      onGone();
      return;
    }
    screen.leave();
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const ink = render(createElement(App, { view }), {
    ...{ stdin: withEscapes(), stdout: bounded(), exitOnCtrlC: false, patchConsole: false },
  });
  const resize = (): void => {
    ink.clear();
    process.stdout.write('\x1b[H\x1b[2J');
    view.refresh();
  };
  process.stdout.on('resize', resize);
  const resume = (): void => {
    if (process.stdin.isTTY) {
      process.stdin.setRawMode(true);
    }
    screen.enter();
    resize();
  };
  process.on('SIGCONT', resume);
  view.start();
  return {
    stop: () => {
      view.stop();
      process.stdout.removeListener('resize', resize);
      process.removeListener('SIGCONT', resume);
      ink.unmount();
      screen.leave();
      process.removeListener('uncaughtException', crash);
      process.removeListener('unhandledRejection', crash);
    },
    mouse: (on) => screen.mouse(on),
    suspend: () => {
      screen.leave();
      if (process.stdin.isTTY) {
        process.stdin.setRawMode(false);
      }
      process.kill(process.pid, 'SIGSTOP');
    },
  };
};

/** Standard input in which Esc is a key also where others came with it, while nothing was read. */
const withEscapes = (): NodeJS.ReadStream =>
  new Proxy(process.stdin, {
    get: (stream, key) => {
      if (key === 'read') {
        return (): string | Buffer | null => {
          const input: string | Buffer | null = stream.read();
          return typeof input === 'string' ? escapesApart(input) : input;
        };
      }
      const value: unknown = Reflect.get(stream, key);
      return typeof value === 'function' ? value.bind(stream) : value;
    },
  });

/** Standard output with the size of a view: Ink lays out as many cells as the terminal says it has. */
const bounded = (): NodeJS.WriteStream =>
  new Proxy(process.stdout, {
    get: (stream, key) => {
      if (key === 'columns' || key === 'rows') {
        return viewSize()[key];
      }
      const value: unknown = Reflect.get(stream, key);
      return typeof value === 'function' ? value.bind(stream) : value;
    },
  });
