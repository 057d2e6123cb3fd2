import { describe, expect, it } from 'vitest';
import { errnoName } from '../../src/kernel/errno.ts';

describe('errnoName', () => {
  it.each([
    [2, 'ENOENT'],
    [7, 'E2BIG'],
    [8, 'ENOEXEC'],
    [11, 'EAGAIN'],
    [13, 'EACCES'],
    [26, 'ETXTBSY'],
    [40, 'ELOOP'],
    [80, 'ELIBBAD'],
    [133, 'EHWPOISON'],
    [41, 'E41'],
    [9999, 'E9999'],
  ])('names %d %s', (errno, name) => {
    expect(errnoName(errno)).toBe(name);
  });
});
