import { wantsColor } from '../console/color.ts';
import { Limit, type LimitValues } from '../console/limit.ts';
import { divertSay, speaksUtf8 } from '../console/say.ts';
import type { Stop } from '../console/stop.ts';
import { viewSize } from '../console/terminal.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import type { EventKind } from '../filter/kinds.ts';
import { loadPatterns } from '../filter/pattern.ts';
import type { InputValues, RecordingInput } from '../input/recording.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { Bookmark } from '../recording/read/batches.ts';
import { Account, type Moment } from '../replay/moment.ts';
import { type Controls, Player } from '../replay/player.ts';
import { UserNames } from '../view/users.ts';
import type { Effect } from './keys/effect.ts';
import { kindsOf } from './keys/first-kinds.ts';
import { Ui } from './keys/ui.ts';
import type { LiveSettings } from './live.ts';
import type { Status } from './paint/frame-input.ts';
import { makeTheme } from './paint/theme.ts';
import { capabilitiesOf } from './terminal/capabilities.ts';
import { copy } from './terminal/clipboard.ts';
import { OwnUsage } from './terminal/own-usage.ts';
import type { Tui } from './terminal/start.ts';
import { View } from './view.ts';

interface ReplaySettings extends InputValues, LimitValues, LiveSettings {
  events?: EventKind[];
  speed?: number;
}

/** What is replayed: a recording, or what several hosts recorded. */
export type ReplayInput = Pick<RecordingInput, 'batches' | 'lastAt' | 'name'> & {
  /** How far the clock of a host is off, where that is measured. */
  clockOf?(host: string): string | undefined;
  seek?: RecordingInput['seek'];
};

/** A recording in the view that a live trace has, with a bar of time. Resolves when the user is done with it. */
export const replayOnTerminal = async (
  input: ReplayInput,
  values: ReplaySettings,
  options: FilterOptions,
  stop: Stop,
  signal: AbortSignal,
): Promise<void> => {
  input.seek?.(options.lookahead);
  const lastAt = await input.lastAt();
  const makeFilter = () => new RecordFilter(options);
  let filter = makeFilter();
  const makeLimit = () => new Limit(values, () => {});
  let limit = makeLimit();
  const users = new UserNames();
  const usage = new OwnUsage();
  let message: Status['message'];
  let account = new Account();
  // What such conditions remember of earlier records is not in a moment: then a recording is read anew to go back in it.
  const hasMoments = !filter.remembers && values.maxEvents === undefined;
  const player = new Player<Bookmark, Moment>({
    open: (reading, from: Bookmark | undefined) => input.batches({ signal: reading, ...(from && { from }) }),
    speed: values.speed ?? 1,
    onRecord: (record: NstraceRecord) => {
      account.take(record);
      if (filter.wants(record) && limit.allows(record)) {
        view.store.take(record);
      }
    },
    onTime: (ns) => view.store.passed(ns),
    ...(hasMoments && { save: () => account.save() }),
    onRestart: (moment) => {
      filter = makeFilter();
      limit = makeLimit();
      account = new Account(moment);
      view.restart();
      if (moment !== undefined) {
        view.store.begin(moment);
      }
    },
  });
  const length = (): number => {
    const { beganAt, now } = view.store;
    return Math.max(0, ((lastAt ?? now) - beganAt) / 1e9);
  };
  const view: View = new View({
    ui: new Ui({ isReplay: true, users, kinds: kindsOf(values), by: values.groupBy }),
    theme: makeTheme(capabilitiesOf(process.env, { color: wantsColor(values.color), utf8: speaksUtf8() })),
    users,
    size: viewSize,
    status: () => ({
      state: player.ended ? 'ended' : player.playing ? 'playing' : 'held',
      seconds: player.position,
      ...usage.read(undefined),
      recording: undefined,
      message,
      ...(input.clockOf && { clockOf: (host) => input.clockOf!(host) }),
      replay: { file: input.name, position: player.position, length: length(), speed: player.speed },
    }),
    onEffect: (effect) => act(effect, player, view, stop, tui),
  });
  divertSay((text, bad) => {
    message = { text, bad: bad || text.includes(input.name) };
  });
  let tui: Tui | undefined;
  try {
    const { startTui } = await import('./terminal/start.ts');
    tui = startTui(view, () => stop.now('hangup'));
    void loadPatterns().then((compile) => view.ui.patternsLoaded(compile));
    await player.run(signal);
  } finally {
    tui?.stop();
    divertSay(undefined);
  }
};

const act = (effect: Effect, player: Controls, view: View, stop: Stop, tui: Tui | undefined): void => {
  switch (effect.type) {
    case 'quit':
      return stop.press();
    case 'suspend':
      return tui?.suspend();
    case 'clear':
      return view.store.clearEnded();
    case 'copy':
      return copy(effect, view);
    case 'mouse':
      return tui?.mouse(effect.on);
    case 'play':
      return player.toggle();
    case 'speed':
      return player.faster(effect.factor);
    case 'seek':
      return player.seek(effect.seconds);
    case 'jump':
      return player.jump(effect.to);
    default:
  }
};
