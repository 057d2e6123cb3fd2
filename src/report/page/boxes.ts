import type { RecordOf } from '../../record/schema.ts';
import type { Life } from '../data.ts';

/** A process: a bar of its own. Times are ns since the recording's beginning. */
export interface Proc {
  readonly index: number;
  readonly pid: number;
  /** In its innermost pid namespace, if that is not the host's. */
  inner: number | undefined;
  readonly ppid: number | undefined;
  readonly parent: Proc | undefined;
  from: number;
  /** Undefined while it lives. */
  to: number | undefined;
  /** It was there before tracing began. */
  readonly before: boolean;
  box: Box;
  name: string;
  /** What it executed last. */
  program: RecordOf<'exec' | 'process'> | undefined;
  exit: RecordOf<'exit'> | undefined;
  joined: boolean;
  /** The container that it works for from outside. */
  worksFor: Box | undefined;
  /** Numbers of its records. */
  readonly events: number[];
  /** When it executed something, and when that failed. */
  readonly execs: number[];
  readonly failures: number[];
}

/** A life of a container, or the host. */
export interface Box {
  readonly index: number;
  readonly life: Life | undefined;
  /** The recording that it is of, where there are several. */
  readonly recording: string | undefined;
  readonly name: string;
  readonly procs: Proc[];
  /** Processes outside that work for it. */
  readonly helpers: Set<Proc>;
  readonly events: number[];
  readonly namespaces: Namespace[];
  readonly from: number;
  readonly to: number;
  /** When something was executed, or failed to be, or somebody entered: sorted. */
  readonly marks: { execs: Float64Array; failures: Float64Array; joins: Float64Array };
}

/** A namespace of a container. */
export interface Namespace {
  readonly type: string;
  readonly inode: number;
  from: number;
  created: { readonly at: number; readonly by: string } | undefined;
  readonly joined: { readonly at: number; readonly by: string }[];
  /** Whose it is too: `host`, or other containers. */
  shared: string[];
}
