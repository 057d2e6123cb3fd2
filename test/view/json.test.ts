import { expect, it } from 'vitest';
import { jsonLine } from '../../src/view/json.ts';

it('writes as an escape what a terminal would act on, and is the same value to a program', () => {
  const value = { a: 'x\u009b31m\u202e\u{e0041}\x7f\x1b', b: ['größe', '\u2028'], c: 1 };
  const line = jsonLine(value);
  expect(line).toBe('{"a":"x\\u009b31m\\u202e\\udb40\\udc41\\u007f\\u001b","b":["größe","\\u2028"],"c":1}\n');
  expect(JSON.parse(line)).toEqual(value);
});
