import { describe, expect, it } from 'vitest';
import { didYouMean, nearest, nearestFew } from '../../src/kernel/did-you-mean.ts';

const commands = ['live', 'record', 'replay', 'timeline', 'ps', 'ns', 'inspect'];

describe('nearest', () => {
  it.each([
    ['recrod', 'record'],
    ['reply', 'replay'],
    ['timelin', 'timeline'],
    ['insp', 'inspect'],
    ['pss', 'ps'],
    ['zzz', undefined],
    ['', undefined],
  ])('of %j is %s', (word, expected) => {
    expect(nearest(word, commands)).toBe(expected);
  });

  it('asks, or says what there is', () => {
    expect(didYouMean('recrod', commands, 'see --help')).toBe('did you mean record?');
    expect(didYouMean('zzz', commands, 'see --help')).toBe('see --help');
  });
});

describe('nearestFew', () => {
  it('gives the nearest first, and at most N', () => {
    const names = ['web', 'web-1', 'wab', 'database', 'shop-web'];
    expect(nearestFew('wen', names, 2)).toEqual(['web']);
    expect(nearestFew('web', names, 3)).toEqual(['web', 'web-1', 'wab']);
    expect(nearestFew('data', names, 3)).toEqual(['database']);
  });
});
