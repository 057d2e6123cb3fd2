import { installCommand } from '../errors.ts';
import { askFeatures } from '../probe/bpftrace/ask-features.ts';
import { findBpftrace } from '../probe/bpftrace/find.ts';
import { isUntested, oldestTested, type Version, versionOf } from '../probe/bpftrace/version.ts';
import { Tracer } from '../probe/tracer.ts';
import { Limited } from './check.ts';
import type { DoctorFinding } from './schema.ts';

/** @throws NstraceError (3) if there is none that root may run; Limited for one that is too old to have been tested */
export const checkBpftrace = async (chosen: string | undefined): Promise<string> => {
  const path = findBpftrace(chosen);
  return describeBpftrace(await versionOf([path]), path);
};

export const describeBpftrace = (version: Version, path: string): string => {
  const text = `${version.text} (${path})`;
  if (isUntested(version)) {
    throw new Limited(
      `${text} is older than all that nstrace is tested with (${oldestTested} and newer)`,
      `${installCommand('bpftrace')} from a newer release, or name one with --bpftrace PATH`,
    );
  }
  return text;
};

/** Really attaches all probes, and detaches them. @throws NstraceError (3) that says what the system lacks */
export const checkProbes = async (chosen: string | undefined, before: readonly DoctorFinding[]): Promise<string> => {
  const missing = before.filter(({ level }) => level === 'missing').map(({ name }) => name);
  if (missing.length > 0) {
    throw new Error(`not tried, without ${missing.join(', ')}`);
  }
  const command = [findBpftrace(chosen)];
  const began = Date.now();
  const { features } = await askFeatures(command);
  const tracer = new Tracer({
    command,
    features,
    failed: true,
    onEvent: () => {},
    onBeat: () => {},
    onNotice: () => {},
    onResume: () => {},
    onFailure: () => {},
  });
  await tracer.start();
  const ready = Date.now() - began;
  await tracer.stop(new AbortController().signal);
  return `all attached in ${(ready / 1000).toFixed(1)} s; ${tracer.count.made} lines made, ${tracer.count.lost} lost`;
};
