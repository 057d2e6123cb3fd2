import type { NstraceRecord } from '../record/schema.ts';
import type { Exporter } from './exporter.ts';

/** Records that were merged from several hosts: each recording has pids and a header of its own. */
export class PerRecording implements Exporter {
  readonly #make: () => Exporter;
  readonly #exporters = new Map<string, Exporter>();
  #last: Exporter | undefined;

  constructor(make: () => Exporter) {
    this.#make = make;
  }

  take(record: NstraceRecord): void {
    if (record.recording !== undefined) {
      this.#last = this.#exporters.get(record.recording) ?? this.#begin(record.recording);
    }
    this.#last ??= this.#begin('');
    this.#last.take(record);
  }

  end(): void {
    for (const exporter of this.#exporters.values()) {
      exporter.end();
    }
  }

  #begin(recording: string): Exporter {
    const exporter = this.#make();
    this.#exporters.set(recording, exporter);
    return exporter;
  }
}
