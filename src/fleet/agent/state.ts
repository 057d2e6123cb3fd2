/** What an agent reports of itself, at the moment it is asked. */
export interface AgentState {
  /** Records by type since it began. */
  readonly events: Readonly<Record<string, number>>;
  /** Lost events by stage. */
  readonly lost: Readonly<Record<string, number>>;
  readonly containers: number;
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
  /** Age of the oldest record that not every sink has stored; 0 if there is none. */
  readonly spoolAgeSeconds: number;
  /** ms since the last heartbeat of the probes. */
  readonly silentMs: number;
  readonly bpftrace: BpftraceState;
  readonly sinks: readonly SinkState[];
}

/** The child process that traces. */
export interface BpftraceState {
  /** How often it had to be started again. */
  readonly restarts: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export interface SinkState {
  readonly name: string;
  readonly target: string;
  readonly records: number;
  readonly bytes: number;
  readonly retries: number;
  readonly refused: number;
  /** Bytes of the spool that it has not stored yet. */
  readonly lagBytes: number;
  /** Age of the oldest record of them; 0 if there is none. */
  readonly lagSeconds: number;
  readonly trouble: string | undefined;
}
