import type { DuckDBValue } from '@duckdb/node-api';

/** What JSON can say of a value. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

/**
 * A value of DuckDB as JSON has it. Integers past 2^53 are strings, since readers round them; times are RFC 3339 in UTC with
 * all their digits; what JSON has no form for is its text.
 */
export const plainOf = (value: DuckDBValue): Plain => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : String(value);
  }
  if (typeof value === 'bigint') {
    return value >= -maxSafe && value <= maxSafe ? Number(value) : String(value);
  }
  return plainOfObject(value);
};

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

const plainOfObject = (value: Exclude<DuckDBValue, null | boolean | number | string | bigint>): Plain => {
  if ('items' in value) {
    return value.items.map(plainOf);
  }
  if ('entries' in value) {
    return Array.isArray(value.entries)
      ? Object.fromEntries(value.entries.map(({ key, value: of }) => [textOf(plainOf(key)), plainOf(of)]))
      : Object.fromEntries(Object.entries(value.entries).map(([name, of]) => [name, plainOf(of)]));
  }
  if ('nanos' in value && typeof value.nanos === 'bigint') {
    return timeOf(value.nanos, 9);
  }
  if ('micros' in value && typeof value.micros === 'bigint' && !('months' in value)) {
    return value.constructor.name.includes('Timestamp') ? timeOf(value.micros, 6) : String(value);
  }
  return String(value);
};

/** RFC 3339 in UTC of a time since 1970 with that many digits of a second. */
const timeOf = (value: bigint, digits: 6 | 9): string => {
  const unit = 10n ** BigInt(digits);
  const fraction = ((value % unit) + unit) % unit;
  const milliseconds = Number((value - fraction) / unit) * 1000;
  if (Math.abs(milliseconds) > maxDateMs) {
    return String(value);
  }
  return `${new Date(milliseconds).toISOString().slice(0, -5)}.${String(fraction).padStart(digits, '0')}Z`;
};

/** The last moment that a Date has (ECMAScript). */
const maxDateMs = 8.64e15;

/** A value as text: plain where it is one, else JSON. */
export const textOf = (value: Plain): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
