import { type ClientCommand, labelNames, type ReadClient } from './client.ts';
import { type Grammar, grammar, joined, readOptions } from './options.ts';

/** Options of docker(1) before its command, and of its commands (docker/cli, cli/command). */
const globals = grammar(
  'config c context H host l log-level tlscacert tlscert tlskey',
  'D debug tls tlsverify v version help',
);

export const runOptions = grammar(
  `a attach add-host annotation blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile cpu-count
   cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime c cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device
   device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns dns-opt dns-option dns-search
   domainname entrypoint e env env-file expose gpus group-add health-cmd health-interval health-retries health-start-interval
   health-start-period health-timeout h hostname io-maxbandwidth io-maxiops ip ip6 ipc isolation kernel-memory l label
   label-file link link-local-ip log-driver log-opt mac-address m memory memory-reservation memory-swap memory-swappiness mount
   name network net network-alias net-alias oom-score-adj pid pids-limit platform p publish pull restart runtime security-opt
   shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit u user userns uts v volume volume-driver volumes-from w
   workdir`,
  `d detach disable-content-trust help init i interactive no-healthcheck oom-kill-disable privileged P publish-all q quiet
   read-only rm sig-proxy t tty use-api-socket`,
);

export const execOptions = grammar(
  'detach-keys e env env-file u user w workdir',
  'd detach i interactive privileged t tty help',
);

export const startOptions = grammar(
  'checkpoint checkpoint-dir detach-keys s signal t time timeout',
  'a attach i interactive help',
);

const composeOptions = grammar(
  'ansi env-file f file parallel profile progress project-directory p project-name',
  'all-resources compatibility dry-run verbose no-ansi v version help',
);
const composeExec = joined(grammar('index', 'T no-TTY no-tty'), execOptions);

/** `run [options] IMAGE [program]`. */
export const readRun = (
  args: readonly string[],
  from: number,
  runtimes: readonly string[],
  options: Grammar = runOptions,
): ClientCommand => {
  const { values, next, known } = readOptions(args, from, options);
  const image = args[next];
  if (image === undefined || !known) {
    return { action: 'run', runtimes, vague: true };
  }
  const name = values.get('name');
  return {
    ...{ action: 'run', runtimes, image },
    ...(name === undefined ? {} : { name }),
    ...(next + 1 < args.length ? { program: next + 1 } : {}),
  };
};

/** `exec [options] CONTAINER PROGRAM`. */
export const readExec = (
  args: readonly string[],
  from: number,
  runtimes: readonly string[],
  options: Grammar = execOptions,
): ClientCommand | undefined => {
  const { next, known } = readOptions(args, from, options);
  if (!known) {
    return { action: 'exec', runtimes, vague: true };
  }
  // Without a program it only says how it is used.
  return next + 1 < args.length
    ? { action: 'exec', runtimes, containers: [args[next]!], program: next + 1 }
    : undefined;
};

/** `start [options] CONTAINER...`, options between them too. */
export const readStart = (args: readonly string[], from: number, runtimes: readonly string[]): ClientCommand => {
  const containers: string[] = [];
  let allKnown = true;
  for (let at = from; at < args.length; at += 1) {
    const { next, known } = readOptions(args, at, startOptions);
    allKnown &&= known;
    at = next;
    if (at < args.length) {
      containers.push(args[at]!);
    }
  }
  return allKnown ? { action: 'start', runtimes, containers } : { action: 'start', runtimes, vague: true };
};

/** `docker compose exec SERVICE PROGRAM`; what else it starts, it names nowhere. */
export const readCompose: ReadClient = (args, from) => {
  const { values, next, known } = readOptions(args, from, composeOptions);
  const project = values.get('p') ?? values.get('project-name');
  const runtimes = ['docker'];
  if (args[next] !== 'exec' || !known) {
    const starts = !known || ['up', 'start', 'restart', 'create', 'run', 'watch', 'scale'].includes(args[next] ?? '');
    // A label whose value is not known.
    return starts ? { action: 'start', runtimes, vague: true, labels: { [labelNames.project]: '' } } : undefined;
  }
  const options = readOptions(args, next + 1, composeExec);
  const service = args[options.next];
  if (service === undefined || options.next + 1 >= args.length || !options.known) {
    return { action: 'exec', runtimes, vague: true };
  }
  const number = options.values.get('index');
  return {
    ...{ action: 'exec', runtimes, program: options.next + 1 },
    labels: {
      [labelNames.service]: service,
      ...(project === undefined ? {} : { [labelNames.project]: project }),
      ...(number === undefined ? {} : { [labelNames.number]: number }),
    },
  };
};

/** Containers of a daemon on another host are not here. */
const isElsewhere = (host = ''): boolean =>
  host.startsWith('ssh://') || (host.startsWith('tcp://') && !/^tcp:\/\/(127\.|localhost|\[::1\])/.test(host));

/** `docker [options] [container] COMMAND`. */
export const readDocker: ReadClient = (args, from) => {
  const { values, next, known } = readOptions(args, from, globals);
  if (!known || isElsewhere(values.get('H') ?? values.get('host'))) {
    return undefined;
  }
  return readCommand(args, next, ['docker']);
};

/** What docker, podman and nerdctl have in common. */
export const readCommand = (
  args: readonly string[],
  from: number,
  runtimes: readonly string[],
): ClientCommand | undefined => {
  switch (args[from]) {
    case 'container':
      return args[from + 1] === 'container' ? undefined : readCommand(args, from + 1, runtimes);
    case 'run':
      return readRun(args, from + 1, runtimes);
    case 'exec':
      return readExec(args, from + 1, runtimes);
    case 'start':
    case 'restart':
      return readStart(args, from + 1, runtimes);
    case 'compose':
      return readCompose(args, from + 1);
    default:
      return undefined;
  }
};
