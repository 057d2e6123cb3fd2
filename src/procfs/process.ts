import { statSync } from 'node:fs';
import type { Namespaces } from '../kernel/namespaces.ts';
import { endOfString, readArguments, readText, type Text, textOf } from '../kernel/text.ts';
import { parseCgroups } from './cgroup.ts';
import { readDirectory } from './directory.ts';
import { Mountinfo } from './mountinfo.ts';
import { parseLocalMounts } from './mounts.ts';
import { procRoot, readProc, readProcFolder, readProcLink, readProcText } from './read.ts';
import { parseStat } from './stat.ts';
import { fromStatDevice, Terminals } from './tty.ts';

/** A running process as /proc shows it. What may not be read is left out. */
export interface ProcProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly startTicks: number;
  readonly nspid: number[];
  readonly uid: number;
  readonly gid: number;
  readonly euid?: number | undefined;
  readonly egid?: number | undefined;
  /** Login user and session of the audit system; 2^32 - 1 if nobody logged in, undefined if the kernel has no audit. */
  readonly auid?: number | undefined;
  readonly session?: number | undefined;
  /** As ps prints it: `pts/3`. */
  readonly tty?: string | undefined;
  readonly comm: Text;
  readonly exe: Text;
  readonly cwd: Text | undefined;
  readonly args: readonly Text[];
  readonly argsBytes: number;
  readonly ns: Namespaces | undefined;
  /** The pid namespace of its children, where it is not in our mount namespace: else nobody asks. */
  readonly childPidns?: number | undefined;
  /** Its root directory is not ours: a path that it says is another one to us. */
  readonly elsewhere?: true | undefined;
  /** Cgroup path by hierarchy: the unified one is '', v1 ones are named by their controllers. */
  readonly cgroups: ReadonlyMap<string, string>;
  readonly state: string;
  readonly threads: number;
  /** All of its threads are on their way out, or it is a zombie: its end may have been reported before it was read. */
  readonly ending?: true;
  readonly cpuTicks: number;
  /** Resident memory; a kernel thread has none. */
  readonly rssBytes: number | undefined;
}

/** Arguments of a running process that are kept; more of them is said to be cut. */
const maxArgsBytes = 64_000;

/** Reads a process; undefined if it ended meanwhile. */
export const readProcess = (pid: number, root = procRoot): ProcProcess | undefined => {
  const folder = `${root}/${pid}`;
  const stat = parseStat(readProcText(`${folder}/stat`) ?? '');
  const status = readProcText(`${folder}/status`);
  if (stat === undefined || status === undefined) {
    return undefined;
  }
  const living = stat.exiting && stat.threads > 1 ? livingThread(folder) : folder;
  const cmdline = readProc(`${living}/cmdline`);
  const found = cmdline === undefined ? [] : readArguments(cmdline, 0, Math.min(cmdline.length, maxArgsBytes));
  const args = titleOr(found);
  // What is left behind a title is no part of it, and nothing is cut.
  const argsBytes = args === found ? (cmdline?.length ?? 0) : cmdline!.indexOf(0) + 1;
  const comm = readProc(`${folder}/comm`);
  const commText = ownComm(comm === undefined ? stat.comm : readText(comm, 0, Math.max(comm.length - 1, 0)), stat.ppid);
  const cgroups = parseCgroups(readProc(`${living}/cgroup`)?.toString() ?? '');
  const exe = readProcLink(`${living}/exe`);
  const cwd = readProcLink(`${living}/cwd`);
  const ns = readNamespaces(living);
  const hasOurMounts = ns === undefined || ns.mnt === ownMnt();
  const childPidns = hasOurMounts ? undefined : readNamespace(living, 'pid', 'pid_for_children');
  const after = parseStat(readProcText(`${folder}/stat`) ?? '');
  if (after?.startTicks !== stat.startTicks) {
    return undefined;
  }
  return {
    pid,
    ppid: stat.ppid,
    startTicks: stat.startTicks,
    nspid: numbersOf(status, 'NSpid:') ?? [pid],
    uid: numbersOf(status, 'Uid:')?.[0] ?? 0,
    gid: numbersOf(status, 'Gid:')?.[0] ?? 0,
    euid: numbersOf(status, 'Uid:')?.[1] ?? 0,
    egid: numbersOf(status, 'Gid:')?.[1] ?? 0,
    auid: numberIn(`${folder}/loginuid`),
    session: numberIn(`${folder}/sessionid`),
    tty: terminals.nameOf(fromStatDevice(stat.tty)),
    comm: commText,
    exe: exe === undefined ? '' : readText(exe, 0, exe.length),
    cwd: cwd === undefined ? undefined : readText(cwd, 0, cwd.length),
    args,
    argsBytes,
    ns,
    ...(childPidns === undefined ? {} : { childPidns }),
    // Asked of few: it costs more than all the rest.
    get elsewhere() {
      return hasOurMounts || hasOurRoot(living, pid, ns.mnt, root) ? undefined : true;
    },
    cgroups,
    state: stat.state,
    threads: stat.threads,
    cpuTicks: stat.cpuTicks,
    rssBytes: rssOf(status),
    ...(after.exiting && (after.threads <= 1 || allExiting(folder)) ? { ending: true } : {}),
  };
};

/**
 * A title that a process wrote over its arguments (setproctitle(3)) is followed by the NULs that are left of them: no arguments. Titles
 * have a blank or brackets, as `nginx: worker process` and `(sd-pam)`.
 */
