import { readFileSync } from 'node:fs';
import { nearestFew } from './kernel/did-you-mean.ts';
import { counted } from './kernel/plural.ts';

/** Exit statuses: the contract with scripts. */
export const exitStatus = { ok: 0, failed: 1, usage: 2, system: 3, damaged: 4, interrupted: 130 } as const;

/** Every error that a user sees: what is wrong, what to do next, and the exit status. */
export class NstraceError extends Error {
  override name = 'NstraceError';
  readonly advice: string | undefined;
  readonly status: number;

  constructor(message: string, options: { advice?: string | undefined; status: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.advice = options.advice;
    this.status = options.status;
  }
}

export const usageError = (message: string, advice?: string): NstraceError =>
  new NstraceError(message, { advice, status: exitStatus.usage });

export const systemError = (message: string, advice: string): NstraceError =>
  new NstraceError(message, { advice, status: exitStatus.system });

export const stoppedEarly = (): NstraceError =>
  new NstraceError('it stopped before it was done: nothing was left to wait for', {
    advice: 'this is a defect of nstrace: please report what you typed',
    status: exitStatus.failed,
  });

export const notRoot = (): NstraceError =>
  systemError('tracing needs root', 'run it with sudo, or as root; `nstrace doctor` says what else is missing');

export const notInHostPidns = (): NstraceError =>
  systemError(
    'nstrace runs in a pid namespace of its own: the pids that the kernel reports are not those that it sees in /proc',
    'run it on the host, or in a container with --pid=host',
  );

export const notInHostTimens = (): NstraceError =>
  systemError(
    'nstrace runs in a time namespace of its own: the times of processes that it sees in /proc are not those of the kernel',
    'run it outside of it: `nsenter -t 1 -T nstrace ...`, or without `unshare --time`',
  );

export const noNamespaces = (): NstraceError =>
  systemError(
    'the namespaces of other processes cannot be read: nothing could be said of who is in a container',
    'it needs CAP_SYS_PTRACE: run it as root, or add that to the rights of its unit or container',
  );

export const notInHostUserns = (): NstraceError =>
  systemError(
    'nstrace runs in a user namespace of its own, whose root may not trace',
    'run it as root of the host: sudo, not a rootless container or `unshare --user`',
  );

export const noBpftrace = (places: readonly string[]): NstraceError =>
  systemError(
    `bpftrace is not installed (looked for ${places.join(', ')})`,
    `${installCommand('bpftrace')}, or name another one with --bpftrace PATH`,
  );

/** How this distribution installs a package (os-release(5)). */
export const installCommand = (name: string, osRelease = readOsRelease()): string => {
  const ids = (/^ID=.*$/m.exec(osRelease)?.[0] ?? '') + (/^ID_LIKE=.*$/m.exec(osRelease)?.[0] ?? '');
  const found = installers.find(([id]) => new RegExp(`\\b${id}\\b`).test(ids));
  return found === undefined ? `install ${name} with your package manager` : `sudo ${found[1]} ${name}`;
};

const installers = [
  ['debian', 'apt-get install'],
  ['ubuntu', 'apt-get install'],
  ['fedora', 'dnf install'],
  ['rhel', 'dnf install'],
  ['suse', 'zypper install'],
  ['arch', 'pacman -S'],
  ['alpine', 'apk add'],
] as const;

const readOsRelease = (): string => {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
};

export const untrustedBpftrace = (path: string, why: string): NstraceError =>
  systemError(
    `${path} is not safe to run as root: ${why}`,
    'it must belong to root, in folders that belong to root, and be writable by nobody else',
  );

export const noTracefs = (why: string): NstraceError =>
  systemError(`tracefs is not mounted and cannot be: ${why}`, 'mount -t tracefs tracefs /sys/kernel/tracing');

export const noBtf = (): NstraceError =>
  systemError(
    'the kernel has no BTF (/sys/kernel/btf/vmlinux)',
    'run a kernel built with CONFIG_DEBUG_INFO_BTF=y: those of Debian 11, Ubuntu 20.10, Fedora 32 and newer have it',
  );

export const noPlace = (folders: readonly string[], why: string): NstraceError =>
  systemError(
    `there is no place for the probes, which bpftrace reads from a file: ${why}`,
    `one of ${folders.join(', ')} must be writable for root, with 100 KB of room`,
  );

export const bpftraceFailed = (reason: string, advice: string): NstraceError =>
  new NstraceError(`bpftrace could not start tracing: ${reason}`, { advice, status: exitStatus.system });

export const bpftraceKeepsDying = (reason: string): NstraceError =>
  new NstraceError(`bpftrace keeps ending by itself: ${reason}`, {
    advice: 'see `nstrace doctor`; dmesg may say whether the kernel killed it',
    status: exitStatus.failed,
  });

export const cannotOpen = (path: string, why: string, advice: string): NstraceError =>
  new NstraceError(`cannot open ${path}: ${why}`, { advice, status: exitStatus.failed });

export const cannotWrite = (path: string, why: string): NstraceError =>
  new NstraceError(`writing ${path} failed: ${why}`, {
    advice: 'free some space or name another place with -o; what was written up to here can be read',
    status: exitStatus.failed,
  });

export const cannotSpool = (folder: string, why: string): NstraceError =>
  new NstraceError(`writing the spool ${folder} failed: ${why}`, {
    advice: 'free some space, give it less with --spool-size, or name another one with --spool',
    status: exitStatus.failed,
  });

export const recordingGone = (path: string, why: string): NstraceError =>
  new NstraceError(`the recording ${path} is gone: ${why}`, {
    advice: 'record to a place that nothing else cleans up or rotates',
    status: exitStatus.failed,
  });

/** What any thrown value says, in one line. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Not one line of it is a record. */
export const noRecording = (path: string, strict = false): NstraceError =>
  new NstraceError(`${path} is no recording of nstrace`, {
    advice: '`nstrace record -o FILE` makes one',
    status: strict ? exitStatus.damaged : exitStatus.failed,
  });

export const damaged = (path: string, count: number): NstraceError =>
  new NstraceError(`${path} is damaged in ${counted(count, 'place')}`, {
    advice: 'without --strict what is whole is shown all the same',
    status: exitStatus.damaged,
  });

/** @param file the recording that was asked; without it, those that run are meant */
export const noSuchContainer = (text: string, known: readonly string[], file?: string): NstraceError => {
  const names = `${known.slice(0, maxNamed).join(', ')}${known.length > maxNamed ? ', ...' : ''}`;
  const near = nearestFew(text, known, maxNear);
  const [none, some] = file === undefined ? ['no container is running', 'running:'] : ['it has none', 'it has'];
  return new NstraceError(`there is no container ${JSON.stringify(text)}${file === undefined ? '' : ` in ${file}`}`, {
    advice:
      known.length === 0 ? none : `${near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `}${some} ${names}`,
    status: exitStatus.failed,
  });
};

/**
 * @param candidates what could be meant, each by its name and in full
 * @param status 1 of a command about one container; else it is wrong usage
 */
export const severalContainers = (
  text: string,
  candidates: readonly { readonly name: string; readonly full: string }[],
  status: number = exitStatus.failed,
): NstraceError => {
  const few = candidates.slice(0, maxNamed);
  return new NstraceError(`${JSON.stringify(text)} could be any of ${few.map(({ name }) => name).join(', ')}`, {
    advice: `give more of it, RUNTIME/ID, the whole id or a host pid in it:\n${few.map(({ full }) => full).join('\n')}`,
    status,
  });
};

/** Names that are asked about. */
const maxNear = 3;
/** Names that one message lists. */
const maxNamed = 20;

export const noSuchProcess = (pid: string): NstraceError =>
  new NstraceError(`there is no process ${pid}`, {
    advice: '`nstrace ps` lists what runs; --from FILE answers for what a recording knows',
    status: exitStatus.failed,
  });

export const hiddenProcess = (pid: string): NstraceError =>
  new NstraceError(`no process ${pid} is to be seen: processes of other users are hidden from you`, {
    advice: '/proc is mounted with hidepid: run it as root',
    status: exitStatus.failed,
  });

export const noPastProcess = (word: string, file: string): NstraceError =>
  new NstraceError(`there is no process ${word} in ${file}`, {
    advice: `nstrace replay ${file} -e all shows what it knows`,
    status: exitStatus.failed,
  });

export const noSuchNamespace = (inode: number): NstraceError =>
  new NstraceError(`there is no namespace ${inode}`, {
    advice: '`nstrace ns` lists those that are there',
    status: exitStatus.failed,
  });
