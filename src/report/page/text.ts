import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import { escapeText } from '../../view/escape.ts';
import { lostWords } from '../../view/lost.ts';

/** `1.234 s`, `12.3 ms`, `4 µs`: of a length of time in ns. */
export const span = (ns: number): string => {
  const abs = Math.abs(ns);
  if (abs >= 3600e9) {
    return `${Math.floor(ns / 3600e9)} h ${Math.round((ns % 3600e9) / 60e9)} min`;
  }
  if (abs >= 120e9) {
    return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
  }
  if (abs >= 1e9) {
    return `${(ns / 1e9).toFixed(abs >= 10e9 ? 1 : 2)} s`;
  }
  return abs >= 1e6 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e3).toFixed(0)} µs`;
};

/** A moment since the beginning, with as many digits as a scale of `step` ns needs. */
export const sinceStart = (at: number, step: number): string => {
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step / 1e9) - 1e-9)));
  if (at >= 60e9 && step >= 1e8) {
    const minutes = Math.floor(at / 60e9);
    const seconds = ((at % 60e9) / 1e9).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, '0');
    const hours = Math.floor(minutes / 60);
    return hours > 0 ? `${hours}:${String(minutes % 60).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
  }
  return step < 1e6 && at < 1e9
    ? `${(at / 1e6).toFixed(Math.max(0, digits - 3))} ms`
    : `${(at / 1e9).toFixed(digits)} s`;
};

/** A command line as people read it. */
export const commandOf = ({
  args,
  args_truncated,
  exe,
}: Pick<RecordOf<'exec'>, 'args' | 'args_truncated' | 'exe'>): string =>
  escapeText(args.map((arg) => (arg === '' ? "''" : arg)).join(' ') || exe) + (args_truncated ? ' …' : '');

export const wordsText = (args: readonly string[] | undefined, comm: string): string =>
  escapeText((args ?? [comm]).join(' '));

export const endText = ({
  code,
  signal,
  oom,
}: {
  code?: number | undefined;
  signal?: string | undefined;
  oom?: true | undefined;
}): string => `${signal === undefined ? `code ${code ?? 0}` : escapeText(signal)}${oom ? ', out of memory' : ''}`;

/** What happened, in a line. */
export const whatOf = (record: NstraceRecord): string => {
  switch (record.type) {
    case 'process':
      // Threads of the kernel have no arguments.
      return record.args.length === 0 ? `[${escapeText(record.comm)}]` : commandOf(record);
    case 'exec':
      return record.ret === 0
        ? commandOf(record)
        : `${commandOf(record)}: ${escapeText(record.errno ?? String(record.ret))}`;
    case 'fork':
      return [record.comm, ...record.flags].map(escapeText).join(' ');
    case 'exit':
      return `${escapeText(record.comm ?? '?')} ${endText(record)} after ${span(record.duration_ns)}`;
    case 'namespace': {
      const part = (word: string, set: Partial<Record<string, number>> | undefined): string =>
        set === undefined || Object.keys(set).length === 0 ? '' : ` ${word} ${Object.keys(set).join(' ')}`;
      return `${record.op}${part('created', record.created)}${part('joined', record.joined)}`;
    }
    case 'cgroup':
      return `${record.op} ${escapeText(record.path)}`;
    case 'container':
      return `${record.op} ${escapeText(record.container.name)}${record.op === 'stopped' ? `, ${endText(record)}` : ''}`;
    case 'lost':
      return `events lost: ${lostWords(record)} (${escapeText(record.stage)})`;
    default:
      return '';
  }
};

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
