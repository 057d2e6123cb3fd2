import { Summary, type SummaryOptions } from '../../src/diff/summary.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { container, exec, exit, inContainer, xyxy12Info } from '../fixtures/records.ts';

export const summaryOf = (
  records: readonly NstraceRecord[],
  options: SummaryOptions = { match: 'name', numbers: 'long' },
): Summary => {
  const summary = new Summary(options);
  for (const record of records) {
    summary.take(record, 'r1');
  }
  return summary;
};

let pid = 20_000;

/** A program that runs in a container called web, from exec to exit. */
export const ran = (
  args: readonly string[],
  more: { code?: number; signal?: string; origin?: 'joined'; name?: string } = {},
): NstraceRecord[] => {
  pid += 1;
  const { code = 0, signal, origin, name = 'web' } = more;
  const ref = { ...inContainer, pid, container: { id: name, name, runtime: 'runc' } };
  return [
    exec({ ...ref, exe: `/bin/${args[0]}`, args: [...args], ...(origin && { origin }) }),
    exit({ ...ref, ...(signal === undefined ? { code } : { signal }) }),
  ];
};

export const life = (name: string, image?: string, startup_ns?: number): NstraceRecord[] => {
  const info = { ...xyxy12Info, id: name, name, ...(image && { image }) };
  return [
    container({ op: 'created', container: info }),
    container({ op: 'started', container: info, ...(startup_ns !== undefined && { startup_ns }) }),
    container({ op: 'stopped', container: info, code: 0 }),
  ];
};
