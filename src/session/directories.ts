import { readText, type Text, textOf } from '../kernel/text.ts';
import type { ExecEvent } from '../probe/event.ts';
import { readDirectory } from '../procfs/directory.ts';
import { Mountinfo } from '../procfs/mountinfo.ts';
import { type LocalMounts, parseLocalMounts } from '../procfs/mounts.ts';
import { readNamespace } from '../procfs/process.ts';
import { readProcText } from '../procfs/read.ts';

/** Directories whose names are remembered; one more makes room by forgetting all. */
const maxKnown = 4096;

interface Known {
  readonly name: Text;
  /** Mount and path of the working directory of process `via`. */
  readonly mount: number;
  readonly path: Buffer;
  readonly via: number;
  /** The batch of events in which the name was last seen to be right. */
  proven: number;
}

/**
 * Names of working directories. The kernel says which directory it is (device, inode, and the root that it is seen from); the name is
 * read from a process that is in it, and proven by that pair. It is proven anew for each batch of events, since directories are renamed:
 * where that happened meanwhile, nobody can say which name held, and there is none.
 *
 * Only links of /proc are followed, which lead to a directory without a walk along its path, and nothing is asked of its file system,
 * which may wait for a server or for another process.
 */
export class Directories {
  readonly #known = new Map<string, Known>();
  readonly #mounts = new Map<number, LocalMounts>();
  readonly #root: string;
  readonly #mountinfo: Mountinfo;
  /** Our own mount namespace: what is in it was mounted by root. */
  readonly #own: number | undefined;
  #batch = 0;
  /** The last exec of this batch: the next one is mostly in the same directory. */
  #last: ExecEvent | undefined;

  constructor(root = '/proc') {
    this.#root = root;
    this.#mountinfo = new Mountinfo(root);
    this.#own = readNamespace(`${root}/self`, 'mnt');
  }

  /** A new batch of events begins. */
  next(): void {
    this.#batch += 1;
    this.#last = undefined;
    this.#mounts.clear();
  }

  /** The name of the directory that an exec happened in, as that process sees it. */
  nameOf(event: ExecEvent): Text | undefined {
    const { cwdInode, cwdRoot } = event;
    if (cwdInode === undefined || cwdRoot === undefined) {
      return undefined;
    }
    if (cwdRoot === 0) {
      return '/';
    }
    const last = this.#last;
    if (
      last !== undefined &&
      last.cwdInode === cwdInode &&
      last.cwdDevice === event.cwdDevice &&
      last.cwdRoot === cwdRoot &&
      last.ns.mnt === event.ns.mnt
    ) {
      return last.cwd;
    }
    event.cwd = this.#find(event);
    this.#last = event;
    return event.cwd;
  }

  #find(event: ExecEvent): Text | undefined {
    const { cwdInode, cwdRoot } = event;
    const key = `${event.ns.mnt} ${cwdRoot} ${event.cwdDevice} ${cwdInode}`;
    const known = this.#known.get(key);
    if (known === undefined) {
      return this.#learn(key, event)?.name;
    }
    if (known.proven === this.#batch || this.#prove(known, event)) {
      known.proven = this.#batch;
      return known.name;
    }
    this.#known.delete(key);
    const found = this.#learn(key, event);
    return found !== undefined && textOf(found.name) === textOf(known.name) ? found.name : undefined;
  }

  /** Whether the process through which a name is known is still in that directory, under that name. */
  #prove({ mount, path, via }: Known, event: ExecEvent): boolean {
    const cwd = readDirectory(`${this.#root}/${via}/cwd`, (its) => its === mount);
    return cwd?.inode === event.cwdInode && cwd!.path.equals(path);
  }

  /** Looks at the process itself and at its parent. */
  #learn(key: string, event: ExecEvent): Known | undefined {
    const known = this.#read(event.pid, event) ?? this.#read(event.ppid, event);
    if (known !== undefined) {
      if (this.#known.size >= maxKnown) {
        this.#known.clear();
      }
      this.#known.set(key, known);
    }
    return known;
  }

  /** The working directory of a process, if it is this one, seen from the same root in the same mount namespace. */
  #read(pid: number, event: ExecEvent): Known | undefined {
    const folder = `${this.#root}/${pid}`;
    if (readNamespace(folder, 'mnt') !== event.ns.mnt) {
      return undefined;
    }
    const { devices, ambiguous, root: isRootLocal } = this.#mountsOf(pid, event.ns.mnt);
    const root = isRootLocal ? readDirectory(`${folder}/root`, (mount) => devices.has(mount)) : undefined;
    if (root === undefined || root.inode % 2 ** 32 !== event.cwdRoot) {
      return undefined;
    }
    const isWanted = (mount: number): boolean => devices.get(mount) === event.cwdDevice && !ambiguous.has(mount);
    const cwd = readDirectory(`${folder}/cwd`, isWanted);
    if (cwd === undefined || cwd.inode !== event.cwdInode || isRemoved(cwd.path)) {
      return undefined;
    }
    const { mount, path } = cwd;
    const above = root.path.length;
    const name = above > 1 && path.subarray(0, above).equals(root.path) ? path.subarray(above) : path;
    return name[0] === slash
      ? { name: readText(name, 0, name.length), mount, path, via: pid, proven: this.#batch }
      : undefined;
  }

  #mountsOf(pid: number, mnt: number): LocalMounts {
    let mounts = this.#mounts.get(mnt);
    if (mounts === undefined) {
      const text =
        mnt === this.#own
          ? readProcText(`${this.#root}/${pid}/mountinfo`)
          : this.#mountinfo.read(pid, mnt)?.toString('latin1');
      mounts = parseLocalMounts(text ?? '');
      this.#mounts.set(mnt, mounts);
    }
    return mounts;
  }
}

const slash = 47;

const removed = Buffer.from(' (deleted)');

/** A directory that was removed has no name; nor has one whose name ends like this, since nobody can say which it is. */
const isRemoved = (path: Buffer): boolean => path.subarray(-removed.length).equals(removed);
