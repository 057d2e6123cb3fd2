import { expect, it } from 'vitest';
import { asksForNames } from '../../src/query/statement.ts';

it.each([
  'SELECT exe, count(*) FROM execs GROUP BY exe',
  "SELECT line FROM failed WHERE errno = 'ENOENT' ORDER BY time LIMIT 5",
  'SELECT (SELECT count( * ) FROM exits) AS a, (SELECT count(*) FROM forks) AS b',
])('needs no late names for %s', (sql) => expect(asksForNames(sql)).toBe(false));

it.each([
  'FROM execs',
  'SELECT * FROM execs WHERE pid = 1',
  'SELECT container_name, count(*) FROM execs GROUP BY ALL',
  'SELECT e FROM execs e WHERE true',
  'SELECT execs FROM execs WHERE true',
  'SELECT "container_name" FROM execs WHERE true',
  'SELECT exe FROM execs JOIN containers USING (instance)',
  'SELECT exe FROM records WHERE true',
  'SELECT host FROM execs WHERE true',
  'PIVOT execs ON exe',
  'SELECT COLUMNS(c -> true) FROM execs WHERE true',
  'SELECT 1',
  'DESCRIBE execs',
])('needs them for %s', (sql) => expect(asksForNames(sql)).toBe(true));
