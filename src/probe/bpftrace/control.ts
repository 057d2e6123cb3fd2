import { getPriority, setPriority } from 'node:os';

/** How often a heartbeat is asked for where somebody waits for one: by itself it comes every 100 ms, or every second. */
export const askMs = 20;

/** getpriority(2), which control.bt takes as a wish for a heartbeat. */
export const askForHeartbeat = (): void => {
  getPriority();
};

/** setpriority(2), which control.bt takes as the order to stop all probes. It changes nothing else. */
export const stopProbes = (): void => setPriority(getPriority());
