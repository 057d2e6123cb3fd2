import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { pathOnly, readPlace } from './directory.ts';
import { parseLocalMounts } from './mounts.ts';
import { readProcText } from './read.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** As many as the kernel follows (path_resolution(7)). */
const maxLinks = 40;
const maxSteps = 512;

/**
 * Opens a file for reading whose path somebody else chose: never through a link at its end, and only where each step of the path is on
 * the file system of `/` or on another one of this machine. Elsewhere a file server, or a process of that user's (FUSE), decides when a
 * step ends, and whoever walks there waits for it.
 *
 * @throws {Error} where that cannot be
 */
export const openLocalFile = (path: string): number => {
  const walk = new Walk();
  try {
    return walk.open(path);
  } finally {
    walk.close();
  }
};

class Walk {
  #at = openSync('/', pathOnly);
  #mount = readPlace(this.#at).mount;
  readonly #root = this.#mount;
  #links = 0;

  open(path: string): number {
    const left = this.#enter(path);
    for (let steps = 0; left.length > 0; steps += 1) {
      if (steps === maxSteps) {
        throw new Error('too many steps');
      }
      const name = left.pop()!;
      const step = `/proc/self/fd/${this.#at}/${name}`;
      const target = left.length > 0 ? linkOf(step) : undefined;
      if (target === undefined) {
        this.#move(openSync(step, pathOnly | O_NOFOLLOW));
      } else {
        this.#links += 1;
        if (this.#links > maxLinks) {
          throw new Error('too many links');
        }
        left.push(...this.#enter(target));
      }
    }
    return openSync(`/proc/self/fd/${this.#at}`, O_RDONLY | O_NONBLOCK);
  }

  close(): void {
    closeSync(this.#at);
  }

  /** The steps of a path, the first one last. */
  #enter(path: string): string[] {
    if (path.startsWith('/')) {
      this.#move(openSync('/', pathOnly));
    }
    return path
      .split('/')
      .filter((name) => name !== '' && name !== '.')
      .reverse();
  }

  /** Its mount cannot go away, and its id cannot become another one's, while it is open. */
  #move(descriptor: number): void {
    closeSync(this.#at);
    this.#at = descriptor;
    const { mount } = readPlace(descriptor);
    if (mount !== this.#mount) {
      this.#mount = mount;
      const { devices } = parseLocalMounts(readProcText('/proc/self/mountinfo') ?? '');
      if (mount !== this.#root && !devices.has(mount)) {
        throw new Error('not on a file system of this machine');
      }
    }
  }
}

const linkOf = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};
