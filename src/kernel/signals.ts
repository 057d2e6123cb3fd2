import { constants } from 'node:os';

const signalNames = new Map(Object.entries(constants.signals).map(([name, value]) => [value, name]));
/** Names that Node knows twice. */
signalNames.set(constants.signals.SIGABRT, 'SIGABRT');
signalNames.set(constants.signals.SIGIO, 'SIGIO');

/** Real-time signals have numbers only. */
export const signalName = (signal: number): string => signalNames.get(signal) ?? `SIG${signal}`;
