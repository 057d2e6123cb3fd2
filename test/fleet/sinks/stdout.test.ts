import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { ReaderGone } from '../../../src/fleet/sinks/sink.ts';
import { StdoutSink } from '../../../src/fleet/sinks/stdout.ts';

const batch = (text: string) => ({ text: Buffer.from(text), records: 1 }) as never;

const failing = (code: string) =>
  new StdoutSink(
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code, syscall: 'write' })),
    }),
  );

it('has stored what was written', async () => {
  const written: string[] = [];
  const sink = new StdoutSink(
    new Writable({
      write: (chunk, _encoding, done) => {
        written.push(String(chunk));
        setImmediate(done);
      },
    }),
  );
  expect(await sink.send(batch('a\n'))).toBe(0);
  expect(written).toEqual(['a\n']);
  await sink.close();
});

it('distinguishes a reader that went away from a full disk', async () => {
  await expect(failing('EPIPE').send(batch('a\n'))).rejects.toBeInstanceOf(ReaderGone);
  await expect(failing('ENOSPC').send(batch('a\n'))).rejects.toThrow(/writing standard output failed: write ENOSPC/);
  await failing('EPIPE').close();
});
