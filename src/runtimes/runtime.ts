import type { ProcProcess } from '../procfs/process.ts';

/** What nstrace knows of a container runtime. Each has a file of its own; index.ts lists them. */
export interface Runtime {
  readonly name: string;
  /** Its programs, as the last part of argv[0] or of the path executed names them. */
  readonly programs?: readonly string[];
  /** What one of its command lines asks for. */
  readonly readCommand?: (args: readonly string[]) => RuntimeCommand | undefined;
  /** Whether a cgroup is one that it makes for a container, by the last folder of its path and those above it. */
  readonly readCgroup?: (folder: string, above: readonly string[]) => CgroupOwner | undefined;
  /** Its containers that run now, from its state files and from the processes that stand by them. No daemon is asked. */
  readonly list?: (running: readonly ProcProcess[]) => ContainerState[];
  /** What its files say about one of its containers; undefined if they say nothing. */
  readonly describe?: (id: string, bundle: Bundle | undefined) => Description | undefined;
}

export interface RuntimeCommand {
  readonly runtime: string;
  /**
   * `helper`: the runtime's own process inside the container, before the container's program; `monitor`: one that stands
   * by a container and is not in it.
   */
  readonly action: 'start' | 'enter' | 'helper' | 'monitor';
  /** Of the container, where the command line names it. */
  readonly id?: string;
  readonly name?: string;
  readonly image?: string;
  /** The folder of the container's OCI configuration, where the command line names one. */
  readonly bundle?: string;
}

/** A cgroup that a runtime made: for a container, or for what stands by one and is not in it. */
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
  /** What the folders above tell of a container there: the pod. */
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
}

export interface ContainerState extends Description {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  readonly init: number;
  /** Paths below the cgroup mounts. */
  readonly cgroups: readonly string[];
}
