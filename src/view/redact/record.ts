import type { NstraceRecord } from '../../record/schema.ts';
import { redactArgs, redactText } from './args.ts';

/**
 * A record with the secrets in its arguments masked: those of the process, of who asked for or entered a container, and of
 * nstrace itself in the header.
 *
 * @returns the same record if there is nothing to mask; else a copy
 */
export const redactRecord = <R extends NstraceRecord>(record: R): R => {
  switch (record.type) {
    case 'header':
    case 'exec':
    case 'process':
      return redactProgram(record as R & WithArgs);
    case 'container':
      return redactContainer(record) as R;
    default:
      return record;
  }
};

interface WithArgs {
  readonly args?: readonly string[] | undefined;
  readonly args_base64?: readonly string[] | undefined;
}

/** Exact bytes of a masked argument are those of its mask. */
export const redactProgram = <T extends WithArgs>(program: T): T => {
  const { args, args_base64: exact } = program;
  const masked = args === undefined ? args : redactArgs(args);
  if (masked === undefined || masked === args) {
    return program;
  }
  if (exact === undefined) {
    return { ...program, args: masked };
  }
  const bytes = exact.map((base64, index) =>
    masked[index] === args![index] ? base64 : Buffer.from(masked[index]!).toString('base64'),
  );
  return { ...program, args: masked, args_base64: bytes };
};

type ContainerRecord = Extract<NstraceRecord, { type: 'container' }>;

const redactContainer = (record: ContainerRecord): ContainerRecord => {
  const copy = { ...record } as ContainerRecord & Record<string, unknown>;
  let changed = false;
  for (const name of ['by', 'asked_by'] as const) {
    const who = copy[name] as (WithArgs & { evidence?: readonly string[] }) | undefined;
    if (who !== undefined) {
      const masked = redactEvidence(redactProgram(who));
      changed ||= masked !== who;
      (copy as Record<string, unknown>)[name] = masked;
    }
  }
  const labels = record.container.labels;
  const masked = labels === undefined ? labels : redactLabels(labels);
  if (masked !== labels) {
    changed = true;
    copy.container = { ...record.container, labels: masked };
  }
  return changed ? copy : record;
};

const redactEvidence = <T extends { evidence?: readonly string[] }>(who: T): T => {
  const masked = who.evidence?.map(redactText);
  return masked?.some((text, index) => text !== who.evidence![index]) ? { ...who, evidence: masked } : who;
};

const redactLabels = (labels: Record<string, string>): Record<string, string> => {
  let masked: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(labels)) {
    const text = redactArgs([`${name}=${value}`])[0]!;
    if (text !== `${name}=${value}`) {
      masked ??= { ...labels };
      masked[name] = text.slice(name.length + 1);
    }
  }
  return masked ?? labels;
};
