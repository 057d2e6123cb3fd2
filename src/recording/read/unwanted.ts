import { valid } from '../../record/valid.ts';
import { isClosed } from './line-shape.ts';

const comma = 0x2c;

/** The number of a record of a type that is not wanted, as its first characters say it; 0 if they do not. */
export const seqOfUnwanted = (line: string, wanted: ReadonlySet<string>): number => {
  if (!line.startsWith('{"type":"')) {
    return 0;
  }
  const end = line.indexOf('"', 9);
  const type = line.slice(9, end);
  if (wanted.has(type) || !valid.has(type) || !line.startsWith('","seq":', end)) {
    return 0;
  }
  let seq = 0;
  let at = end + 8;
  for (let digit = line.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = line.charCodeAt(at) - 48) {
    seq = seq * 10 + digit;
    at += 1;
  }
  return line.charCodeAt(at) === comma && isClosed(line) && seq <= Number.MAX_SAFE_INTEGER ? seq : 0;
};
