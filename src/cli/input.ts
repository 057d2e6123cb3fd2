import type { Command } from 'commander';
import { damaged, exitStatus, noRecording } from '../errors.ts';
import type { ContainerRef, NstraceRecord } from '../record/schema.ts';
import { applyLateName, readLateNames } from '../recording/late-names.ts';
import { type Damage, maxToldDamage, readRecording } from '../recording/reader.ts';
import { isPlainFile, openSource } from '../recording/source.ts';
import { escapeText } from '../view/escape.ts';
import { say, sayError } from './say.ts';

export interface InputValues {
  follow?: boolean;
  strict?: boolean;
  /** So much of it, in ms of its own time. */
  duration?: number;
}

export const addInputOptions = (command: Command): Command =>
  command
    .option('-f, --follow', 'wait for more: the recording is still being written')
    .option('--strict', 'end with status 4 if the recording is damaged or incomplete');

const noNames: ReadonlyMap<string, ContainerRef> = new Map();

/** A recording that is read: what is wrong with it is said, and counted. */
export class RecordingInput {
  readonly #path: string;
  /** What messages call it. */
  readonly #name: string;
  readonly #values: InputValues;
  readonly #signal: AbortSignal;
  #damage = 0;
  #records = 0;
  #badLines = 0;
  /** Damage before the first record: of a file that has none, it says nothing. */
  #untold: Damage[] = [];

  constructor(path: string, values: InputValues, signal: AbortSignal) {
    this.#path = path;
    this.#name = path === '-' ? 'standard input' : escapeText(path);
    this.#values = values;
    this.#signal = signal;
  }

  /**
   * Its records, with the names that their containers got later.
   *
   * @throws NstraceError (1) if it cannot be read
   */
  async *records(): AsyncGenerator<NstraceRecord, void> {
    const follow = this.#values.follow ?? false;
    // What comes through a pipe is read once only.
    const names = follow || !isPlainFile(this.#path) ? noNames : await readLateNames(this.#path, this.#signal);
    const source = openSource(this.#path, { follow, signal: this.#signal });
    let end: bigint | undefined;
    for await (const record of readRecording(source, (damage) => this.#note(damage))) {
      if (this.#values.duration !== undefined) {
        const at = BigInt(record.mono);
        end ??= at + BigInt(Math.round(this.#values.duration * 1e6));
        if (at > end) {
          return;
        }
      }
      this.#records += 1;
      this.#tellUntold();
      applyLateName(record, names);
      yield record;
      if (this.#signal.aborted || (follow && record.type === 'footer')) {
        return;
      }
    }
  }

  /** Whether any line of it was a record, or none was there. */
  get isRecording(): boolean {
    return this.#badLines === 0 || this.#records > 0;
  }

  /** The exit status, after the last record. */
  status(): number {
    if (!this.isRecording) {
      return sayError(noRecording(this.#name, this.#values.strict === true));
    }
    this.#tellUntold();
    if (this.#damage > maxToldDamage) {
      say(`${this.#name}: ${this.#damage - maxToldDamage} more damages were not told one by one`);
    }
    if (this.#damage > 0 && this.#values.strict === true) {
      return sayError(damaged(this.#name, this.#damage));
    }
    return exitStatus.ok;
  }

  #note(damage: Damage): void {
    this.#damage += 1;
    this.#badLines += damage.line > 0 ? 1 : 0;
    if (this.#damage <= maxToldDamage) {
      this.#untold.push(damage);
    }
    // Who waits for more waits for no end.
    if (this.#records > 0 || this.#values.follow === true) {
      this.#tellUntold();
    }
  }

  #tellUntold(): void {
    for (const { line, what } of this.#untold.splice(0)) {
      say(`${this.#name}: ${line > 0 ? `line ${line}: ` : ''}${escapeText(what)}`);
    }
  }
}
