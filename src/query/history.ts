import { closeSync, constants, fchmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Statements that are kept. */
const maxEntries = 1000;

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/**
 * What was asked before, of the user who asks: 0600, in the folder for state (XDG). Under sudo it is that of who called it,
 * read and written with that user's rights, so that root follows no link of his. Nothing of it is an error.
 */
export class History {
  readonly #user: User;
  readonly #folder: string;

  constructor(user: User, stateHome: string | undefined) {
    this.#user = user;
    const state = stateHome !== undefined && isAbsolute(stateHome) ? stateHome : join(user.home, '.local/state');
    this.#folder = join(state, 'nstrace');
  }

  /** The latest first, as readline has it. */
  read(): string[] {
    return (
      asUser(this.#user, () => {
        const lines = readFileSync(this.#path, 'utf8')
          .split('\n')
          .filter((line) => line !== '');
        return lines.slice(-maxEntries).map(decode).reverse();
      }) ?? []
    );
  }

  /** @param entries the latest first */
  write(entries: readonly string[]): void {
    asUser(this.#user, () => {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
      const descriptor = openSync(this.#path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
      try {
        fchmodSync(descriptor, 0o600);
        writeFileSync(
          descriptor,
          entries
            .slice(0, maxEntries)
            .reverse()
            .map((entry) => `${encode(entry)}\n`)
            .join(''),
        );
      } finally {
        closeSync(descriptor);
      }
    });
  }

  get #path(): string {
    return join(this.#folder, 'query_history');
  }
}

const encode = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const decode = (line: string): string => line.replace(/\\([\\n])/g, (_, sign) => (sign === 'n' ? '\n' : '\\'));

/** Does something with the rights of a user; undefined if that fails. Only root becomes another. */
const asUser = <Result>({ uid, gid }: User, work: () => Result): Result | undefined => {
  const becomes = process.geteuid?.() === 0 && uid !== 0;
  try {
    if (becomes) {
      process.setegid?.(gid);
      process.seteuid?.(uid);
    }
    return work();
  } catch {
    return undefined;
  } finally {
    if (becomes) {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  }
};
