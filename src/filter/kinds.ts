/** Kinds of records that happen, as -e names them. */
export const eventKinds = ['exec', 'fork', 'exit', 'namespace', 'cgroup', 'container'] as const;
export type EventKind = (typeof eventKinds)[number];
