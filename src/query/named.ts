import { usageError } from '../errors.ts';
import { parseMoment } from '../filter/moment.ts';
import { didYouMean } from '../kernel/did-you-mean.ts';
import { quoteText } from './quote.ts';

/** What can be asked, and what a row of it is. */
export const views = {
  execs: 'programs that ran',
  failed: 'execs that failed, with errno',
  exits: 'ends of processes: code or signal, duration_ns',
  forks: 'births of processes',
  namespaces: 'namespaces made and entered',
  cgroups: 'cgroups made, entered, renamed and removed',
  containers: 'one row per life: created, started, stopped, startup_ns, code, joins',
  joins: 'who entered a container, with the first program and who brought it',
  processes: 'one row per process, with its last program',
  lost: 'what is missing, from when to when',
  records: 'all records with all columns',
} as const;

/** A question that has a name. */
export interface NamedQuery {
  readonly about: string;
  readonly sql: string;
  /** It needs --since, which is `$since` in its SQL. */
  readonly since?: true;
}

export const namedQueries: Readonly<Record<string, NamedQuery>> = {
  'slowest-startups': {
    about: 'containers by the time from the runtime’s exec to their program’s',
    sql: `SELECT container_name, runtime, image, started, startup_ns / 1e6 AS startup_ms,
  startup.runtime_ns / 1e6 AS runtime_ms, startup.cgroup_ns / 1e6 AS cgroup_ms,
  startup.namespaces_ns / 1e6 AS namespaces_ms, startup.rest_ns / 1e6 AS rest_ms
FROM containers WHERE startup_ns IS NOT NULL ORDER BY startup_ns DESC LIMIT 20`,
  },
  'failures-by-program': {
    about: 'programs that ended with a code other than 0 or by a signal, and execs that failed',
    sql: `SELECT exe, how, count(*) AS times, count(DISTINCT container_name) AS containers, max(time) AS last
FROM (SELECT coalesce(exe, comm) AS exe, coalesce(signal, 'code ' || code) AS how, container_name, time
      FROM exits WHERE code <> 0 OR signal IS NOT NULL
      UNION ALL SELECT exe, errno, container_name, time FROM failed)
GROUP BY exe, how ORDER BY times DESC, exe LIMIT 50`,
  },
  'programs-by-container': {
    about: 'what ran in each container, and how often',
    sql: `SELECT coalesce(container_name, 'host') AS container, exe, count(*) AS times, min(time) AS first
FROM execs GROUP BY container, exe ORDER BY container, times DESC, exe`,
  },
  'who-entered': {
    about: 'who came into a container from outside, and what they ran there',
    sql: 'SELECT time, container_name, pid, line, uid, by_pid, by_uid, by_comm, by_args FROM joins ORDER BY mono',
  },
  'shells-in-containers': {
    about: 'shells that ran in containers',
    sql: `SELECT time, container_name, pid, nspid_inner, uid, origin, line
FROM execs WHERE container_name IS NOT NULL
  AND regexp_matches(exe, '(^|/)(ba|da|a|z|k|c|tc|fi)?sh$')
ORDER BY time`,
  },
  'changed-programs': {
    about: 'programs that are not as the image of their container has them: written since, or without a name',
    sql: `SELECT time, container_name, pid, nspid_inner, uid, exe_file.layer AS layer, exe_file.deleted AS deleted, exe, line
FROM execs WHERE exe_file IS NOT NULL AND container_name IS NOT NULL ORDER BY time`,
  },
  restarts: {
    about: 'containers of one name that lived more than once',
    sql: `SELECT container_name, runtime, count(*) AS lives, list(coalesce(signal, code::VARCHAR) ORDER BY mono) AS ends,
  min(created) AS first, max(created) AS last
FROM containers GROUP BY host, container_name, runtime HAVING lives > 1 ORDER BY lives DESC, container_name`,
  },
  'longest-running': {
    about: 'processes that have ended, by how long they lived',
    sql: `SELECT coalesce(container_name, 'host') AS container, pid, duration_ns / 1e9 AS seconds, exe, comm, code, signal
FROM exits ORDER BY duration_ns DESC LIMIT 20`,
  },
  'most-execs-a-second': {
    about: 'the busiest seconds, and what ran most in each',
    sql: `SELECT date_trunc('second', time) AS second, count(*) AS execs, mode(exe) AS most,
  mode(coalesce(container_name, 'host')) AS container
FROM execs GROUP BY second ORDER BY execs DESC, second LIMIT 20`,
  },
  'new-programs': {
    about: 'programs of containers that never ran there before --since',
    sql: `SELECT coalesce(container_name, 'host') AS container, exe, min(time) AS first, count(*) AS times,
  arg_min(line, mono) AS line
FROM execs GROUP BY container, exe HAVING first >= $since::TIMESTAMP_NS ORDER BY first`,
    since: true,
  },
};

/** @throws NstraceError (2) if there is no such query, or its time is missing or none */
export const namedSql = (name: string, since: string | undefined): string => {
  const named = namedQueries[name];
  if (named === undefined) {
    throw usageError(
      `there is no query ${JSON.stringify(name)}`,
      didYouMean(name, Object.keys(namedQueries), `those with names are ${Object.keys(namedQueries).join(', ')}`),
    );
  }
  if (named.since && since === undefined) {
    throw usageError(`--run ${name} needs a time`, `--since ${new Date().toISOString().slice(0, 19)}Z`);
  }
  const moment = since === undefined ? '' : parseMoment(since, Date.now());
  if (moment === undefined) {
    throw usageError(`--since ${JSON.stringify(since)} is no time`, 'give RFC 3339, or an age: 30s, 10m, 2h');
  }
  return named.sql.replaceAll('$since', quoteText(moment));
};
