import type { NstraceRecord } from '../record/schema.ts';

/** Makes another format out of records, one after the other, and keeps nothing of those that are over. */
export interface Exporter {
  take(record: NstraceRecord): void;
  /** What is due after the last record. */
  end(): void;
}

/** Where an exporter writes to. */
export interface Out {
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
}

export const formats = ['perfetto', 'chrome-json', 'csv', 'ecs', 'ocsf', 'otlp-json'] as const;
export type Format = (typeof formats)[number];

/** Each format is loaded when it is asked for. */
export const makeExporter = async (format: Format, out: Out): Promise<Exporter> => {
  switch (format) {
    case 'perfetto': {
      const [{ TraceExporter }, { PerfettoTrace }] = await Promise.all([
        import('./trace.ts'),
        import('./perfetto/trace.ts'),
      ]);
      return new TraceExporter(new PerfettoTrace(out));
    }
    case 'chrome-json': {
      const [{ TraceExporter }, { ChromeTrace }] = await Promise.all([import('./trace.ts'), import('./chrome.ts')]);
      return new TraceExporter(new ChromeTrace(out));
    }
    case 'csv':
      return new (await import('./csv.ts')).CsvExporter(out);
    case 'ecs': {
      const { EcsExporter } = await import('./ecs.ts');
      return new PerRecording(() => new EcsExporter(out));
    }
    case 'ocsf': {
      const { OcsfExporter } = await import('./ocsf.ts');
      return new PerRecording(() => new OcsfExporter(out));
    }
    case 'otlp-json': {
      const { OtlpExporter } = await import('./otlp.ts');
      return new PerRecording(() => new OtlpExporter(out));
    }
  }
};

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
