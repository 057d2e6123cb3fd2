import { maxRecordBytes } from '../write/line.ts';

const brace = 0x7d;

/** With its newline. Below a third of the limit no text can be too long. */
export const isTooLong = (line: string): boolean =>
  line.length > maxRecordBytes / 3 && Buffer.byteLength(line) + 1 > maxRecordBytes;

/** Whether it ends as a record does, on Windows too. */
export const isClosed = (line: string): boolean => {
  const last = line.length - 1;
  return line.charCodeAt(last) === brace || (line.charCodeAt(last) === 0x0d && line.charCodeAt(last - 1) === brace);
};

/** Records are nested 4 deep. What is nested thousands deep cannot be written again: JSON.stringify goes down by itself. */
const maxDepth = 500;

/** How deep objects and arrays are nested in a line that is JSON. */
const depthOf = (line: string): number => {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) {
        at += 1;
      } else if (code === 0x22) {
        inText = false;
      }
    } else if (code === 0x22) {
      inText = true;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
  return deepest;
};

/** Whether a line that is JSON is nested deeper than any record. */
export const isTooDeep = (line: string): boolean => line.length > 2 * maxDepth && depthOf(line) > maxDepth;
