import type { RecordOf } from '../record/schema.ts';
import { escapeText } from '../view/escape.ts';
import type { Out } from './exporter.ts';
import type { Details, Flow, TraceFormat, TrackKind } from './tracks.ts';

/**
 * Chrome's JSON trace format, for speedscope and others. A container is a "process", its processes are "threads" of it; times
 * are µs since tracing began, so that each ns is exact in the first 101 days of a recording.
 */
export class ChromeTrace implements TraceFormat {
  readonly #out: Out;
  /** Of each track: its container's number and its pid, as they stand in every event. */
  readonly #places = new Map<number, string>();
  readonly #names = new Map<number, string>();
  /** Names of the slices that are open on each track: an end repeats it, since some readers match by it. */
  readonly #open = new Map<number, string[]>();
  #begun = false;
  #first = true;

  constructor(out: Out) {
    this.#out = out;
  }

  header(record: RecordOf<'header'>): void {
    const { host, recording, started, mono, tool } = record;
    const about = { recording, host: host.name, kernel: host.kernel, started, mono, nstrace: tool.nstrace };
    this.#begin(about);
  }

  track(track: number, parent: number, name: string, kind: TrackKind, pid: number): void {
    // tid 0 would be taken for the process itself.
    const tid = kind === 'process' ? pid : kind === 'startup' ? 2 ** 30 : kind === 'counter' ? 0 : 2 ** 30 + 1;
    const box = kind === 'container' ? track : kind === 'counter' ? 1 : parent;
    this.#places.set(track, `"pid":${box},"tid":${tid}`);
    this.#names.set(track, name);
    if (kind !== 'counter') {
      const what = kind === 'container' ? 'process_name' : 'thread_name';
      this.#event(`"ph":"M","name":"${what}",${this.#places.get(track)},"args":{"name":${quoted(name)}}`);
      if (kind === 'container') {
        this.#event(`"ph":"M","name":"thread_name",${this.#places.get(track)},"args":{"name":"life"}`);
      }
    }
  }

  begin(track: number, at: number, category: string, name: string, details: Details, flow: Flow): void {
    const shown = quoted(name);
    const open = this.#open.get(track);
    if (open === undefined) {
      this.#open.set(track, [shown]);
    } else {
      open.push(shown);
    }
    const place = this.#places.get(track);
    this.#event(`"ph":"B","ts":${micros(at)},${place},"cat":"${category}","name":${shown}${args(details)}`);
    this.#flow(track, at, flow);
  }

  end(track: number, at: number, details: Details): void {
    const name = this.#open.get(track)?.pop() ?? '""';
    this.#event(`"ph":"E","ts":${micros(at)},${this.#places.get(track)},"name":${name}${args(details)}`);
  }

  instant(track: number, at: number, category: string, name: string, details: Details, flow: Flow): void {
    this.#event(
      `"ph":"i","s":"t","ts":${micros(at)},${this.#places.get(track)},"cat":"${category}","name":${quoted(name)}${args(details)}`,
    );
    this.#flow(track, at, flow);
  }

  counter(track: number, at: number, value: number): void {
    const name = quoted(this.#names.get(track) ?? '');
    this.#event(`"ph":"C","ts":${micros(at)},"pid":1,"tid":0,"name":${name},"args":{"value":${value}}`);
  }

  forget(track: number): void {
    this.#places.delete(track);
    this.#open.delete(track);
    this.#names.delete(track);
  }

  finish(): void {
    this.#begin({});
    this.#out.text(']}\n');
  }

  #flow(track: number, at: number, { from, to }: Flow): void {
    const place = `"ts":${micros(at)},${this.#places.get(track)},"cat":"flow","name":"flow"`;
    if (to !== 0) {
      this.#event(`"ph":"f","bp":"e","id":${to},${place}`);
    }
    if (from !== 0) {
      this.#event(`"ph":"s","id":${from},${place}`);
    }
  }

  #event(fields: string): void {
    this.#out.text(`${this.#first ? '' : ','}\n{${fields}}`);
    this.#first = false;
  }

  #begin(about: object): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#out.text(`{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[`);
    }
  }
}

/** All three digits of the ns. What is older than the recording begins with it. */
const micros = (since: number): string => {
  const ns = Math.max(0, since);
  const whole = Math.floor(ns / 1000);
  return `${whole}.${String(ns - whole * 1000).padStart(3, '0')}`;
};

const quoted = (text: string): string => JSON.stringify(escapeText(text));

const args = (details: Details): string => {
  let fields = '';
  for (let index = 0; index < details.length; index += 2) {
    const value = details[index + 1];
    if (value !== undefined) {
      fields += `${fields === '' ? '' : ','}"${details[index]}":${typeof value === 'string' ? quoted(value) : value}`;
    }
  }
  return fields === '' ? '' : `,"args":{${fields}}`;
};
