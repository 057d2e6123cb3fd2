import type { NstraceRecord } from '../record/schema.ts';
import { describe } from '../view/command.ts';
import { withoutFormula } from '../view/csv-formula.ts';
import { escapeText } from '../view/escape.ts';
import { lostWords } from '../view/lost.ts';
import { quoteCommand } from '../view/quote.ts';
import type { Exporter, Out } from './exporter.ts';

/** What a cell is made of: a number is our own; a text may be somebody else's. */
type Cell = string | number | boolean | undefined;

/** The columns, in their order; names are those of the records. */
const columns: readonly (readonly [name: string, value: (record: Fields) => Cell])[] = [
  ['seq', ({ seq }) => seq],
  ['time', ({ time }) => time],
  ['mono', ({ mono }) => mono],
  ['host', ({ host }) => (typeof host === 'string' ? host : host?.name)],
  ['type', ({ type }) => type],
  ['op', ({ op }) => op],
  ['container', ({ container }) => container?.name],
  ['container_id', ({ container }) => container?.id],
  ['runtime', ({ container }) => container?.runtime],
  ['instance', ({ container }) => container?.instance],
  ['pid', ({ pid }) => pid],
  ['nspid', ({ nspid }) => (nspid !== undefined && nspid.length > 1 ? nspid.at(-1) : undefined)],
  ['ppid', ({ ppid }) => ppid],
  ['pidns', ({ ns, container }) => ns?.pid ?? container?.pidns],
  ['uid', ({ uid }) => uid],
  ['gid', ({ gid }) => gid],
  ['auid', ({ auid }) => auid],
  ['tty', ({ tty }) => tty],
  ['origin', ({ origin }) => origin],
  ['comm', ({ comm }) => comm],
  ['exe', ({ exe }) => exe],
  [
    'command',
    ({ type, args, args_base64 }) =>
      type === 'header' || args === undefined ? undefined : quoteCommand(args, args_base64),
  ],
  ['args_truncated', ({ args_truncated }) => (args_truncated === true ? true : undefined)],
  ['cwd', ({ cwd }) => cwd],
  ['ret', ({ ret }) => ret],
  ['errno', ({ errno }) => errno],
  ['code', ({ code }) => code],
  ['signal', ({ signal }) => signal],
  ['oom', ({ oom }) => oom],
  ['duration_ns', ({ duration_ns }) => duration_ns],
  ['startup_ns', ({ startup_ns }) => startup_ns],
  ['lost', ({ type, count }) => (type === 'lost' ? count : undefined)],
  ['what', (record) => what(record as unknown as NstraceRecord)],
];

/** Fields of all types of records, each there or not. */
interface Fields {
  readonly seq: number;
  readonly time: string;
  readonly mono: string;
  readonly type: string;
  readonly host?: string | { readonly name: string };
  readonly container?: {
    readonly name: string;
    readonly id: string;
    readonly runtime: string;
    readonly instance?: number;
    readonly pidns?: number;
  } | null;
  readonly nspid?: readonly number[];
  readonly ns?: { readonly pid?: number };
  readonly args?: readonly string[];
  readonly args_base64?: readonly string[];
  readonly args_truncated?: boolean;
  readonly oom?: true;
  readonly [name: string]: Cell | object | null;
  readonly op?: string;
  readonly pid?: number;
  readonly ppid?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly auid?: number;
  readonly tty?: string;
  readonly origin?: string;
  readonly comm?: string;
  readonly exe?: string;
  readonly cwd?: string;
  readonly ret?: number;
  readonly errno?: string;
  readonly code?: number;
  readonly signal?: string;
  readonly duration_ns?: number;
  readonly startup_ns?: number;
  readonly count?: number;
}

/** What happened, in words, for kinds that have no command. */
const what = (record: NstraceRecord): string | undefined => {
  switch (record.type) {
    case 'namespace':
    case 'cgroup':
    case 'container':
      return describe(record, { quote: false, maxArgs: Number.POSITIVE_INFINITY });
    case 'fork':
      return record.flags.length > 0 ? record.flags.join(' ') : undefined;
    case 'lost':
      return `lost: ${lostWords(record)}, between ${record.from} and ${record.to}, stage ${record.stage}`;
    case 'footer':
      return `ended: ${record.reason}; ${record.complete ? 'complete' : 'not complete'}`;
    default:
      return undefined;
  }
};

/** RFC 4180: one row per record under a row of names. */
export class CsvExporter implements Exporter {
  readonly #out: Out;
  #begun = false;

  constructor(out: Out) {
    this.#out = out;
  }

  take(record: NstraceRecord): void {
    this.#begin();
    let row = '';
    for (let index = 0; index < columns.length; index += 1) {
      const value = columns[index]![1](record as unknown as Fields);
      row += (index > 0 ? ',' : '') + cell(value);
    }
    this.#out.text(`${row}\r\n`);
  }

  end(): void {
    this.#begin();
  }

  #begin(): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#out.text(`${columns.map(([name]) => name).join(',')}\r\n`);
    }
  }
}

const cell = (value: Cell): string => {
  switch (typeof value) {
    case 'undefined':
      return '';
    case 'string':
      return textCell(value);
    default:
      return String(value);
  }
};

const plain = /^[\w./:][\w./: -]*$/;
const textCell = (value: string): string => {
  if (plain.test(value)) {
    return value;
  }
  return `"${withoutFormula(escapeText(value)).replaceAll('"', '""')}"`;
};
