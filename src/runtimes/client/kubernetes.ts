import { labelNames, type ReadClient } from './client.ts';
import { grammar, readOptions } from './options.ts';

/** Options of kubectl(1), wherever they stand before `--` (kubectl options, kubectl exec --help). */
const kubectlOptions = grammar(
  `c container f filename n namespace context kubeconfig cluster user s server token as as-group as-uid as-user-extra cache-dir
   certificate-authority client-certificate client-key kuberc log-flush-frequency password pod-running-timeout profile
   profile-output request-timeout tls-server-name username v vmodule`,
  `i stdin t tty q quiet disable-compression insecure-skip-tls-verify match-server-version warnings-as-errors help h`,
);

/** `kubectl exec [options] POD [options] -- PROGRAM`. Without `--` it is not known where the program begins. */
export const readKubectl: ReadClient = (args, from) => {
  const end = args.indexOf('--', from);
  const words: string[] = [];
  const values = new Map<string, string>();
  let allKnown = true;
  for (let at = from; at < (end < 0 ? args.length : end); at += 1) {
    const options = readOptions(args.slice(0, end < 0 ? args.length : end), at, kubectlOptions);
    allKnown &&= options.known;
    for (const [name, value] of options.values) {
      values.set(name, value);
    }
    at = options.next;
    if (at < args.length && at !== end) {
      words.push(args[at]!);
    }
  }
  const [command, target = ''] = words;
  if (command !== 'exec') {
    return undefined;
  }
  const pod = target.replace(/^(?:pods?|po)\//, '');
  if (!allKnown || end < 0 || end + 1 >= args.length || pod === '' || pod.includes('/') || words.length > 2) {
    return { action: 'exec', runtimes: 'pods', vague: true };
  }
  const namespace = values.get('n') ?? values.get('namespace');
  const container = values.get('c') ?? values.get('container');
  return {
    action: 'exec',
    runtimes: 'pods',
    labels: {
      [labelNames.pod]: pod,
      ...(namespace === undefined ? {} : { [labelNames.podNamespace]: namespace }),
      ...(container === undefined ? {} : { [labelNames.podContainer]: container }),
    },
    program: end + 1,
  };
};

/** Options of crictl (cri-tools, cmd/crictl/main.go, exec.go). */
const crictlGlobals = grammar(
  'config c image-endpoint i runtime-endpoint r timeout t profile-cpu profile-mem tracing-endpoint tracing-sampling-rate',
  'debug D enable-tracing version v help h',
);
const crictlExec = grammar(
  'env e image label last l name pod p state timeout transport r tls-ca tls-cert tls-key tls-server-name verbosity',
  'interactive i tty t sync s ignore-errors x parallel quiet q all a help h',
);

/** `crictl exec [options] ID PROGRAM`. */
export const readCrictl: ReadClient = (args, from) => {
  const { next, known } = readOptions(args, from, crictlGlobals);
  if (!known || args[next] !== 'exec') {
    return undefined;
  }
  const options = readOptions(args, next + 1, crictlExec);
  const filters = ['image', 'label', 'last', 'l', 'name', 'pod', 'p', 'state'];
  const isVague = !options.known || filters.some((name) => options.values.has(name));
  if (isVague) {
    return { action: 'exec', runtimes: 'pods', vague: true };
  }
  return options.next + 1 < args.length
    ? { action: 'exec', runtimes: 'pods', containers: [args[options.next]!], program: options.next + 1 }
    : undefined;
};

/** k3s is all of them in one program: `k3s kubectl exec ...`. */
export const readK3s =
  (tools: ReadonlyMap<string, ReadClient>): ReadClient =>
  (args, from) =>
    tools.get(args[from] ?? '')?.(args, from + 1);
