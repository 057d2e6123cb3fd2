import type { Exporter, Out } from './exporter.ts';
import { PerRecording } from './merged.ts';

export const exportFormats = ['perfetto', 'chrome-json', 'csv', 'ecs', 'ocsf', 'otlp-json', 'parquet'] as const;
export type ExportFormat = (typeof exportFormats)[number];
/** Formats that are written into one file as records come; parquet is a folder (src/query/parquet.ts). */
export type StreamFormat = Exclude<ExportFormat, 'parquet'>;

/** Each format is loaded when it is asked for. */
export const makeExporter = async (format: StreamFormat, out: Out): Promise<Exporter> => {
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
