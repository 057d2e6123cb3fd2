/** The caller's time zone, which what is run for the caller has. */
const before = process.env.TZ;

/** All times that are shown from now on are in UTC. Node asks the variable anew each time it changes. */
export const showUtc = (): void => {
  process.env.TZ = 'UTC';
};

/** The environment's own time zone, for programs that are started. */
export const callersZone = (): { TZ: string | undefined } => ({ TZ: before });
