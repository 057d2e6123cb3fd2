import { type Command, InvalidArgumentError, Option } from 'commander';
import { say } from '../console/say.ts';
import { write } from '../console/stdout.ts';
import { exitStatus, NstraceError, usageError } from '../errors.ts';
import { recordedKinds } from '../filter/kinds.ts';
import type { AgentValues } from '../fleet/agent/run.ts';
import { addAccessOptions } from './options/access.ts';
import { addFilterOptions, describeFilters, type FilterValues, filterOf } from './options/filter.ts';
import { parseCount, parseDuration, parseSize } from './options/parse.ts';
import { addTracerOptions, type TracerValues } from './options/tracer.ts';

type Values = FilterValues & TracerValues & AgentValues;

const defaultSpool = '/var/lib/nstrace/spool';

const examples = `
Examples:
  sudo nstrace agent --to nats://127.0.0.1:4222 --cluster prod
  sudo nstrace agent --to otlp+http://127.0.0.1:4318 -x --limit 200/s
  sudo nstrace agent --to stdout -e exec,container,exit | vector --config vector.yaml
  nstrace agent setup --to nats://127.0.0.1:4222 --replicas 3 --max-age 7d
  sudo nstrace agent status
`;

export const addAgent = (program: Command): void => {
  const agent = program
    .command('agent')
    .description('trace until stopped into a spool on disk, and ship it to NATS, OpenTelemetry or standard output')
    .option('--spool <dir>', 'the folder for what is not shipped yet', defaultSpool)
    .addOption(
      new Option('--spool-size <size>', 'its size at most: the oldest part is dropped, and counted as lost')
        .argParser(parseSize)
        .default(1e9, '1GB'),
    )
    .option('--to <url>', 'nats://…, otlp+http://…, otlp or stdout (repeat)', (url: string, all: string[] = []) => [
      ...all,
      url,
    ])
    .option('--cluster <name>', 'which cluster this host is in', 'default')
    .option('--host-name <name>', 'what this host is called, if not by its own name')
    .option('--limit <n/s>', 'at most N events a second and container; the rest is counted', parseRate)
    .option('--metrics <address>', 'where /metrics, /healthz and /readyz are, or off', '127.0.0.1:9472')
    .option('--no-redact', 'ship passwords, tokens and other secrets in arguments as they are')
    .addHelpText('after', examples)
    .action(async (values: Values) => {
      process.exitCode = await run(values);
    });
  addTracerOptions(addFilterOptions(addAccessOptions(agent), 'all but usage'));
  addAccessOptions(agent.command('setup'))
    .description('make the stream that agents ship to and readers read, or change its limits')
    .requiredOption('--to <url>', 'nats://HOST:4222')
    .option('--replicas <n>', 'on how many servers each record is stored', parseCount, 1)
    .addOption(
      new Option('--max-bytes <size>', 'how much the stream holds; older records go')
        .argParser(parseSize)
        .default(100e9, '100GB'),
    )
    .addOption(
      new Option('--max-age <time>', 'how long it holds them: 24h, 7d')
        .argParser(parseDuration)
        .default(7 * 86_400_000, '7d'),
    )
    .action(async (values) => {
      const [{ natsAccess }, { setUpStream, streamName }] = await Promise.all([
        import('../fleet/access.ts'),
        import('../fleet/stream/stream.ts'),
      ]);
      const { replicas, maxBytes, maxAge: maxAgeMs } = values;
      const done = await setUpStream(natsAccess(values.to, values), { replicas, maxBytes, maxAgeMs });
      say(`stream ${streamName} was ${done}`);
    });
  agent
    .command('status')
    .description('what the agent of a spool does: lag, loss, trouble')
    .option('--spool <dir>', 'its spool', defaultSpool)
    .option('--json', 'as data')
    .action(async ({ spool, json }: { spool: string; json?: boolean }) => {
      process.exitCode = await status(spool, json === true);
    });
};

const parseRate = (value: string): number => {
  const [, count = ''] = /^(\d+)(?:\/s)?$/.exec(value) ?? [];
  if (count === '' || Number(count) === 0) {
    throw new InvalidArgumentError('it is not a rate such as 200/s');
  }
  return Number(count);
};

const run = async (values: Values): Promise<number> => {
  if ((values.to ?? []).length === 0) {
    throw usageError('agent needs to know where to ship to', 'for example --to nats://127.0.0.1:4222');
  }
  const { runAgent } = await import('../fleet/agent/run.ts');
  return runAgent(values, { filter: await filterOf(values, recordedKinds), filters: describeFilters(values) });
};

const status = async (folder: string, json: boolean): Promise<number> => {
  const [{ askState }, { agentText }, { unready }] = await Promise.all([
    import('../fleet/agent/control-socket.ts'),
    import('../fleet/agent/status.ts'),
    import('../fleet/agent/server.ts'),
  ]);
  const state = await askState(folder);
  if (state === undefined) {
    throw new NstraceError(`no agent runs with the spool ${folder}`, {
      advice: 'nstrace agent --to URL starts one; --spool names another folder; only its user may ask it',
      status: exitStatus.failed,
    });
  }
  const faults = unready(state);
  await write(json ? `${JSON.stringify(state)}\n` : agentText(state, faults));
  return faults.length === 0 ? exitStatus.ok : exitStatus.failed;
};
