import type { DuckDBValue } from '@duckdb/node-api';
import { moment } from '../view/clock.ts';

/** In which zone times are. */
export type Time = 'utc' | 'local';

/** What JSON can say of a value. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

/**
 * A value of DuckDB as JSON has it. Integers past 2^53 are strings, since readers round them; times are RFC 3339 with all
 * their digits, in UTC, or, for people to read, in local time; what JSON has no form for is its text.
 */
export const plainOf = (value: DuckDBValue, time: Time = 'utc'): Plain => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : String(value);
  }
  if (typeof value === 'bigint') {
    return value >= -maxSafe && value <= maxSafe ? Number(value) : String(value);
  }
  return plainOfObject(value, time);
};

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

const plainOfObject = (value: Exclude<DuckDBValue, null | boolean | number | string | bigint>, time: Time): Plain => {
  if ('items' in value) {
    return value.items.map((item) => plainOf(item, time));
  }
  if ('entries' in value) {
    return Array.isArray(value.entries)
      ? Object.fromEntries(
          value.entries.map(({ key, value: of }) => [plainText(plainOf(key, time)), plainOf(of, time)]),
        )
      : Object.fromEntries(Object.entries(value.entries).map(([name, of]) => [name, plainOf(of, time)]));
  }
  if ('nanos' in value && typeof value.nanos === 'bigint') {
    return timeOf(value.nanos, 9, time);
  }
  if ('micros' in value && typeof value.micros === 'bigint' && !('months' in value)) {
    return value.constructor.name.includes('Timestamp') ? timeOf(value.micros, 6, time) : String(value);
  }
  return String(value);
};

/** RFC 3339 of a time since 1970 with that many digits of a second. */
const timeOf = (value: bigint, digits: 6 | 9, time: Time): string => {
  const unit = 10n ** BigInt(digits);
  const fraction = ((value % unit) + unit) % unit;
  const milliseconds = Number((value - fraction) / unit) * 1000;
  if (Math.abs(milliseconds) > maxDateMs) {
    return String(value);
  }
  const text = `${new Date(milliseconds).toISOString().slice(0, -5)}.${String(fraction).padStart(digits, '0')}Z`;
  return time === 'utc' ? text : moment(text);
};

/** The last moment that a Date has (ECMAScript). */
const maxDateMs = 8.64e15;

/** A value as text: plain where it is one, else JSON. */
export const plainText = (value: Plain): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
