import { say, sayError } from '../console/say.ts';
import type { Stop, StopReason } from '../console/stop.ts';
import { exitStatus } from '../errors.ts';
import type { OnlyCommand } from '../filter/only.ts';
import { counted } from '../kernel/plural.ts';
import { openOutput, pathsOf, type RecordOutput, type RotateValues } from '../output/file.ts';
import { PartsOutput } from '../output/parts.ts';
import { removeEmpty, sayRecorded } from '../output/recorded.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { FileOptions } from '../recording/write/file.ts';
import type { Session } from '../session/session.ts';
import { escapeText } from '../view/escape.ts';
import type { Launch } from './launch.ts';
import { type TraceEnd, type TraceOptions, type TraceValues, trace } from './trace.ts';
import type { UntilStopped } from './until-stopped.ts';

export interface RecordOptions extends Pick<TraceOptions, 'filters' | 'filter' | 'judging'> {
  /** `-` is standard output. */
  readonly file: string;
  readonly values: TraceValues & RotateValues & Partial<FileOptions>;
  /** What becomes of each record before it is written. */
  readonly change: ((record: NstraceRecord) => NstraceRecord) | undefined;
  /** A command that is run, and traced as long as it and what it started live. */
  readonly launch: Launch | undefined;
  /** Only what that command does. */
  readonly only: OnlyCommand | undefined;
  /** What ends it. */
  readonly until: UntilStopped | undefined;
}

/** Traces into a file until something ends it, and says what was recorded. Gives the exit status. */
export const recordTrace = async (options: RecordOptions): Promise<number> => {
  const { file, values, launch, only, until } = options;
  const recording = new Recording(options);
  const end = await recording.trace().finally(() => removeEmpty(file, recording.output, values.force));
  const { reason, left } = end;
  const failure = recording.broken ?? end.failure;
  const failedStatus = failure === undefined ? undefined : sayError(failure);
  const cutShort = !left && launch?.running === true;
  if (cutShort) {
    await awaitCommand(launch, failure !== undefined);
  }
  if (failedStatus !== undefined) {
    return failedStatus;
  }
  if (recording.output !== undefined) {
    sayRecorded(file, recording.output, 'it was stopped before all probes were attached');
  }
  sayOthers(only?.others ?? 0);
  if (until !== undefined && reason === 'container-stopped') {
    return containerStatus(until);
  }
  if (launch === undefined || (cutShort && askedFor.has(reason))) {
    return exitStatus.ok;
  }
  return launch.status ?? signalStatus[reason as keyof typeof signalStatus] ?? exitStatus.ok;
};

/** A trace that is written. */
class Recording {
  readonly #options: RecordOptions;
  output: RecordOutput | undefined;
  /** Why nothing more could be written. */
  broken: Error | undefined;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  trace(): Promise<TraceEnd> {
    const { file, values, filters, filter, judging, change, launch, only, until } = this.#options;
    return trace({
      ...{ values, filters, filter, judging },
      usage: filter.events.has('usage'),
      only: only && ((record) => only.wants(record)),
      makeOutput: (stop, wants) => {
        if (until !== undefined) {
          until.onEnd = () => stop.now('container-stopped');
        }
        this.output = openOutput({ file, values, stop, change, wants }, (error) => {
          this.broken = error;
        });
        return this.output;
      },
      onReady: (stop, session) => this.#begin(stop, session),
      passOn: (signal) => {
        const passes = launch?.running ?? false;
        if (passes) {
          launch?.signal(signal);
        }
        return passes;
      },
      onAny: (record) => {
        launch?.follow(record);
        until?.take(record);
      },
    });
  }

  #begin(stop: Stop, session: Session): void {
    const { file, launch, only } = this.#options;
    if (this.output instanceof PartsOutput) {
      this.output.session = session;
    }
    if (launch === undefined) {
      say(`recording to ${escapeText(pathsOf(file, this.output).at(-1)!)}; Ctrl-C stops`);
    } else {
      launch.start(() => stop.now('command-ended'));
      only?.begin(launch.pid);
    }
  }
}

/** The trace has ended before its command. */
const awaitCommand = async (launch: Launch, hasFailed: boolean): Promise<void> => {
  if (hasFailed) {
    say('the command goes on untraced, and is waited for; Ctrl-C ends it');
  } else {
    say('tracing has ended, and so does the command (SIGTERM)');
    launch.signal('SIGTERM');
  }
  await launch.finished();
};

const sayOthers = (others: number): void => {
  if (others > 0) {
    say(
      `${counted(others, 'other container')} that started meanwhile ${others === 1 ? 'was' : 'were'} left out (--only)`,
    );
  }
};

const containerStatus = (until: UntilStopped): number => {
  if (until.status === undefined) {
    say('how the container ended is not known');
  }
  return until.status ?? exitStatus.failed;
};

/** Ends of tracing that were asked for, with which the command was ended too. */
const askedFor: ReadonlySet<StopReason> = new Set<StopReason>(['duration', 'max-events', 'reader-gone']);
/** Of a command that was never started, as a shell has it. */
const signalStatus = { interrupt: 130, terminated: 143, hangup: 129 } as const;
