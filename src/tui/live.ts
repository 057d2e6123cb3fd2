import { wantsColor } from '../console/color.ts';
import { howMany } from '../console/loss.ts';
import { divertSay, speaksUtf8 } from '../console/say.ts';
import type { Stop, StopReason } from '../console/stop.ts';
import { viewSize } from '../console/terminal.ts';
import { messageOf } from '../errors.ts';
import type { EventKind } from '../filter/kinds.ts';
import { loadPatterns } from '../filter/pattern.ts';
import { parseSelector } from '../filter/selector.ts';
import { JsonOutput } from '../output/json.ts';
import type { LineSettings } from '../output/lines.ts';
import type { Output } from '../output/output.ts';
import type { Count } from '../probe/tracer.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { openRecording } from '../recording/write/file.ts';
import { Living } from '../recording/write/living.ts';
import type { LineSink } from '../recording/write/sink.ts';
import { FileSink } from '../recording/write/sinks/file.ts';
import { escapeText } from '../view/escape.ts';
import { UserNames } from '../view/users.ts';
import type { Effect } from './keys/effect.ts';
import { kindsOf } from './keys/first-kinds.ts';
import { Ui } from './keys/ui.ts';
import { Meter } from './paint/cpu-meter.ts';
import type { Status } from './paint/frame-input.ts';
import { makeTheme } from './paint/theme.ts';
import { capabilitiesOf } from './terminal/capabilities.ts';
import { copy } from './terminal/clipboard.ts';
import { OwnUsage } from './terminal/own-usage.ts';
import type { Tui } from './terminal/start.ts';
import { View } from './view.ts';

const noCount: Count = { made: 0, delivered: 0, lost: 0 };

/** What the view shows at first, and how. */
export interface LiveSettings extends Pick<LineSettings, 'color' | 'groupBy'> {
  container?: string[];
  events?: EventKind[];
  failed?: boolean;
}

/** The terminal view of a live trace. */
export class TuiOutput implements Output {
  readonly #view: View;
  readonly #stop: Stop;
  readonly #usage = new OwnUsage();
  readonly #meter = new Meter();
  /** What a recording begins with that is started in the middle. */
  readonly #living = new Living();
  readonly #awaited: readonly string[];
  readonly #began = performance.now();
  #tui: Tui | undefined;
  #message: Status['message'];
  #recording: { file: string; output: JsonOutput; from: Count } | undefined;
  /** What traces: its bpftrace's work is ours, and it counts what the probes made. */
  session: { readonly child: number; readonly count: Count } | undefined;

  constructor(values: LiveSettings, stop: Stop) {
    this.#stop = stop;
    const users = new UserNames();
    this.#awaited = (values.container ?? [])
      .map(parseSelector)
      .filter(({ text, leaveOut }) => !leaveOut && text !== 'host')
      .map(({ text }) => text);
    this.#view = new View({
      ui: new Ui({ isReplay: false, users, kinds: kindsOf(values), by: values.groupBy }),
      theme: makeTheme(capabilitiesOf(process.env, { color: wantsColor(values.color), utf8: speaksUtf8() })),
      users,
      size: viewSize,
      status: () => this.#status(),
      onEffect: (effect) => this.#effect(effect),
    });
    divertSay((text, bad) => {
      this.#message = { text, bad };
    });
  }

  /** Ink and React are loaded only for a terminal: they take longer than all the rest. */
  async show(): Promise<void> {
    const { startTui } = await import('./terminal/start.ts');
    this.#tui = startTui(this.#view, () => this.#stop.now('hangup'));
    this.#view.ui.patternsLoaded(await loadPatterns());
  }

  record(record: NstraceRecord): void {
    this.#living.take(record);
    this.#view.store.take(record);
    this.#recording?.output.record(record);
  }

  flush(mono: string): void {
    this.#view.store.passed(mono);
    this.#recording?.output.flush();
  }

  readonly pending = 0;

  async end(now: { time: string; mono: string }, reason: StopReason, count: Count): Promise<void> {
    await this.#recording?.output.end(now, reason, this.#countSince(count));
    await this.close();
  }

  async close(): Promise<void> {
    this.#tui?.stop();
    divertSay(undefined);
  }

  /** What is said when the view is gone. */
  summary(): string {
    const { store } = this.#view;
    const execs = [...store.groups.values()].reduce((sum, group) => sum + group.execs, 0);
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    return `${execs} execs in ${seconds} s, ${store.groups.size - 1} containers, ${howMany({ count: store.lost, exact: !store.unknownLoss })} lost`;
  }

  #status(): Status {
    const { store } = this.#view;
    this.#meter.tick();
    const waits = this.#awaited.length > 0 && store.groups.size === 1;
    const starting = store.header === undefined;
    const waiting = `Waiting for a container ${this.#awaited.map(escapeText).join(', ')}`;
    return {
      state: starting ? 'starting' : waits ? 'waiting' : 'tracing',
      seconds: starting ? 0 : Math.max(0, (store.now - store.beganAt) / 1e9),
      ...this.#usage.read(this.session?.child),
      cpuOf: (pid) => this.#meter.percentOf(pid),
      recording: this.#recording?.file,
      message: this.#message?.bad ? this.#message : waits ? { text: waiting, bad: false } : undefined,
      replay: undefined,
    };
  }

  #effect(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        return this.#stop.press();
      case 'suspend':
        return this.#tui?.suspend();
      case 'clear':
        return this.#view.store.clearEnded();
      case 'copy':
        return copy(effect, this.#view);
      case 'mouse':
        return this.#tui?.mouse(effect.on);
      case 'record':
        return this.#toggleRecording();
      default:
    }
  }

  /** Lines of the probes since the recording began. */
  #countSince(count: Count = this.session?.count ?? noCount): Count {
    const from = this.#recording?.from ?? noCount;
    return { made: count.made - from.made, delivered: count.delivered - from.delivered, lost: count.lost - from.lost };
  }

  #toggleRecording(): void {
    const { ui, store } = this.#view;
    if (this.#recording !== undefined) {
      const { file, output } = this.#recording;
      void output.end(nowOf(store), 'interrupt', this.#countSince());
      this.#recording = undefined;
      ui.notice = { text: `recorded to ${file}`, bad: false };
      return;
    }
    if (store.header === undefined) {
      ui.notice = { text: 'tracing has not begun yet', bad: true };
      return;
    }
    const file = `nstrace-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.ndjson`;
    try {
      const sink: LineSink = new FileSink(openRecording(file, { force: false }), (error) => {
        this.#message = { text: `writing ${file} failed: ${escapeText(error.message)}`, bad: true };
        this.#recording = undefined;
      });
      const output = new JsonOutput(sink, 'disk');
      const now = nowOf(store);
      for (const record of [{ ...store.header, ...now, started: now.time }, ...this.#living.records(now)]) {
        output.record(record);
      }
      this.#recording = { file, output, from: { ...(this.session?.count ?? noCount) } };
      ui.notice = { text: `recording to ${file}`, bad: false };
    } catch (error) {
      ui.notice = { text: escapeText(messageOf(error)), bad: true };
    }
  }
}

const nowOf = (store: View['store']): { time: string; mono: string } => ({
  time: store.lastTime,
  mono: String(Math.round(store.now)),
});
