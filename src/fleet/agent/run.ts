import { say, sayError } from '../../console/say.ts';
import { cannotSpool, exitStatus, messageOf } from '../../errors.ts';
import { PartsOutput } from '../../output/parts.ts';
import { openRecording } from '../../recording/write/file.ts';
import { FileSink } from '../../recording/write/sinks/file.ts';
import { requireRoot } from '../../session/rights.ts';
import { type TraceOptions, type TraceValues, trace } from '../../tracing/trace.ts';
import type { FleetAccess } from '../access.ts';
import { makeSink, sinkNames } from '../sinks/destination.ts';
import { ReaderGone } from '../sinks/sink.ts';
import { openFolder } from '../spool/folder.ts';
import { spoolPath } from '../spool/name.ts';
import { partBytes } from '../spool/spool.ts';
import { Agent, ownHost } from './agent.ts';
import { bpftraceState } from './bpftrace-state.ts';
import { takeSpool } from './control-socket.ts';
import { AgentOutput } from './output.ts';
import { parseAddress, serve } from './server.ts';

export interface AgentValues extends FleetAccess, TraceValues {
  spool: string;
  spoolSize: number;
  to: string[];
  cluster: string;
  hostName?: string;
  /** Events a second and container. */
  limit?: number;
  metrics: string;
  redact: boolean;
}

/** Traces into a spool, and ships it, until something ends it. Gives the exit status. */
export const runAgent = async (
  values: AgentValues,
  { filter, filters }: Pick<TraceOptions, 'filter' | 'filters'>,
): Promise<number> => {
  const { spool: folder, spoolSize: limitBytes, cluster, hostName, to } = values;
  const names = sinkNames(to);
  const address = values.metrics === 'off' ? undefined : parseAddress(values.metrics);
  requireRoot();
  openFolder(folder);
  const host = ownHost(hostName);
  const sinks = await Promise.all(
    to.map((url, index) => makeSink(url, { ...values, name: names[index]!, cluster, host })),
  );
  let fail: (error: Error) => void = () => {};
  const agent = new Agent({
    ...{ folder, limitBytes, sinks, hostName, perSecond: values.limit, redact: values.redact },
    onNotice: say,
    onFailure: (error) => fail(error),
  });
  let parts: PartsOutput | undefined;
  const state = () => agent.state(bpftraceState(parts?.session?.child ?? 0, parts?.session?.restarts ?? 0));
  const control = await takeSpool(folder, state);
  const server = address === undefined ? undefined : await serve(address, state);
  const { failure } = await trace({
    ...{ values, filter, filters },
    usage: filter.events.has('usage'),
    makeOutput: (stop, wants) => {
      const failWriting = (error: Error): void => stop.fail(cannotSpool(folder, messageOf(error)));
      // Of a cursor; what else a shipper throws is no fault of the disk.
      fail = (error) =>
        error instanceof ReaderGone
          ? stop.now('reader-gone')
          : isOfSystem(error)
            ? failWriting(error)
            : stop.fail(error);
      const output = new PartsOutput({
        path: spoolPath(folder, new Date()),
        ...{ maxBytes: partBytes(limitBytes), maxMs: undefined, keep: undefined, change: undefined, wants },
        open: (path) => new FileSink(openRecording(path, { force: false }), failWriting),
        onNotice: say,
      });
      parts = output;
      agent.start();
      return new AgentOutput(agent, output);
    },
    onReady: (_, session) => {
      if (parts !== undefined) {
        parts.session = session;
      }
      say(`tracing into ${folder}, shipping to ${sinks.map(({ target }) => target).join(' and ')}`);
    },
    onAny: (record) => parts?.observe(record),
  });
  control.close();
  server?.close();
  return failure === undefined ? exitStatus.ok : sayError(failure);
};

const isOfSystem = (error: NodeJS.ErrnoException): boolean => error.code !== undefined && error.syscall !== undefined;
