import { type Command, InvalidArgumentError } from 'commander';
import { timeLeft } from '../console/limit.ts';
import { sayError } from '../console/say.ts';
import { Stop } from '../console/stop.ts';
import { exitStatus } from '../errors.ts';
import { eventKinds } from '../filter/kinds.ts';
import { momentOf } from '../filter/moment.ts';
import { type FleetValues, isFleet, openFleet } from '../fleet/stream/input.ts';
import { type InputValues, RecordingInput } from '../input/recording.ts';
import { play } from '../output/play.ts';
import { outputFor } from '../output/standard.ts';
import { replayOnTerminal } from '../tui/replay.ts';
import { addFilterOptions, type FilterValues, filterOf } from './options/filter.ts';
import { addFleetOptions, oneOf, refuseFleetOptions } from './options/fleet.ts';
import { requireJsonOrTable } from './options/format.ts';
import { addInputOptions } from './options/input.ts';
import {
  addGroupOption,
  addLineOptions,
  type LineValues,
  refuseGroupedJson,
  usualKinds,
  wantsTui,
} from './options/lines.ts';

export type ReplayValues = FilterValues & LineValues & InputValues & FleetValues & { speed?: number };

const examples = `
Examples:
  nstrace replay session.ndjson                    as live showed it
  nstrace replay session.ndjson.gz -c web -e all   everything of one container
  nstrace replay session.ndjson --speed 1          at the pace at which it happened
  nstrace replay -f session.ndjson                 while it is still being written
  zcat old.gz | nstrace replay - -o json | jq .    from another program
  nstrace replay --from nats://127.0.0.1:4222 --since 10m --host 'web-*'   what a fleet has stored
`;

export const addReplay = (program: Command): void => {
  const command = program
    .command('replay')
    .description('show a recording: a view on a terminal, else lines')
    .argument('[file]', 'a recording, also compressed (.gz); - reads standard input')
    .option('--speed <n>', 'speed: 1 is real time, 10, 0.5, max (without it: 1 in a view, else max)', parseSpeed)
    .addHelpText('after', examples)
    .action(async (file: string | undefined, values: ReplayValues) => {
      const source = oneOf(file, values.from, 'nstrace replay FILE, or nstrace replay --from nats://HOST:4222');
      process.exitCode = await replay(source, values);
    });
  addFleetOptions(command, 'a recording, or nats://…: what the agents of a fleet have shipped');
  addGroupOption(
    addInputOptions(addLineOptions(addFilterOptions(command, usualKinds))),
    'what to group by: headings in the view, a first column in lines',
  );
};

const parseSpeed = (value: string): number => {
  const speed = value === 'max' ? Number.POSITIVE_INFINITY : Number(value);
  if (!(speed > 0)) {
    throw new InvalidArgumentError('it is not a speed such as 1, 10, 0.5 or max');
  }
  return speed;
};

/** Shows a recording, or a fleet. */
export const replay = async (file: string, values: ReplayValues): Promise<number> => {
  refuseFleetOptions({ ...values, from: file });
  const json = requireJsonOrTable(values) === 'json';
  refuseGroupedJson(values);
  const filter = await filterOf(values, json ? ['exec', 'container'] : ['exec']);
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const follows = isFleet(file) && values.follow === true;
  const input = isFleet(file)
    ? await openFleet(file, values, { signal: aborter.signal, follow: follows })
    : new RecordingInput(file, values, aborter.signal);
  const timer = endTimer({ ...values, from: file }, stop);
  if (wantsTui(values)) {
    // The view shows failures and counts all kinds; e chooses what it lists.
    const all = await filterOf({ ...values, events: [...eventKinds], failed: true }, eventKinds);
    // What comes from a fleet comes at its own pace.
    const speed = values.speed ?? (follows ? Number.POSITIVE_INFINITY : 1);
    await replayOnTerminal(input, { ...values, speed }, all, stop, aborter.signal);
    clearTimeout(timer);
    input.close();
    return stop.failure === undefined ? input.status() : sayError(stop.failure);
  }
  const output = outputFor(json, values, filter.events, stop);
  // What came of a fleet and waits for its turn is still shown.
  const signal = follows ? stop.leave : aborter.signal;
  const isMissing = (await play(input, output, { values, filter, json, stop, signal })) && !follows;
  clearTimeout(timer);
  input.close();
  if (stop.failure !== undefined) {
    return sayError(stop.failure);
  }
  return input.status() || (isMissing ? exitStatus.failed : exitStatus.ok);
};

/** Who follows a fleet waits for no end of it: --duration and --until are by this clock. */
const endTimer = ({ from, follow, duration, until }: ReplayValues, stop: Stop): NodeJS.Timeout | undefined => {
  if (!isFleet(from) || follow !== true) {
    return undefined;
  }
  const left = timeLeft(duration, momentOf('--until', until));
  return left === undefined ? undefined : setTimeout(() => stop.now('duration'), left);
};
