import { say, speaksUtf8 } from '../console/say.ts';
import { Losses, sayMissing } from '../console/selection.ts';
import { standardOutput } from '../console/stdout.ts';
import type { Stop } from '../console/stop.ts';
import { terminalSize } from '../console/terminal.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import { type GroupKind, groupOfContainer } from '../filter/group.ts';
import { ContainerSelection } from '../filter/selector.ts';
import { containerKey } from '../record/key.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { LineSink } from '../recording/write/sink.ts';
import { TimelineBuilder } from '../timeline/builder.ts';
import type { Timeline } from '../timeline/schema.ts';
import { containerName } from '../view/container.ts';
import { escapeText } from '../view/escape.ts';
import { jsonLine } from '../view/json.ts';
import { lanesText } from '../view/lanes.ts';
import { livesText } from '../view/lives.ts';
import { type TimelineStyle, timelineText } from '../view/timeline.ts';
import { UserNames } from '../view/users.ts';

/** How timelines look. */
export interface TimelineSettings {
  container?: string[];
  groupBy?: GroupKind;
  lanes?: boolean;
  quote?: boolean;
  maxArgs?: number;
  /** One object per container, instead of text. */
  readonly json: boolean;
}

const widthWithoutTerminal = 100;

/** Makes timelines of records, and prints those that are wanted. */
export class TimelinePrinter {
  readonly selection: ContainerSelection;
  readonly #filter: RecordFilter;
  /** One for each recording: pids and instances mean something within it only. */
  readonly #builders = new Map<string, TimelineBuilder>();
  readonly #hosts = new Map<string, string>();
  readonly #losses = new Losses();
  readonly #sink: LineSink;
  readonly #values: TimelineSettings;
  readonly #style: TimelineStyle;
  readonly #maxWaiting: number;
  readonly #waiting: Timeline[] = [];
  readonly #groupOf = new Map<Timeline, string>();
  /** Containers of which something is wanted, where that is not all. */
  readonly #touched = new Set<number | string>();
  #wanted = true;
  #printed = 0;

