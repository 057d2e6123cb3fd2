import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { untrusted } from './find.ts';

/** util-linux's; that of busybox knows no signal for a parent's death. */
const setpriv = '/usr/bin/setpriv';

/**
 * What stands before a command so that it is killed when we end, by kill -9 too (PR_SET_PDEATHSIG, prctl(2)). Empty where setpriv is
 * missing: then a probe on our exit ends bpftrace (probes/control.bt), unless it hangs.
 */
export const dieWithParent = (path = setpriv): readonly string[] => {
  try {
    const real = realpathSync(path);
    return basename(real) === 'setpriv' && untrusted(real) === undefined ? [real, '--pdeathsig', 'KILL'] : [];
  } catch {
    return [];
  }
};
