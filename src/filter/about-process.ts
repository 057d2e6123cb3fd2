import { didYouMean } from '../kernel/did-you-mean.ts';
import { type Glob, hasWildcard, matchesGlob, parseGlob } from './glob.ts';
import { globAnswer } from './glob-test.ts';
import { answer, type Compiler, checkWords, type Matcher, processOf, ValueError } from './matcher.ts';
import type { Lineage, Root } from './processes.ts';
import type { Subject } from './subject.ts';

export const userTest =
  (read: (subject: Subject) => number | undefined) =>
  (values: readonly string[], { users }: Compiler): Matcher => {
    const uids = new Set<number>();
    const globs: Glob[] = [];
    for (const value of values) {
      const uid = /^\d+$/.test(value) ? Number(value) : users.idOf(value);
      if (hasWildcard(value)) {
        globs.push(parseGlob(value));
      } else if (uid === undefined) {
        throw new ValueError(
          `there is no user ${JSON.stringify(value)}`,
          didYouMean(value, users.all(), 'a number is taken, too'),
        );
      } else {
        uids.add(uid);
      }
    }
    return {
      of: (subject) => {
        const uid = read(subject);
        if (uid === undefined) {
          return 'none';
        }
        return answer(
          uids.has(uid) || globs.some((glob) => matchesGlob(glob, String(uid)) || matchesGlob(glob, users.nameOf(uid))),
        );
      },
    };
  };

export const uidTest = (uids: readonly number[]): Matcher => ({
  of: (subject) => {
    const uid = processOf(subject)?.uid;
    return uid === undefined ? 'none' : answer(uids.includes(uid));
  },
});

/** A host pid and what descends from it. */
export const pidTest = (values: readonly string[]): Matcher => {
  for (const value of values) {
    if (!/^[\d*?[\]!-]+$/.test(value)) {
      throw new ValueError(`${JSON.stringify(value)} is no pid`, 'p:4711, the pid on the host');
    }
  }
  const globs = values.map(parseGlob);
  return rootTest((pid) => globAnswer(globs, String(pid)) === 'yes');
};

export const rootTest = (root: Root): Matcher => {
  const test: Matcher = {
    root,
    of: ({ record, process }) => {
      if (!('pid' in record) || record.pid === undefined) {
        return 'none';
      }
      if (process === undefined || test.bit === undefined) {
        return answer(root(record.pid) || descends(process?.lineage, root));
      }
      return answer((process.roots & (1 << test.bit)) !== 0);
    },
  };
  return test;
};

const descends = (lineage: Lineage | undefined, root: Root): boolean => {
  for (let at = lineage; at !== undefined; at = at.parent) {
    if (root(at.pid)) {
      return true;
    }
  }
  return false;
};

/** `4026532572`, or as the kernel writes it: `net:[4026532572]`. */
export const namespaceTest = (values: readonly string[]): Matcher =>
  inodeTest(
    values.map((value) => {
      const digits = /^(?:[a-z]+:\[)?(\d{1,15})\]?$/.exec(value)?.[1];
      if (digits === undefined) {
        throw new ValueError(`${JSON.stringify(value)} is no inode of a namespace`, 'ns:4026532572');
      }
      return Number(digits);
    }),
  );

export const inodeTest = (inodes: readonly number[]): Matcher => ({
  of: ({ record }) => {
    if (record.type === 'container') {
      const { pidns } = record.container;
      return pidns === undefined ? 'none' : answer(inodes.includes(pidns));
    }
    return 'ns' in record ? answer(hasInode(record.ns, inodes)) : 'none';
  },
});

const hasInode = (ns: Readonly<Record<string, number | undefined>>, inodes: readonly number[]): boolean => {
  for (const type in ns) {
    if (inodes.includes(ns[type]!)) {
      return true;
    }
  }
  return false;
};

export const originOf = (subject: Subject): string | undefined => {
  const { origin } = subject.record as { origin?: string };
  return origin ?? processOf(subject)?.origin;
};

export const origins = ['init', 'born', 'joined'] as const;

export const originTest = (values: readonly string[]): Matcher => {
  checkWords(values, origins, 'origin');
  return {
    of: (subject) => {
      const origin = originOf(subject);
      return origin === undefined ? 'none' : answer(values.includes(origin));
    },
  };
};
