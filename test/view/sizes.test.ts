import { describe, expect, it } from 'vitest';
import { size } from '../../src/view/sizes.ts';

describe('size', () => {
  it.each([
    [0, '0B'],
    [999, '999B'],
    [4096, '4.0K'],
    [150 * 1024, '150K'],
    [1024 ** 2 - 1, '1.0M'],
    [1.5 * 1024 ** 3, '1.5G'],
    [5000 * 1024 ** 4, '5000T'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});
