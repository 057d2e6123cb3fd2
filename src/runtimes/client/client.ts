/** What the command line of a client asks a daemon on this host for: `docker exec web sh`, `kubectl exec web-0 -- sh`. */
export interface ClientCommand {
  readonly action: 'run' | 'start' | 'exec';
  /** Whose containers it can be about: their runtimes. Of `pods`: whatever runtime has them. */
  readonly runtimes: readonly string[] | 'pods';
  /** Containers as they are called there: by name, by id, or by the beginning of an id. */
  readonly containers?: readonly string[];
  /** Of `run`: what it is to be made of, and what it is to be called. */
  readonly image?: string;
  readonly name?: string;
  /** A namespace of containerd that is not a usual one. */
  readonly root?: string;
  /** Labels that the container must have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Which of the client's arguments is the first of the program; absent if it names none. */
  readonly program?: number;
  /** It cannot be said which container it is about: it may be any. */
  readonly vague?: true;
}

/** Reads a client's arguments; `from` is the first one after its own name. */
export type ReadClient = (args: readonly string[], from: number) => ClientCommand | undefined;

/** How a container gets a label in Docker Compose, and in Kubernetes. */
export const labelNames = {
  service: 'com.docker.compose.service',
  project: 'com.docker.compose.project',
  number: 'com.docker.compose.container-number',
  pod: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podContainer: 'io.kubernetes.container.name',
} as const;
