import { closeSync } from 'node:fs';
import { ProgressLine } from '../../console/progress.ts';
import { say, sayError } from '../../console/say.ts';
import { damaged, exitStatus, usageError } from '../../errors.ts';
import { momentOf } from '../../filter/moment.ts';
import { type BatchOptions, type Input, type InputValues, RecordingInput } from '../../input/recording.ts';
import type { RecordBatch } from '../../recording/read/reader.ts';
import { escapeText } from '../../view/escape.ts';
import type { FleetAccess } from '../access.ts';
import { Clocks, clockText } from './clocks.ts';
import { StreamCopy } from './copy.ts';
import { inOrder } from './order.ts';
import type { FleetOptions, StreamBatch } from './stream.ts';

export interface FleetValues extends FleetAccess {
  /** A recording, or the URL of a fleet's stream. */
  from?: string;
  cluster?: string;
  since?: string;
  until?: string;
}

/** Something with :// is a fleet, all else a file. */
export const isFleet = (from: string | undefined): from is string => from?.includes('://') === true;

interface OpenOptions {
  readonly signal: AbortSignal;
  /** Whether to wait for what comes; without --since nothing that was before is read then. */
  readonly follow: boolean;
}

/** Opens a fleet: as it comes, or all that is there, as one merged recording in a nameless file. */
export const openFleet = async (
  url: string,
  values: FleetValues & InputValues,
  options: OpenOptions,
): Promise<Input> => (options.follow ? new FleetInput(url, values, options) : spooled(url, values, options.signal));

/** The stream of a fleet as it comes. */
export class FleetInput implements Input {
  readonly name: string;
  readonly isRecording = true;
  readonly #values: FleetValues & InputValues;
  readonly #options: OpenOptions;
  readonly #clocks = new Clocks();
  /** Hosts whose clock was reported. */
  readonly #reported = new Set<string>();
  #damage = 0;

  constructor(url: string, values: FleetValues & InputValues, options: OpenOptions) {
    this.name = escapeText(url);
    this.#values = { ...values, from: url };
    this.#options = options;
  }

  async *batches({ signal = this.#options.signal }: BatchOptions = {}): AsyncGenerator<RecordBatch> {
    for await (const records of inOrder((until) => this.read(until), signal)) {
      if (records.length > 0) {
        yield { file: this.name, header: undefined, records, lines: [], next: undefined };
      }
    }
  }

  /** @param onBytes takes the size of each message */
  async *read(signal: AbortSignal, onBytes?: (count: number) => void): AsyncGenerator<StreamBatch> {
    const [{ natsAccess }, { readStream }] = await Promise.all([import('../access.ts'), import('./stream.ts')]);
    const { from = '', cluster, since, until } = this.#values;
    const options: FleetOptions = {
      access: natsAccess(from, this.#values),
      ...{ cluster, signal, follow: this.#options.follow, ...(onBytes && { onBytes }) },
      since: dateOf(momentOf('--since', since)),
      until: dateOf(momentOf('--until', until)),
      onDamage: (what) => this.#report(what),
    };
    for await (const batch of readStream(options)) {
      if (batch.clock !== undefined) {
        this.#clocks.take(batch, batch.clock);
        this.#reportClock(batch);
      }
      yield batch;
    }
  }

  /** How far the clock of a host is off, as far as that is known: `2.3 s ahead (± 4 ms)`. */
  clockOf(name: string): string | undefined {
    const clock = this.#clocks.all().find(({ host }) => host === name);
    return clock === undefined ? undefined : clockText(clock);
  }

  /** The end of what comes is not known. */
  async lastAt(): Promise<undefined> {}

  get damage(): number {
    return this.#damage;
  }

  status(): number {
    return this.#damage > 0 && this.#values.strict === true
      ? sayError(damaged(this.name, this.#damage))
      : exitStatus.ok;
  }

  close(): void {}

  /** One that is so wrong that records of several hosts stand in a wrong order. */
  #reportClock(of: { cluster: string; host: string }): void {
    const clock = this.#clocks.of(of);
    const key = `${of.cluster}/${of.host}`;
    if (clock === undefined || Math.abs(clock.aheadMs) - clock.errorMs < notableMs || this.#reported.has(key)) {
      return;
    }
    this.#reported.add(key);
    if (this.#reported.size <= maxReported) {
      say(
        `the clock of ${escapeText(of.host)} is ${clockText(clock)}: its records are off by that among those of others`,
      );
    }
  }

  #report(what: string): void {
    this.#damage += 1;
    if (this.#damage <= maxReported) {
      say(`${this.name}: ${escapeText(what)}`);
    }
  }
}

/** How many damages, and clocks, are reported one by one. */
const maxReported = 10;
/** A clock that is further off is reported. NTP keeps hosts within some ms. */
const notableMs = 500;

const dateOf = (moment: string | undefined): Date | undefined => (moment === undefined ? undefined : new Date(moment));

/**
 * Copies what a fleet has stored into a nameless file: one merged recording. The caller closes the descriptor.
 *
 * @returns how many records there are
 */
export const spoolFleet = async (
  url: string,
  values: FleetValues & InputValues,
  signal: AbortSignal,
): Promise<{ descriptor: number; records: number; damage: number; clockOf: (host: string) => string | undefined }> => {
  const input = new FleetInput(url, values, { signal, follow: false });
  const progress = process.stderr.isTTY ? new ProgressLine(input.name) : undefined;
  let bytes = 0;
  const copy = new StreamCopy();
  try {
    for await (const { records } of input.read(signal, (count) => {
      bytes += count;
      progress?.show({ bytes, total: 0 });
    })) {
      copy.put(records);
    }
    const descriptor = copy.end();
    const clockOf = (host: string): string | undefined => input.clockOf(host);
    return { descriptor, records: copy.records, damage: input.damage, clockOf };
  } catch (error) {
    copy.close();
    throw error;
  } finally {
    progress?.clear();
  }
};

const spooled = async (url: string, values: FleetValues & InputValues, signal: AbortSignal): Promise<Input> => {
  if (values.duration !== undefined) {
    throw usageError('--duration is for what comes', 'give the range with --since and --until');
  }
  const { descriptor, records, clockOf } = await spoolFleet(url, values, signal);
  if (records === 0) {
    closeSync(descriptor);
    return new EmptyInput(url);
  }
  // Where it begins and ends was for the stream; the filters of the command see to the records.
  return Object.assign(new RecordingInput(`/proc/self/fd/${descriptor}`, values, signal, url), { clockOf });
};

/** A fleet that has stored nothing in that time. */
class EmptyInput implements Input {
  readonly name: string;
  readonly isRecording = true;
  readonly damage = 0;

  constructor(url: string) {
    this.name = escapeText(url);
  }

  async *batches(): AsyncGenerator<RecordBatch> {}

  async lastAt(): Promise<undefined> {}

  status(): number {
    say(`${this.name} has no records of that time`);
    return exitStatus.ok;
  }

  close(): void {}
}
