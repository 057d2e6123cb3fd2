import { optionOf, positionals } from './flags.ts';
import type { RuntimeCommand } from './runtime.ts';
import { isValidId } from './state-file.ts';

/** Commands about one container that neither make nor enter it; none of their options takes a value. */
const managing: ReadonlySet<string> = new Set(['start', 'kill', 'delete', 'state', 'pause', 'resume']);
const noOptions: ReadonlySet<string> = new Set();

/** The command line that runc set and crun keeps: `runtime [options] command [options] ID`. */
export interface OciSyntax {
  readonly runtime: string;
  /** Where it keeps its containers if not set otherwise. */
  readonly usualRoot: string;
  /** Options before the command that take a value. */
  readonly globals: ReadonlySet<string>;
  /** Options after it that take a value. */
  readonly options: ReadonlySet<string>;
  readonly actions: ReadonlyMap<string, RuntimeCommand['action']>;
}

export const readOciCommand = (args: readonly string[], syntax: OciSyntax): RuntimeCommand | undefined => {
  const { words, next } = positionals(args.slice(1), { withValue: syntax.globals }, 1);
  const command = words[0] ?? '';
  const action = managing.has(command) ? 'manage' : syntax.actions.get(command);
  if (action === undefined) {
    return undefined;
  }
  if (action === 'helper') {
    return { runtime: syntax.runtime, action, oci: true };
  }
  const rest = args.slice(1 + next);
  const [id] = positionals(rest, { withValue: action === 'manage' ? noOptions : syntax.options }, 1).words;
  if (id === undefined || !isValidId(id)) {
    return undefined;
  }
  const bundle = action === 'start' ? optionOf(rest, 'bundle', 'b') : undefined;
  const engine = bundle === undefined ? undefined : engineOf(bundle);
  const state = optionOf(args.slice(1, 1 + next), 'root') ?? syntax.usualRoot;
  const root = engine === undefined ? state : namespaceOf(bundle!);
  return {
    runtime: engine ?? syntax.runtime,
    action,
    id,
    oci: true,
    state,
    ...(bundle?.startsWith('/') ? { bundle } : {}),
    ...(root === undefined || root === syntax.usualRoot ? {} : { root }),
  };
};

/** Namespaces of containerd in which its usual callers have their containers. */
const usualNamespaces: ReadonlySet<string | undefined> = new Set(['default', 'moby', 'k8s.io']);

/** A namespace of containerd that its usual callers do not use. */
export const namespaceOf = (bundle: string): string | undefined => {
  const namespace = /\/io\.containerd\.runtime\.v\d\.(?:task|linux)\/([^/]+)\/[^/]+\/?$/.exec(bundle)?.[1];
  return unusualNamespace(namespace);
};

export const unusualNamespace = (namespace: string | undefined): string | undefined =>
  usualNamespaces.has(namespace) ? undefined : namespace;

/**
 * Who calls the runtime, by where the bundle is: containerd's shim has
 * `.../io.containerd.runtime.v2.task/NAMESPACE/ID` (core/runtime/v2/bundle.go), docker's namespace there is `moby`; podman
 * and CRI-O have `.../overlay-containers/ID/userdata` (containers/storage), distinguished by their cgroups.
 */
export const engineOf = (bundle: string): string | undefined => {
  const task = /\/io\.containerd\.runtime\.v\d\.(?:task|linux)\/([^/]+)\/[^/]+\/?$/.exec(bundle);
  if (task !== null) {
    return task[1] === 'moby' ? 'docker' : 'containerd';
  }
  return /-containers\/[^/]+\/userdata\/?$/.test(bundle) ? 'podman' : undefined;
};
