import { capabilityNames } from '../kernel/capabilities.ts';
import { readProcText } from './read.ts';

/** The capabilities of this process that are in effect (proc(5), CapEff); none where /proc does not say. */
export const ownRights = (status = readProcText('/proc/self/status') ?? ''): Set<string> =>
  new Set(capabilityNames(BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)));
