import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const nameOf = (ms: number): string => `nstrace-${new Date(ms).toISOString().replaceAll(/[-:]/g, '')}`;
const named = /^nstrace-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z\./;

/**
 * Where a recording of an agent goes in its spool: a name that sorts by time, and always behind what is there or was shipped. The clock
 * can have been set back since, and a part that sorts before a cursor counts as shipped.
 */
export const spoolPath = (folder: string, now: Date): string => {
  const latest = [...readdirSync(folder), ...shippedIn(folder)].reduce((ms, name) => Math.max(ms, timeOf(name)), 0);
  return join(folder, `${nameOf(Math.max(now.getTime(), latest + 1))}.ndjson`);
};

/** When a recording began, by the name of one of its parts, in ms since 1970; 0 where that says nothing. */
const timeOf = (name: string): number => {
  const [, year, month, day, hour, minute, second] = named.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) || 0;
};

/** The parts at which the cursors of all sinks stand, also of those that are not used now. */
const shippedIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.cursor.json'))
    .flatMap((name) => {
      try {
        const { part } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
        return typeof part === 'string' ? [part] : [];
      } catch {
        // Who cannot be read begins at the oldest part.
        return [];
      }
    });
