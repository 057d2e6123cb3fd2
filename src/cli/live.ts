import type { Command } from 'commander';
import { say, sayError } from '../console/say.ts';
import type { Judging } from '../diff/judging.ts';
import { exitStatus, usageError } from '../errors.ts';
import { eventKinds } from '../filter/kinds.ts';
import { momentOf } from '../filter/moment.ts';
import type { FleetValues } from '../fleet/stream/input.ts';
import { outputFor } from '../output/standard.ts';
import { trace } from '../tracing/trace.ts';
import { TuiOutput } from '../tui/live.ts';
import { addFilterOptions, describeFilters, type FilterValues, filterOf } from './options/filter.ts';
import { addFleetOptions, refuseFleetOptions } from './options/fleet.ts';
import { requireJsonOrTable } from './options/format.ts';
import { addJudgingOptions, type JudgingValues, openJudging } from './options/judging.ts';
import {
  addGroupOption,
  addLineOptions,
  type LineValues,
  refuseGroupedJson,
  usualKinds,
  wantsTui,
} from './options/lines.ts';
import { addTracerOptions, type TracerValues } from './options/tracer.ts';

const examples = `
Examples:
  sudo nstrace live                          every exec, with its container and pid namespace
  sudo nstrace --container xyxy12            only what runs in xyxy12, also if it starts later
  sudo nstrace -e all -c '!host'             all kinds of events of all containers
  sudo nstrace -x -n '^(curl|wget)$' -T      also failed ones, of two commands, with the wall clock
  sudo nstrace -o json | jq -r 'select(.type == "exec").exe'   records for other tools
  nstrace live --from nats://127.0.0.1:4222 --since 10m -c web   all hosts that ship there, from ten minutes ago on
  sudo nstrace -o table                      lines also on a terminal, as any option for lines gives them
`;

type LiveValues = FilterValues & LineValues & TracerValues & JudgingValues & FleetValues;

export const addLive = (program: Command): void => {
  const command = program
    .command('live', { isDefault: true })
    .description('trace now: a view on a terminal, else one line per exec with its container')
    .addHelpText('after', examples)
    .action(async (values: LiveValues) => {
      requireJsonOrTable(values);
      refuseGroupedJson(values);
      refuseFleetOptions(values);
      if (values.from !== undefined) {
        process.exitCode = await follow(values.from, values);
        return;
      }
      const judging = await openJudging(values);
      const status = await live(values, judging);
      process.exitCode = judging?.status(status) ?? status;
    });
  addLineOptions(addFilterOptions(command, usualKinds));
  addGroupOption(command, 'what to group by: headings in the view, a first column in lines');
  addJudgingOptions(command);
  addTracerOptions(command);
  addFleetOptions(
    command,
    'instead of this host: nats://…, what the agents of a fleet ship, as it comes; or a recording',
  );
};

/** A fleet as it comes, after what it has stored since --since; a recording while it is written. */
const follow = async (from: string, values: LiveValues): Promise<number> => {
  if (values.bpftrace !== undefined || values.baseline !== undefined || values.failOn !== undefined) {
    throw usageError('--from reads what others trace', 'leave --bpftrace, --baseline and --fail-on out');
  }
  const until = momentOf('--until', values.until);
  const follow = until === undefined || Date.parse(until) > Date.now();
  return (await import('./replay.ts')).replay(from, { ...values, follow });
};

const live = async (values: LiveValues, judging: Judging | undefined): Promise<number> =>
  wantsTui(values) ? onTerminal(values, judging) : asLines(values, judging);

const onTerminal = async (values: LiveValues, judging: Judging | undefined): Promise<number> => {
  let view: TuiOutput | undefined;
  try {
    const { failure } = await trace({
      values,
      filters: describeFilters(values),
      judging,
      usage: true,
      // The view shows failures and counts all kinds; e chooses what it lists.
      filter: await filterOf({ ...values, events: [...eventKinds], failed: true }, eventKinds),
      makeOutput: (stop) => {
        view = new TuiOutput(values, stop);
        void view.show();
        return view;
      },
      onReady: (_, session) => {
        if (view !== undefined) {
          view.session = session;
        }
      },
    });
    await view?.close();
    say(view?.summary() ?? '');
    return failure === undefined ? exitStatus.ok : sayError(failure);
  } finally {
    await view?.close();
  }
};

const asLines = async (values: LiveValues, judging: Judging | undefined): Promise<number> => {
  const json = requireJsonOrTable(values) === 'json';
  // Readers of records need the containers of the execs.
  const filter = await filterOf(values, json ? ['exec', 'container'] : ['exec']);
  const { failure, count } = await trace({
    values,
    filters: describeFilters(values),
    judging,
    filter,
    usage: filter.events.has('usage'),
    makeOutput: (stop) => outputFor(json, values, filter.events, stop),
    onReady: () => {
      if (process.stderr.isTTY && !process.stdout.isTTY) {
        say('tracing; Ctrl-C stops');
      }
    },
  });
  if (count.lost > 0) {
    say(`${count.lost} of ${count.made} lines of the probes were lost`);
  }
  return failure === undefined ? exitStatus.ok : sayError(failure);
};
