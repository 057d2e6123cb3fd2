/** What nstrace knows of a container runtime. Each has a file of its own; index.ts lists them. */
export interface Runtime {
  readonly name: string;
  /** Whether a command is this runtime's, by the last part of argv[0] or of the path executed. */
  readonly isProgram: (name: string) => boolean;
  /** What one of its command lines asks for. */
  readonly readCommand: (args: readonly string[]) => RuntimeCommand | undefined;
  /** Its containers that run now, from its state files. No daemon is asked. */
  readonly list: () => ContainerState[];
  /** One of its containers, from its state file; undefined if it has none that is true. */
  readonly find: (id: string) => ContainerState | undefined;
}

export interface RuntimeCommand {
  readonly runtime: string;
  /** `helper`: the runtime's own process inside the container, before the container's program. */
  readonly action: 'start' | 'enter' | 'helper';
  /** Of the container, where the command line names it. */
  readonly id?: string;
}

export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly init: number;
  /** Paths below the cgroup mounts. */
  readonly cgroups: readonly string[];
}
