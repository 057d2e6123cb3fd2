/** Kinds of records that happen, as -e names them. */
export const eventKinds = ['exec', 'fork', 'exit', 'namespace', 'cgroup', 'container', 'usage'] as const;
export type EventKind = (typeof eventKinds)[number];

/** What happens by itself: the use of CPU and memory is read only where somebody asks for it. */
export const recordedKinds: readonly EventKind[] = eventKinds.filter((kind) => kind !== 'usage');
