import { InvalidArgumentError } from 'commander';
import { maxTimerMs } from '../../console/limit.ts';
import { parseAge } from '../../filter/moment.ts';
import { didYouMean } from '../../kernel/did-you-mean.ts';
import { groupIdOf } from '../../view/groups.ts';
import { UserNames } from '../../view/users.ts';

export const collect = (value: string, before: string[] = []): string[] => {
  if (value === '' || value === '!') {
    throw new InvalidArgumentError('it names no container');
  }
  return [...before, value];
};

/** A name, or a pattern of names. */
export const collectWord = (value: string, before: string[] = []): string[] => {
  if (value === '') {
    throw new InvalidArgumentError('it is empty');
  }
  return [...before, value];
};

/** Where no text goes, `-` would be a file of that name. */
export const parsePlace = (value: string): string => {
  if (value === '-') {
    throw new InvalidArgumentError('this cannot go to standard output: name a place');
  }
  return value;
};

export const collectNumber = (value: string, before: number[] = []): number[] => {
  const digits = /^(?:[a-z]+:\[)?(\d+)\]?$/.exec(value);
  if (digits === null) {
    throw new InvalidArgumentError('it is not a number');
  }
  return [...before, Number(digits[1])];
};

export const collectUser = (value: string, before: number[] = []): number[] => [...before, parseUser(value)];

export const parseUser = (value: string): number => {
  const users = new UserNames();
  const uid = /^\d+$/.test(value) ? Number(value) : users.idOf(value);
  if (uid === undefined) {
    const near = didYouMean(value, users.all(), 'give the number of one that this host does not know');
    throw new InvalidArgumentError(`there is no such user: ${near}`);
  }
  return uid;
};

export const parseGroup = (value: string): number => {
  const gid = /^\d+$/.test(value) ? Number(value) : groupIdOf(value);
  if (gid === undefined) {
    throw new InvalidArgumentError('there is no such group: give the number of one that /etc/group does not know');
  }
  return gid;
};

export const parseCount = (value: string): number => {
  if (!/^[1-9]\d*$/.test(value)) {
    throw new InvalidArgumentError('it must be a number from 1');
  }
  return Number(value);
};

/** `30s`, `1.5m`, `1h30m`, `500ms`; seconds without a unit. In ms. */
export const parseDuration = (value: string): number => {
  const ms = parseAge(/^\d+(?:\.\d+)?$/.test(value) ? `${value}s` : value) ?? 0;
  if (ms <= 0 || ms > maxTimerMs) {
    throw new InvalidArgumentError('it is not a time such as 30s, 5m or 1h (24 days at most)');
  }
  return ms;
};

const sizes: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** `100MB`, `1.5GiB`, `64k` in bytes; undefined for what is no size. `10m` is none: it is a time. */
export const sizeOf = (value: string): number | undefined => {
  const size = /^(\d+(?:\.\d+)?)([kmgt]i?)?b$|^(\d+(?:\.\d+)?)([kgt]i?|mi)$/i.exec(value);
  return size === null
    ? undefined
    : Math.round(Number(size[1] ?? size[3]) * (sizes[(size[2] ?? size[4] ?? '').toLowerCase()] ?? 1));
};

export const parseSize = (value: string): number => {
  const size = sizeOf(value);
  if (size === undefined || size === 0) {
    throw new InvalidArgumentError('it is no size such as 100MB or 1GB');
  }
  return size;
};
