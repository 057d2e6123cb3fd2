import type { RecordOf } from '../../record/schema.ts';
import { nanosOf } from '../../record/times.ts';
import type { Out } from '../exporter.ts';
import type { Details, Flow, TraceFormat, TrackKind } from '../tracks.ts';
import * as field from './fields.ts';
import { Interned } from './interned.ts';
import { Wire } from './wire.ts';

/** Texts that are kept to be named again; then all are forgotten, here and by the reader. */
const maxTexts = 20_000;
const maxTextBytes = 8 * 1024 * 1024;
/** What is written at once. */
const blockBytes = 64 * 1024;
const sequence = 1;

/** A trace of Perfetto: protobuf track events, ns of CLOCK_BOOTTIME, texts interned. */
export class PerfettoTrace implements TraceFormat {
  readonly #out: Out;
  readonly #wire = new Wire();
  readonly #categories = this.#interned(field.interned.categories);
  readonly #names = this.#interned(field.interned.names);
  readonly #annotations = this.#interned(field.interned.annotationNames);
  readonly #strings = this.#interned(field.interned.strings);
  /** New texts, to be written before the event that uses them: field, id, text. */
  #fresh: (number | string)[] = [];
  #textBytes = 0;
  #cleared = true;
  #first = true;
  #base = 0n;
  #baseNumber = 0;
  #ids: number[] = [];

  constructor(out: Out) {
    this.#out = out;
  }

  header(record: RecordOf<'header'>): void {
    this.#base = BigInt(record.mono);
    this.#baseNumber = Number(record.mono);
    const packet = this.#wire.begin(field.trace.packet);
    const snapshot = this.#wire.begin(field.packet.clockSnapshot);
    this.#clock(field.clocks.boottime, this.#base);
    this.#clock(field.clocks.realtime, nanosOf(record.time));
    this.#wire.number(field.clockSnapshot.primaryTraceClock, field.clocks.boottime);
    this.#wire.end(snapshot);
    this.#wire.number(field.packet.sequenceId, sequence);
    this.#wire.end(packet);
  }

  track(track: number, parent: number, name: string, kind: TrackKind, pid: number): void {
    const packet = this.#wire.begin(field.trace.packet);
    this.#wire.number(field.packet.sequenceId, sequence);
    const descriptor = this.#wire.begin(field.packet.trackDescriptor);
    this.#wire.number(field.descriptor.uuid, track);
    this.#wire.string(field.descriptor.name, name);
    if (parent !== 0) {
      this.#wire.number(field.descriptor.parent, parent);
    }
    if (kind === 'counter') {
      this.#wire.end(this.#wire.begin(field.descriptor.counter));
    } else if (kind === 'container') {
      this.#wire.number(field.descriptor.childOrdering, field.explicitOrder);
    }
    this.#wire.signed(field.descriptor.rank, kind === 'startup' ? -1 : pid);
    this.#wire.end(descriptor);
    this.#wire.end(packet);
    this.#flushIfFull();
  }

  begin(track: number, at: number, category: string, name: string, details: Details, flow: Flow): void {
    this.#event(field.eventType.begin, track, at, category, name, details, flow);
  }

  end(track: number, at: number, details: Details): void {
    this.#event(field.eventType.end, track, at, '', '', details, undefined);
  }

  instant(track: number, at: number, category: string, name: string, details: Details, flow: Flow): void {
    this.#event(field.eventType.instant, track, at, category, name, details, flow);
  }

  counter(track: number, at: number, value: number): void {
    const packet = this.#packet(at);
    const event = this.#wire.begin(field.packet.trackEvent);
    this.#wire.number(field.event.type, field.eventType.counter);
    this.#wire.number(field.event.trackUuid, track);
    this.#wire.signed(field.event.counterValue, value);
    this.#wire.end(event);
    this.#wire.end(packet);
  }

  forget(): void {}

  finish(): void {
    this.#flush();
  }

