import type { RecordOf } from '../record/schema.ts';
import { noFlow, type TraceFormat } from './tracks.ts';

/** Draws what a start of a container took. Its parts follow each other; the client's comes before it. */
export const drawStartup = (
  format: TraceFormat,
  track: number,
  { startup_ns: whole, startup = {} }: RecordOf<'container'>,
  at: number,
): void => {
  if (whole === undefined) {
    return;
  }
  const slice = (from: number, to: number, name: string): void => {
    format.begin(track, from, 'startup', name, [], noFlow);
    format.end(track, to, []);
  };
  const from = at - whole;
  const client = startup.client_ns ?? 0;
  if (client > 0) {
    slice(from - client, from, 'client');
  }
  format.begin(track, from, 'startup', 'startup', ['startup_ns', whole], noFlow);
  let next = from;
  for (const [name, ns] of [
    ['runtime', startup.runtime_ns],
    ['cgroup', startup.cgroup_ns],
    ['namespaces', startup.namespaces_ns],
    ['rest', startup.rest_ns],
  ] as const) {
    if (ns !== undefined) {
      const to = Math.min(at, next + ns);
      slice(next, to, name);
      next = to;
    }
  }
  format.end(track, at, []);
};
