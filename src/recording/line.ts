import type { NstraceRecord } from './schema.ts';

/** No record is longer, in bytes of UTF-8 and with its newline (the contract of nstrace/1). */
export const maxRecordBytes = 64 * 1024;
/** Below this many UTF-16 units a line cannot be too long, whatever it holds: each is at most 3 bytes. */
const surelyShort = Math.floor(maxRecordBytes / 3);

/** A record as a line of NDJSON. One that would be too long loses the end of its arguments, and says so. */
export const toLine = (record: NstraceRecord): string => {
  const line = `${JSON.stringify(record)}\n`;
  return line.length <= surelyShort || Buffer.byteLength(line) <= maxRecordBytes ? line : shortLine(record);
};

const shortLine = (record: NstraceRecord): string => {
  if (!('args' in record) || record.type === 'header') {
    return cutStrings(record);
  }
  const args = [...record.args];
  const cut = { ...record, args, args_truncated: true };
  if (cut.args_base64 !== undefined) {
    cut.args_base64 = [...cut.args_base64];
  }
  for (;;) {
    const line = `${JSON.stringify(cut)}\n`;
    const excess = Buffer.byteLength(line) - maxRecordBytes;
    if (excess <= 0) {
      return line;
    }
    if (!shorten(cut.args, cut.args_base64, excess)) {
      return cutStrings(cut);
    }
  }
};

/** Takes bytes off the last argument, or the argument itself. An escaped character is up to 6 bytes for one. */
const shorten = (args: string[], exact: string[] | undefined, excess: number): boolean => {
  const last = args.at(-1);
  if (last === undefined) {
    return false;
  }
  const keep = last.length - Math.max(1, Math.ceil(excess / 6));
  if (keep <= 0) {
    args.pop();
    exact?.pop();
    return true;
  }
  args[args.length - 1] = last.slice(0, keep).toWellFormed();
  if (exact !== undefined) {
    const bytes = Buffer.from(exact.at(-1)!, 'base64');
    exact[exact.length - 1] = bytes.toString('base64', 0, Math.min(keep, bytes.length));
  }
  return true;
};

/** A record without arguments that is too long: paths of thousands of bytes in each field. They are cut in the middle. */
const cutStrings = (record: NstraceRecord): string =>
  `${JSON.stringify(record, (_key, value) =>
    typeof value === 'string' && value.length > 1024 ? `${value.slice(0, 1000).toWellFormed()}…` : value,
  )}\n`;
