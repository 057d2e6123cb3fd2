import { describe, expect, it } from 'vitest';
import { seqOfUnwanted } from '../../../src/recording/read/unwanted.ts';
import { exec, exit, fork } from '../../fixtures/records.ts';

const wanted = new Set(['exec', 'header', 'footer', 'lost']);
const seqOf = (line: string) => seqOfUnwanted(line, wanted);

describe('a line that is not parsed, because nobody wants its record', () => {
  it('says its number', () => {
    expect(seqOf(JSON.stringify(fork({ seq: 7 })))).toBe(7);
    expect(seqOf(JSON.stringify(exit({ seq: Number.MAX_SAFE_INTEGER })))).toBe(Number.MAX_SAFE_INTEGER);
    expect(seqOf(`${JSON.stringify(fork({ seq: 7 }))}\r`)).toBe(7);
  });

  it.each([
    ['of a type that is wanted', JSON.stringify(exec({ seq: 7 }))],
    ['of a type that is not known', '{"type":"later","seq":7,"x":1}'],
    ['of a type that every object has', '{"type":"toString","seq":7,"x":1}'],
    ['with its fields in another order', '{"seq":7,"type":"fork","x":1}'],
    ['with blanks', '{ "type": "fork", "seq": 7, "x": 1}'],
    ['that was cut off', '{"type":"fork","seq":7,"x":'],
    ['without a number', '{"type":"fork","seq":"7","x":1}'],
    ['with a fraction', '{"type":"fork","seq":7.5,"x":1}'],
    ['with a negative number', '{"type":"fork","seq":-7,"x":1}'],
    ['with a number past 2^53', '{"type":"fork","seq":99999999999999999,"x":1}'],
    ['without anything', ''],
    ['without a type', '{"type":"'],
  ])('is parsed all the same %s', (_, line) => {
    expect(seqOf(line)).toBe(0);
  });
});
