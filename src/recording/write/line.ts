import type { NstraceRecord } from '../../record/schema.ts';
import { stringify } from './stringify.ts';

/** No record is longer, in bytes of UTF-8 and with its newline (the contract of nstrace/1). */
export const maxRecordBytes = 64 * 1024;
/** Below this many UTF-16 units a line cannot be too long, whatever it holds: each is at most 3 bytes. */
const surelyShort = Math.floor(maxRecordBytes / 3);

export interface Line {
  readonly text: string;
  /** Whether something had to go, so that it fits. The line says so too. */
  readonly cut: boolean;
}

/** A record as a line of NDJSON. One that would be too long loses the end of its arguments, and says so. */
export const encode = (record: NstraceRecord): Line => {
  const text = `${stringify(record)}\n`;
  return text.length <= surelyShort || Buffer.byteLength(text) <= maxRecordBytes
    ? { text, cut: false }
    : { text: shortLine(record), cut: true };
};

export const toLine = (record: NstraceRecord): string => encode(record).text;

/** The line of a record with its new number, where it begins as nstrace writes lines. */
export const renumber = (line: string, { type, seq }: NstraceRecord, before: number): string | undefined => {
  if (seq === before) {
    return line;
  }
  const from = `{"type":"${type}","seq":`;
  const old = `${before},`;
  return line.startsWith(from) && line.startsWith(old, from.length)
    ? `${from}${seq},${line.slice(from.length + old.length)}`
    : undefined;
};

/** Each part is measured once: an argv can have a million arguments. */
const shortLine = (record: NstraceRecord): string => {
  if (!('args' in record) || record.type === 'header') {
    return cutStrings(record);
  }
  const { args, args_base64: exact } = record;
  const cut = { ...record, args: [] as string[], args_truncated: true };
  if (exact !== undefined) {
    cut.args_base64 = [];
  }
  let room = maxRecordBytes - Buffer.byteLength(JSON.stringify(cut)) - 1;
  if (room < 0) {
    return cutStrings(cut);
  }
  for (let index = 0; index < args.length && room > 0; index += 1) {
    const arg = args[index]!;
    const bytes = exact?.[index];
    const size = sizeOf(arg) + (bytes === undefined ? 0 : sizeOf(bytes));
    if (size <= room) {
      cut.args.push(arg);
      if (bytes !== undefined) {
        cut.args_base64?.push(bytes);
      }
    } else {
      cutArgument(cut, arg, bytes, room);
    }
    room -= size;
  }
  return `${JSON.stringify(cut)}\n`;
};

/** In JSON, with its comma. */
const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) + 1;

/** As much of the argument as there is room for, found by halving: whole characters, or bytes where some are not UTF-8. */
const cutArgument = (
  record: { args: string[]; args_base64?: string[] | undefined },
  arg: string,
  exact: string | undefined,
  room: number,
): void => {
  const bytes = exact === undefined ? undefined : Buffer.from(exact, 'base64');
  const part = (length: number): { text: string; base64?: string } => {
    if (bytes !== undefined) {
      const kept = bytes.subarray(0, length);
      return { text: kept.toString('utf8'), base64: kept.toString('base64') };
    }
    const text = arg.slice(0, length);
    return { text: text.isWellFormed() ? text : text.slice(0, -1) };
  };
  const size = ({ text, base64 }: { text: string; base64?: string }): number =>
    sizeOf(text) + (base64 === undefined ? 0 : sizeOf(base64));
  const whole = bytes?.length ?? arg.length;
  let fits = 0;
  for (let step = 2 ** Math.ceil(Math.log2(whole + 1)); step >= 1; step /= 2) {
    if (fits + step <= whole && size(part(fits + step)) <= room) {
      fits += step;
    }
  }
  const { text, base64 } = part(fits);
  if (text !== '') {
    record.args.push(text);
    if (base64 !== undefined) {
      record.args_base64?.push(base64);
    }
  }
};

/** Shorter each time, until it fits: how much of a text and of a list is kept. */
const keeps = [1000, 100, 10] as const;

/** A record that is too long otherwise: paths and lists of thousands of bytes. What was cut ends in `…`; exact bytes go. */
const cutStrings = (record: NstraceRecord): string => {
  let text = '';
  for (const keep of keeps) {
    text = `${JSON.stringify(record, (key, value) => cutValue(key, value, keep))}\n`;
    if (Buffer.byteLength(text) <= maxRecordBytes) {
      break;
    }
  }
  return text;
};

const cutValue = (key: string, value: unknown, keep: number): unknown => {
  if (typeof value === 'string' && value.length > keep) {
    return key.endsWith('_base64') ? undefined : `${value.slice(0, keep).toWellFormed()}…`;
  }
  return Array.isArray(value) && value.length > keep && key !== 'nspid' ? value.slice(0, keep) : value;
};
