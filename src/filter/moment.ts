import { usageError } from '../errors.ts';

/** A moment of --since or --until as records have it (RFC 3339, UTC, nine digits), or undefined if the text is none. */
export const parseMoment = (text: string, nowMs: number): string | undefined => {
  const age = parseAge(text);
  return age === undefined ? parseTime(text) : timeOf(nowMs - age);
};

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `10m`, `1h30m`, in ms; undefined if the text is none. */
export const parseAge = (text: string): number | undefined => {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) {
    return undefined;
  }
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    ms += Number(count) * units[unit!]!;
  }
  return ms;
};

/** RFC 3339; local time where no offset is given, as `date` and `docker logs` take it. */
const parseTime = (text: string): string | undefined => {
  const match = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, date, clock = '00:00', fraction = '', offset = ''] = match;
  const ms = Date.parse(`${date}T${clock}${offset.toUpperCase()}`);
  const time = timeOf(ms);
  return time && `${time.slice(0, 20)}${fraction.padEnd(9, '0')}Z`;
};

const timeOf = (ms: number): string | undefined => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('Z', '000000Z');
};

/** The same of an option. @throws NstraceError (2) if it is no time */
export const momentOf = (option: string, text: string | undefined): string | undefined => {
  const moment = text === undefined ? undefined : parseMoment(text, Date.now());
  if (text !== undefined && moment === undefined) {
    throw usageError(
      `${option} ${JSON.stringify(text)} is no time`,
      'give RFC 3339, 2026-01-31T12:00:00Z, or an age: 30s, 10m, 2h',
    );
  }
  return moment;
};