  /** @param maxWaiting timelines that wait for the end, to be printed in the order in which they began; 0 prints each at once */
  constructor(values: TimelineSettings, filter: FilterOptions, stop: Stop, maxWaiting: number) {
    this.#values = values;
    this.#maxWaiting = maxWaiting;
    this.selection = new ContainerSelection(values.container ?? []);
    this.selection.containers.lookahead = filter.lookahead;
    this.#filter = new RecordFilter({ ...filter, containers: [] });
    this.#style = {
      quote: values.quote ?? false,
      maxArgs: values.maxArgs ?? Number.POSITIVE_INFINITY,
      users: new UserNames(),
      unicode: speaksUtf8(),
    };
    this.#sink = standardOutput(stop);
  }

  take(record: NstraceRecord): void {
    if (!this.selection.empty || this.#values.groupBy !== undefined) {
      this.selection.learn(record);
    }
    // The filter sees every record: who descends from whom is said by those outside of containers too.
    this.#wanted = this.#filter.wants(record);
    if (this.#wanted && this.#filter.narrows && 'container' in record && record.container !== null) {
      this.#touched.add(containerKey(record.container, record as object));
    }
    if (record.type === 'header') {
      this.#hosts.set(record.recording, record.host.name);
    } else {
      if (record.type === 'lost') {
        this.#losses.take(record);
      }
      this.#builderOf(record.recording).take(record);
    }
  }

  /** Time goes on, and what has ended is printed. */
  passed(mono: string): void {
    for (const builder of this.#builders.values()) {
      builder.passed(mono);
    }
    this.#sink.flush();
  }

  get pending(): number {
    return this.#sink.pending;
  }

  /**
   * Resolves with whether a container that was asked for is not there.
   *
   * @param saysNone whether to say that there was nothing to print
   */
  async end(saysNone = true): Promise<boolean> {
    for (const builder of this.#builders.values()) {
      builder.finish();
    }
    const lives = this.#waiting.sort((a, b) => (a.begin < b.begin ? -1 : 1));
    this.#printSummary(lives);
    for (const [group, members] of this.#groups(lives)) {
      this.#printHeading(group, members);
      for (const timeline of members) {
        this.#print(timeline);
      }
    }
    const isMissing = sayMissing({ selection: this.selection, hosts: this.#filter.hosts }, this.#losses);
    if (this.#printed === 0 && saysNone && !isMissing) {
      const isAll = this.selection.empty && !this.#filter.narrows;
      const none = isAll ? 'there was no container' : 'no container was asked for that had a life to show';
      say(`${none}${this.#losses.remark}`);
    }
    await this.#sink.end();
    return isMissing;
  }

  /** @param recording undefined where only one is read */
  #builderOf(recording: string | undefined): TimelineBuilder {
    const key = recording ?? '';
    let builder = this.#builders.get(key);
    if (builder === undefined) {
      const host = recording === undefined ? undefined : this.#hosts.get(recording);
      builder = new TimelineBuilder({
        wantsRecord: () => this.#wanted,
        onDone: (timeline) => this.#done(timeline),
        ...(recording !== undefined && { source: { recording, ...(host !== undefined && { host }) } }),
      });
      this.#builders.set(key, builder);
    }
    return builder;
  }

  #done(timeline: Timeline): void {
    if (!this.selection.empty && !this.selection.wantsLife(timeline.container, timeline)) {
      return;
    }
    if (this.#filter.narrows && !this.#touched.delete(containerKey(timeline.container, timeline))) {
      return;
    }
    if (this.#maxWaiting === 0) {
      this.#print(timeline);
      this.#sink.flush();
      return;
    }
    this.#waiting.push(timeline);
    const { groupBy } = this.#values;
    if (groupBy !== undefined) {
      const known = this.selection.containers.of(timeline.container, timeline);
      this.#groupOf.set(timeline, groupOfContainer(groupBy, known));
    }
    if (this.#waiting.length > this.#maxWaiting) {
      this.#print(this.#waiting.shift()!);
    }
  }

  get #width(): number | undefined {
    return process.stdout.isTTY ? terminalSize().columns : undefined;
  }

  /** Of one life there is nothing to sum up. */
  #printSummary(lives: readonly Timeline[]): void {
    if (!this.#values.json && lives.length > 1) {
      this.#sink.put(`${livesText(lives, this.#width)}\n`);
    }
  }

  /** In the order of their first lives. */
  #groups(lives: readonly Timeline[]): Map<string, Timeline[]> {
    const groups = new Map<string, Timeline[]>();
    for (const timeline of lives) {
      const group = this.#groupOf.get(timeline) ?? '';
      const members = groups.get(group);
      if (members === undefined) {
        groups.set(group, [timeline]);
      } else {
        members.push(timeline);
      }
    }
    return groups;
  }

  /** `== net 4026532574: web, db` */
  #printHeading(group: string, members: readonly Timeline[]): void {
    const { groupBy } = this.#values;
    if (groupBy !== undefined) {
      const names = [...new Set(members.map(({ container }) => containerName(container)))].join(', ');
      this.#sink.put(`${this.#printed > 0 ? '\n' : ''}== ${groupBy} ${escapeText(group)}: ${names}\n`);
      this.#sink.put('\n');
    }
  }

  #print(timeline: Timeline): void {
    if (this.#values.json) {
      this.#sink.put(jsonLine(timeline));
    } else {
      const text = this.#values.lanes
        ? lanesText(timeline, this.#style, this.#width ?? widthWithoutTerminal)
        : timelineText(timeline, this.#style);
      this.#sink.put(`${this.#printed > 0 ? '\n' : ''}${text}`);
    }
    this.#printed += 1;
  }
}
