import { optionOf, positionals } from './flags.ts';
import type { RuntimeCommand } from './runtime.ts';
import { isValidId } from './state-file.ts';

/** The command line that runc set and crun keeps: `runtime [options] command [options] ID`. */
export interface OciSyntax {
  readonly runtime: string;
  /** Options before the command that take a value. */
  readonly globals: ReadonlySet<string>;
  /** Options after it that take a value. */
  readonly options: ReadonlySet<string>;
  readonly actions: ReadonlyMap<string, RuntimeCommand['action']>;
}

export const readOciCommand = (args: readonly string[], syntax: OciSyntax): RuntimeCommand | undefined => {
  const { words, next } = positionals(args.slice(1), { withValue: syntax.globals }, 1);
  const action = syntax.actions.get(words[0] ?? '');
  if (action === undefined) {
    return undefined;
  }
  if (action === 'helper') {
    return { runtime: syntax.runtime, action };
  }
  const rest = args.slice(1 + next);
  const [id] = positionals(rest, { withValue: syntax.options }, 1).words;
  if (id === undefined || !isValidId(id)) {
    return undefined;
  }
  const bundle = action === 'start' ? optionOf(rest, 'bundle', 'b') : undefined;
  const runtime = (bundle === undefined ? undefined : engineOf(bundle)) ?? syntax.runtime;
  return { runtime, action, id, ...(bundle?.startsWith('/') ? { bundle } : {}) };
};

/**
 * Who calls the runtime, by where the bundle is: containerd's shim has
 * `.../io.containerd.runtime.v2.task/NAMESPACE/ID` (core/runtime/v2/bundle.go), docker's namespace there is `moby`; podman
 * and CRI-O have `.../overlay-containers/ID/userdata` (containers/storage), told apart by their cgroups.
 */
export const engineOf = (bundle: string): string | undefined => {
  const task = /\/io\.containerd\.runtime\.v\d\.(?:task|linux)\/([^/]+)\/[^/]+\/?$/.exec(bundle);
  if (task !== null) {
    return task[1] === 'moby' ? 'docker' : 'containerd';
  }
  return /-containers\/[^/]+\/userdata\/?$/.test(bundle) ? 'podman' : undefined;
};
