import { tailFactor, tailOffset, tailStepBytes, wordBytes } from '../probe/wire.ts';

const mask = (1n << 64n) - 1n;

/**
 * The sum of exec_tail.bt over an argument area, from `tailOffset` to its end.
 *
 * @param area up to the end that the probe summed to
 */
export const tailSum = (area: Buffer, key: bigint): bigint => {
  let sum = key;
  let at = tailOffset;
  for (; at + tailStepBytes <= area.length; at += tailStepBytes) {
    sum = step(sum, area, at);
    sum ^= sum >> 32n;
  }
  return step(sum, area, area.length - tailStepBytes);
};

/** Four words. */
const step = (before: bigint, area: Buffer, at: number): bigint => {
  let sum = ((before ^ word(area, at)) * tailFactor) & mask;
  for (let offset = wordBytes; offset < tailStepBytes; offset += wordBytes) {
    sum = ((sum ^ (sum >> 29n) ^ word(area, at + offset)) * tailFactor) & mask;
  }
  return sum;
};

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const word = (area: Buffer, at: number): bigint => (littleEndian ? area.readBigUInt64LE(at) : area.readBigUInt64BE(at));
