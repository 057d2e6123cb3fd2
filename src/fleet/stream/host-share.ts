import { usageError } from '../../errors.ts';

/** Which hosts of a stream one of several writers takes. */
export interface HostShare {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

const maxWriters = 64;

/** `2/3`. @throws NstraceError (2) */
export const parseShare = (text: string): HostShare => {
  const [, index = 0, of = 0] = (/^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of || of > maxWriters) {
    throw usageError(`--share ${JSON.stringify(text)} is no share`, '1/3, 2/3 and 3/3 are those of three writers');
  }
  return { index, of };
};

/**
 * Whether the messages of a subject are in a share. A host is always in the same one: what is sent twice is found by who
 * has the first of it.
 */
export const isInShare = (subject: string, { index, of }: HostShare): boolean => hash(subject) % of === index - 1;

/** FNV-1a of 32 bits (draft-eastlake-fnv), and then mixed: the low bits of similar names are alike. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value ^= value >>> 16;
  return Math.imul(value, 0x85ebca6b) >>> 0;
};
