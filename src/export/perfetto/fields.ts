/** Public field numbers of Perfetto's trace format (protos/perfetto/trace of its repository). */
export const trace = { packet: 1 } as const;

export const packet = {
  clockSnapshot: 6,
  timestamp: 8,
  sequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  timestampClockId: 58,
  defaults: 59,
  trackDescriptor: 60,
  firstOnSequence: 87,
} as const;

export const defaults = { timestampClockId: 58 } as const;
export const clockSnapshot = { clocks: 1, primaryTraceClock: 2 } as const;
export const clock = { id: 1, timestamp: 2 } as const;
/** BuiltinClock. */
export const clocks = { realtime: 1, boottime: 6 } as const;
/** SequenceFlags. */
export const flags = { cleared: 1, needsState: 2 } as const;

export const descriptor = { uuid: 1, name: 2, parent: 5, counter: 8, childOrdering: 11, rank: 12 } as const;
/** ChildTracksOrdering: by the rank of each. */
export const explicitOrder = 3;

export const event = {
  categoryIids: 3,
  debugAnnotations: 4,
  type: 9,
  nameIid: 10,
  trackUuid: 11,
  counterValue: 30,
  flowIds: 47,
  terminatingFlowIds: 48,
} as const;
export const eventType = { begin: 1, end: 2, instant: 3, counter: 4 } as const;

export const interned = { categories: 1, names: 2, annotationNames: 3, strings: 29 } as const;
/** EventCategory, EventName, DebugAnnotationName and InternedString are alike. */
export const internedEntry = { iid: 1, text: 2 } as const;
export const annotation = { nameIid: 1, bool: 2, uint: 3, int: 4, stringIid: 17 } as const;
