import type { RecordOf } from '../../record/schema.ts';
import { addTo, type Entry, type ViewEvent } from './event.ts';
import type { Group } from './group.ts';

/** Commands of one container that are compared. */
const maxLines = 32;
/** Events of one run that are folded. */
const maxEvents = 200;

/** One command line that enters a container. */
interface Series {
  last: Entry | undefined;
  /** How the run before the last one ended. */
  end: string | undefined;
  /** Runs with that end that are still listed. */
  waiting: Entry[];
}

/**
 * Commands that enter a container again and again, as a healthcheck does: from the third run in a row with the same end on,
 * one line stands for all. A run that ends in another way keeps its lines.
 */
export class Repeats {
  readonly #byGroup = new WeakMap<Group, Map<string, Series>>();

  /** A process that joined executes its program. Whether earlier runs were folded into this event. */
  begins(entry: Entry, event: ViewEvent): boolean {
    const series = this.#seriesOf(event.group, entry.line);
    const { last } = series;
    series.last = entry;
    if (last?.end === undefined || last.end !== series.end) {
      series.end = last?.end;
      series.waiting = last?.end === undefined ? [] : [last];
      return false;
    }
    event.runs = last.exec?.runs;
    for (const run of [...series.waiting, last]) {
      event.runs = addTo(event.runs, { time: run.exec?.record.time ?? run.endTime, end: last.end });
      for (const its of run.events) {
        its.foldedInto = event;
      }
    }
    series.waiting = [];
    return true;
  }

  #seriesOf(group: Group, line: string): Series {
    let lines = this.#byGroup.get(group);
    if (lines === undefined) {
      lines = new Map();
      this.#byGroup.set(group, lines);
    }
    let series = lines.get(line);
    if (series === undefined) {
      if (lines.size >= maxLines) {
        lines.delete(lines.keys().next().value!);
      }
      series = { last: undefined, end: undefined, waiting: [] };
      lines.set(line, series);
    }
    return series;
  }
}

/** Takes note of an event of a run, for the time when the run is folded. */
export const note = (entry: Entry, event: ViewEvent): void => {
  if (entry.events.length < maxEvents) {
    entry.events.push(event);
  }
};

/** Somebody at a terminal, or asked for by a person who is known: never folded. */
export const isByHand = (exec: RecordOf<'exec'>, join: RecordOf<'container'> | undefined): boolean =>
  join?.asked_by !== undefined || ('tty' in exec && exec.tty !== undefined);
