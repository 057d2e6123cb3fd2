import { describe, expect, it } from 'vitest';
import { isInShare, parseShare } from '../../../src/fleet/stream/host-share.ts';

describe('a share', () => {
  it.each(['0/2', '3/2', '1', '1/0', '1/65', '-1/2', '1/2/3'])('is not %j', (text) => {
    expect(() => parseShare(text)).toThrow(expect.objectContaining({ status: 2 }));
  });

  it.each([1, 2, 3, 7])('of %d has each host once, and about as many as the others', (of) => {
    const counts = Array.from({ length: of }, () => 0);
    for (let host = 0; host < 1000; host += 1) {
      const subject = `nstrace.prod.web-${host}`;
      const shares = counts.map((_, at) => isInShare(subject, parseShare(`${at + 1}/${of}`)));
      expect(shares.filter(Boolean)).toHaveLength(1);
      counts[shares.indexOf(true)]! += 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(700 / of);
  });
});