const titleOr = (args: Text[]): Text[] => {
  const isTitle = args.length > 2 && /[ (]/.test(textOf(args[0]!)) && args.every((arg, at) => at === 0 || arg === '');
  return isTitle ? args.slice(0, 1) : args;
};

/** /proc adds to the comm of a kernel worker what it works on (fs/proc/array.c, wq_worker_comm): `kworker/u8:1-events_unbound`. */
const ownComm = (comm: Text, ppid: number): Text =>
  ppid === kthreadd && typeof comm === 'string' ? comm.replace(/^(kworker\/u?\d+:\d+[A-Z]?)[-+].*$/s, '$1') : comm;

/** The parent of all kernel threads. */
const kthreadd = 2;

/** What a leader that has ended before its other threads has no more, they have. */
const livingThread = (folder: string): string => {
  for (const tid of readProcFolder(`${folder}/task`)) {
    if (parseStat(readProcText(`${folder}/task/${tid}/stat`) ?? '')?.exiting === false) {
      return `${folder}/task/${tid}`;
    }
  }
  return folder;
};

/** A leader can end before its other threads. */
const allExiting = (folder: string): boolean =>
  readProcFolder(`${folder}/task`).every((tid) => {
    const thread = parseStat(readProcText(`${folder}/task/${tid}/stat`) ?? '');
    return thread === undefined || thread.exiting;
  });

const terminals = new Terminals();

const numberIn = (path: string): number | undefined => {
  const number = Number(readProcText(path) || Number.NaN);
  return isCount(number) ? number : undefined;
};

const rssOf = (status: string): number | undefined => {
  const kilobytes = /\nVmRSS:\s*(\d{1,12}) kB/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
};

/** Start of a process in ticks; undefined if it is gone. */
export const startOf = (pid: number, root = procRoot): number | undefined =>
  parseStat(readProcText(`${root}/${pid}/stat`) ?? '')?.startTicks;

/** The argument area of a process that was seen to start at `startTicks`, if it still lives and still is that process. */
export const readArgumentArea = (pid: number, startTicks: number, root = procRoot): Buffer | undefined => {
  if (startOf(pid, root) !== startTicks) {
    return undefined;
  }
  const area = readProc(`${root}/${pid}/cmdline`);
  const copy = area === undefined ? undefined : Buffer.from(area);
  return startOf(pid, root) === startTicks ? copy : undefined;
};

const numbersOf = (status: string, key: string): number[] | undefined => {
  const from = status.indexOf(`\n${key}`);
  if (from < 0) {
    return undefined;
  }
  const end = status.indexOf('\n', from + 1);
  const numbers = status
    .slice(from + 1 + key.length, end)
    .trim()
    .split(/\s+/)
    .map(Number);
  return numbers.every(isCount) ? numbers : undefined;
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The process that a thread belongs to; undefined if it is gone. */
export const readLeader = (tid: number, root = procRoot): number | undefined => {
  const status = readProcText(`${root}/${tid}/status`);
  return status === undefined ? undefined : numbersOf(status, 'Tgid:')?.[0];
};

let own: number | undefined;
const ownMnt = (): number | undefined => {
  own ??= readNamespace(`${procRoot}/self`, 'mnt');
  return own;
};

/** In a mount namespace of its own a process can have the host's files all the same, as after `unshare -m`. */
const hasOurRoot = (folder: string, pid: number, mnt: number, root: string): boolean => {
  const text = (root === procRoot ? ofProc : new Mountinfo(root)).read(pid, mnt);
  const mounts = parseLocalMounts(text?.toString('latin1') ?? '');
  const its = mounts.root ? readDirectory(`${folder}/root`, (mount) => mounts.devices.has(mount)) : undefined;
  if (its === undefined) {
    return false;
  }
  if (mounts.ambiguous.has(its.mount)) {
    return isSame(`${folder}/root`, '/');
  }
  ours ??= rootOfOurs();
  return its.inode === ours.inode && mounts.devices.get(its.mount) === ours.device;
};

/** Asks the file system. */
const isSame = (path: string, other: string): boolean => {
  try {
    const [one, two] = [statSync(path), statSync(other)];
    return one.ino === two.ino && one.dev === two.dev;
  } catch {
    return false;
  }
};

let ours: { inode: number; device: number } | undefined;

/** In a chroot no line of mountinfo says its device. */
const rootOfOurs = (): { inode: number; device: number } => {
  const { devices } = parseLocalMounts(readProcText('/proc/self/mountinfo') ?? '');
  const root = readDirectory('/', () => true);
  const { ino, dev } = statSync('/');
  return { inode: root?.inode ?? ino, device: devices.get(root?.mount ?? Number.NaN) ?? fromStatDevice(dev) };
};

const ofProc = new Mountinfo();

/**
 * The inode of one namespace of a process.
 *
 * @param name of the link, where that is not its type
 */
export const readNamespace = (
  folder: string,
  type: (typeof types)[number],
  name: string = type,
): number | undefined => {
  const link = readProcLink(`${folder}/ns/${name}`);
  const inode = Number(link?.toString('latin1', type.length + 2, endOfString(link, 0, link.length) - 1));
  return isCount(inode) ? inode : undefined;
};

const types = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'] as const;

/** All or nothing: they are readable only with rights over the process. */
export const readNamespaces = (folder: string): Namespaces | undefined => {
  const set: Record<string, number> = {};
  for (const type of types) {
    const inode = readNamespace(folder, type);
    if (inode === undefined) {
      return undefined;
    }
    set[type] = inode;
  }
  return set as unknown as Namespaces;
};
