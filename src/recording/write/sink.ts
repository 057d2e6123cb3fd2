/** Where lines go: a file, a pipe, a terminal. Never blocks and never throws: failure is reported once. */
export interface LineSink {
  /** Bytes taken and not yet written. */
  readonly pending: number;
  put(text: string): void;
  /** What was put so far goes on its way. */
  flush(): void;
  /** Writes the rest. Resolves also if that fails. */
  end(): Promise<void>;
}

/** A sink into a file, which knows how long that is, with what still waits. */
export interface SizedSink extends LineSink {
  readonly size: number;
}

/** Called once, with what went wrong; nothing is written after it. */
export type OnSinkError = (error: NodeJS.ErrnoException) => void;

/** Text is collected up to this length, so that a record does not cost a write. */
export const blockBytes = 64 * 1024;