  #event(
    type: number,
    track: number,
    at: number,
    category: string,
    name: string,
    details: Details,
    flow: Flow | undefined,
  ): void {
    if (this.#strings.size > maxTexts || this.#names.size > maxTexts || this.#textBytes > maxTextBytes) {
      this.#forget();
    }
    const wire = this.#wire;
    const categoryId = category === '' ? 0 : this.#categories.id(category);
    const nameId = name === '' ? 0 : this.#names.id(name);
    const ids = details.length === 0 ? this.#ids : this.#internDetails(details);
    const packet = this.#packet(at);
    if (this.#fresh.length > 0) {
      this.#writeFresh();
    }
    const event = wire.begin(field.packet.trackEvent);
    wire.number(field.event.type, type);
    wire.number(field.event.trackUuid, track);
    if (categoryId !== 0) {
      wire.number(field.event.categoryIids, categoryId);
    }
    if (nameId !== 0) {
      wire.number(field.event.nameIid, nameId);
    }
    for (let index = 0; index < details.length; index += 2) {
      this.#annotation(ids[index]!, details[index + 1], ids[index + 1]!);
    }
    if (flow !== undefined && flow.from !== 0) {
      wire.fixed64(field.event.flowIds, flow.from);
    }
    if (flow !== undefined && flow.to !== 0) {
      wire.fixed64(field.event.terminatingFlowIds, flow.to);
    }
    wire.end(event);
    wire.end(packet);
    this.#flushIfFull();
  }

  /** Names and texts as numbers, at the same places; those of other values are 0. */
  #internDetails(details: Details): number[] {
    const ids = this.#ids;
    for (let index = 0; index < details.length; index += 2) {
      const value = details[index + 1];
      if (value !== undefined) {
        ids[index] = this.#annotations.id(details[index] as string);
        ids[index + 1] = typeof value === 'string' ? this.#strings.id(value) : 0;
      }
    }
    return ids;
  }

  #annotation(nameId: number, value: Details[number], valueId: number): void {
    if (value === undefined) {
      return;
    }
    const from = this.#wire.begin(field.event.debugAnnotations);
    this.#wire.number(field.annotation.nameIid, nameId);
    if (typeof value === 'string') {
      this.#wire.number(field.annotation.stringIid, valueId);
    } else if (typeof value === 'boolean') {
      this.#wire.number(field.annotation.bool, value ? 1 : 0);
    } else {
      this.#wire.signed(field.annotation.int, value);
    }
    this.#wire.end(from);
  }

  #writeFresh(): void {
    const data = this.#wire.begin(field.packet.internedData);
    for (let index = 0; index < this.#fresh.length; index += 3) {
      const entry = this.#wire.begin(this.#fresh[index] as number);
      this.#wire.number(field.internedEntry.iid, this.#fresh[index + 1] as number);
      this.#wire.string(field.internedEntry.text, this.#fresh[index + 2] as string);
      this.#wire.end(entry);
    }
    this.#wire.end(data);
    this.#fresh = [];
  }

  /** The frame of an event: its time, and what its reader needs to know of the sequence. */
  #packet(at: number): number {
    const wire = this.#wire;
    const packet = wire.begin(field.trace.packet);
    const time = this.#baseNumber + at;
    if (time <= Number.MAX_SAFE_INTEGER) {
      wire.number(field.packet.timestamp, Math.max(0, time));
    } else {
      const exact = this.#base + BigInt(at);
      wire.big(field.packet.timestamp, exact > 0n ? exact : 0n);
    }
    wire.number(field.packet.sequenceId, sequence);
    if (this.#cleared) {
      this.#cleared = false;
      wire.number(field.packet.sequenceFlags, field.flags.cleared | field.flags.needsState);
      const defaults = wire.begin(field.packet.defaults);
      wire.number(field.defaults.timestampClockId, field.clocks.boottime);
      wire.end(defaults);
      if (this.#first) {
        this.#first = false;
        wire.number(field.packet.firstOnSequence, 1);
      }
    } else {
      wire.number(field.packet.sequenceFlags, field.flags.needsState);
    }
    return packet;
  }

  #forget(): void {
    for (const texts of [this.#categories, this.#names, this.#annotations, this.#strings]) {
      texts.clear();
    }
    this.#textBytes = 0;
    this.#cleared = true;
  }

  #interned(which: number): Interned {
    return new Interned(which, (kind, id, text) => {
      this.#fresh.push(kind, id, text);
      this.#textBytes += text.length;
    });
  }

  #clock(id: number, timestamp: bigint): void {
    const from = this.#wire.begin(field.clockSnapshot.clocks);
    this.#wire.number(field.clock.id, id);
    this.#wire.big(field.clock.timestamp, timestamp);
    this.#wire.end(from);
  }

  #flushIfFull(): void {
    if (this.#wire.size >= blockBytes) {
      this.#flush();
    }
  }

  #flush(): void {
    this.#out.bytes(this.#wire.take());
  }
}
