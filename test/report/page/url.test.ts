import { describe, expect, it } from 'vitest';
import { readUrl, type UrlState, writeUrl } from '../../../src/report/page/url.ts';

const whole: UrlState = { from: 0, to: 3e9, query: '', selected: '', open: new Set([0, 2]) };

describe('the fragment of a report’s address', () => {
  it('is empty while everything is as it was at first', () => {
    expect(writeUrl({ ...whole, open: new Set([2, 0]) }, whole)).toBe('');
  });

  it('leads back to what was shown', () => {
    const shown: UrlState = {
      ...{ from: 1_500_000, to: 2_750_000, query: 'c:web exit:!0 "a&b=c"', selected: 'p12' },
      open: new Set([3, 1]),
    };
    const fragment = writeUrl(shown, whole);
    expect(readUrl(`#${fragment}`, whole)).toEqual(shown);
    expect(fragment).toContain('t=1.5-2.75');
    expect(fragment).toContain('o=1.3');
  });

  it('says that all is folded', () => {
    const fragment = writeUrl({ ...whole, open: new Set() }, whole);
    expect(readUrl(fragment, whole).open).toEqual(new Set());
  });

  it.each(['t=5-5', 't=9-2', 't=-1-2', 't=1e3-2e3', 't=a-b', 't=1', 's=x1', 's=p', 's=p1<script>', 'no=matter', '%'])(
    'that makes no sense is passed over: %s',
    (fragment) => {
      expect(readUrl(`#${fragment}`, whole)).toEqual(whole);
    },
  );

  it('keeps the numbers of containers that can be read', () => {
    expect(readUrl('#o=1.x.3.-2', whole).open).toEqual(new Set([1, 3]));
  });
});
