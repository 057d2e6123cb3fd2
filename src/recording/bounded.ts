import { Transform } from 'node:stream';

const newline = 0x0a;

/** Passes lines on, but of one that is longer than `most` bytes only so much: nothing has to be held to find its end. */
export const boundedLines = (most: number): Transform => {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      if (length + chunk.length <= most) {
        // No line in it can be too long.
        const last = chunk.lastIndexOf(newline);
        length = last === -1 ? length + chunk.length : chunk.length - last - 1;
        done(null, chunk);
        return;
      }
      let from = 0;
      while (from < chunk.length) {
        const end = chunk.indexOf(newline, from);
        const to = end === -1 ? chunk.length : end;
        const room = Math.max(0, most - length);
        const kept = Math.min(to - from, room);
        if (kept > 0) {
          this.push(chunk.subarray(from, from + kept));
        }
        length += to - from;
        if (end !== -1) {
          this.push(chunk.subarray(end, end + 1));
          length = 0;
        }
        from = to + 1;
      }
      done();
    },
  });
};
