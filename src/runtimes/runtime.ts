import type { ProcProcess } from '../procfs/process.ts';
import type { Role } from '../record/schema.ts';

/** What nstrace knows of a container runtime. Each has a file of its own; index.ts lists them. */
export interface Runtime {
  readonly name: string;
  /** Its programs, as the last part of argv[0] or of the path executed names them. */
  readonly programs?: readonly string[];
  /** What one of its command lines asks for. */
  readonly readCommand?: (args: readonly string[]) => RuntimeCommand | undefined;
  /**
   * Whether a cgroup is one that it makes for a container, by the last folder of its path and those above it. Others can make
   * such folders too: only with a namespace of its own in it, or with the runtime's command, it is a container.
   */
  readonly readCgroup?: (folder: string, above: readonly string[]) => CgroupOwner | undefined;
  /** Its containers that run now, from its state files and from the processes that monitor them. No daemon is asked. */
  readonly list?: (running: readonly ProcProcess[]) => ContainerState[];
  /** What its files say about one of its containers; undefined if they say nothing. */
  readonly describe?: (query: NameQuery) => Description | undefined;
}

export interface RuntimeCommand {
  readonly runtime: string;
  /**
   * `helper`: the runtime's own process inside the container, before the container's program; `monitor`: one that stands
   * by a container and is not in it; `manage`: it starts what was created, or stops, asks or removes one; `daemon`: the engine itself; `rename`: containers get other names; `sandbox`: what it, or
   * its child, makes of namespaces has that name, and no id but their inode.
   */
  readonly action: 'start' | 'enter' | 'helper' | 'monitor' | 'manage' | 'daemon' | 'rename' | 'sandbox';
  /** Of the container, where the command line names it. */
  readonly id?: string;
  readonly name?: string;
  readonly image?: string;
  /** The folder of the container's OCI configuration, where the command line names one. */
  readonly bundle?: string;
  /** Where the runtime keeps its containers, or their namespace, if that is not the usual one: ids are unique only there. */
  readonly root?: string;
  /** The folder of its state as its command line says it: all commands for one container say the same. */
  readonly state?: string;
  /** An OCI runtime: its own process is in the container before the container's program, and hooks may be. */
  readonly oci?: true;
  /** How it works for a container from outside, if that is not what its action says. */
  readonly role?: Role;
  /** Of a daemon: where it keeps what it knows of its containers. */
  readonly data?: string;
}

/** A cgroup that a runtime made: for a container, or for its monitor, which is not in it. */
export type CgroupOwner =
  | {
      readonly id: string;
      readonly name?: string;
      readonly runtime: string;
      /** More than one runtime has such paths: what a command or a state file says counts. */
      readonly guessed?: true;
    }
  | 'monitor';

export interface CgroupReading {
  readonly owner: CgroupOwner | undefined;
  /** The pod that the path says, which is no container itself. */
  readonly pod?: Pod | undefined;
  /** What the folders above say of a container there: the pod. */
  readonly labels: Labels | undefined;
}

export type Labels = Readonly<Record<string, string>>;

/** A folder with an OCI configuration, and the user it must belong to, if not root. */
export interface Bundle {
  readonly path: string;
  readonly uid: number;
}

/** What can become known of a container after it was first seen. */
export interface Description {
  readonly name?: string;
  readonly runtime?: string;
  readonly image?: string;
  readonly labels?: Labels;
  readonly pod?: Pod;
  /** Of the pod that the path of its cgroup says. */
  readonly podName?: string;
  /** Root or namespace of the runtime, if not the usual one. */
  readonly root?: string;
}

/** What a runtime's files are asked about a container. */
export interface NameQuery {
  readonly runtime: string;
  readonly id: string;
  readonly root: string | undefined;
  readonly bundle: Bundle | undefined;
  /** The pid of its first process, if that is known and lives. */
  readonly init?: number | undefined;
  /** Folders of daemons that run, beside the usual ones. */
  readonly data: readonly string[];
}

export interface Pod {
  readonly id: string;
  readonly name?: string;
}

export interface ContainerState extends Description {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  /** Its pid; undefined if there is none of that start: it has ended, and others may be left, or it is `inside`. */
  readonly init: number | undefined;
  /** Its pid and start if the runtime runs in a pid namespace that is not the host's, and counts pids there. */
  readonly inside?: { readonly pid: number; readonly startTicks: number };
  /** Paths below the cgroup mounts. */
  readonly cgroups: readonly string[];
}
