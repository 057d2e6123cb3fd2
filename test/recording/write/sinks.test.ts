import { mkdtempSync, openSync, readFileSync, rmSync, truncateSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { PassThrough, Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRecording } from '../../../src/recording/write/file.ts';
import { FileGone, FileSink, type WriteSome } from '../../../src/recording/write/sinks/file.ts';
import { GzipSink } from '../../../src/recording/write/sinks/gzip.ts';
import { StreamSink } from '../../../src/recording/write/sinks/stream.ts';

/** A disk with `room` bytes left, of which one write takes at most `most`. */
class Disk {
  room = Number.POSITIVE_INFINITY;
  most = Number.POSITIVE_INFINITY;

  readonly write: WriteSome = (descriptor, bytes, from, length, at, done) => {
    const fits = Math.min(length, this.room, this.most);
    this.room -= fits;
    if (fits === 0) {
      setImmediate(done, Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }), 0);
    } else {
      write(descriptor, bytes, from, fits, at, done);
    }
  };
}

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-sink-`);
  path = `${folder}/a.ndjson`;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A disk may be busy with something else. */
const patience = { timeout: 60_000 };

const noError = (error: Error): never => {
  throw error;
};

describe('FileSink', () => {
  it('notices that its file was removed or cut by somebody else', async () => {
    for (const harm of [(): void => rmSync(path), (): void => truncateSync(path, 3)]) {
      const errors: Error[] = [];
      const sink = new FileSink(openRecording(path, { force: true }), (error) => errors.push(error));
      sink.put('a line\n');
      sink.flush();
      await vi.waitFor(() => expect(sink.pending).toBe(0), patience);
      harm();
      sink.put('another\n');
      await sink.end();
      expect(errors).toMatchObject([expect.any(FileGone)]);
      rmSync(path, { force: true });
    }
  });

  const lines = Array.from({ length: 20_000 }, (_, index) => `{"line":${index},"text":"é"}\n`);

  it('writes everything in order, also if the kernel takes it piece by piece', async () => {
    const disk = new Disk();
    disk.most = 10_007;
    const sink = new FileSink(openRecording(path, { force: false }), noError, disk.write);
    for (const line of lines) {
      sink.put(line);
    }
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
    expect(sink.pending).toBe(0);
  });

  it('counts what waits', async () => {
    const sink = new FileSink(openRecording(path, { force: false }), noError);
    sink.put('abc\n');
    expect(sink.pending).toBe(4);
    await sink.end();
    expect(sink.pending).toBe(0);
  });

  it('keeps only whole lines on a full disk, says it once and ends', async () => {
    const disk = new Disk();
    disk.room = 200_001;
    const onError = vi.fn();
    const sink = new FileSink(openRecording(path, { force: false }), onError, disk.write);
    for (const line of lines) {
      sink.put(line);
    }
    await sink.end();
    const text = readFileSync(path, 'utf8');
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: 'ENOSPC' })]]);
    expect(text.endsWith('\n')).toBe(true);
    expect(lines.join('').startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(190_000 * 0.9);
  });

  it('writes nothing after a failure, even if there is room again', async () => {
    const disk = new Disk();
    disk.room = 0;
    const onError = vi.fn();
    const sink = new FileSink(openRecording(path, { force: false }), onError, disk.write);
    sink.put('lost\n');
    sink.flush();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce(), patience);
    disk.room = 1000;
    sink.put('late\n');
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(onError).toHaveBeenCalledOnce();
  });

  it('reports a failing device that cannot be cut off, and ends', async () => {
    const onError = vi.fn();
    const sink = new FileSink(openSync('/dev/full', 'w'), onError);
    sink.put('line\n');
    await sink.end();
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: 'ENOSPC' })]]);
  });
});

describe('GzipSink', () => {
  it('writes what gunzip reads', async () => {
    const sink = new GzipSink(openRecording(path, { force: false }), noError);
    const lines = Array.from({ length: 20_000 }, (_, index) => `{"line":${index}}\n`);
    for (const [index, line] of lines.entries()) {
      sink.put(line);
      if (index % 5000 === 0) {
        sink.flush();
      }
    }
    await sink.end();
    expect(gunzipSync(readFileSync(path)).toString()).toBe(lines.join(''));
    expect(sink.pending).toBe(0);
  });

  it('reports a full disk once, and ends', async () => {
    const onError = vi.fn();
    const sink = new GzipSink(openSync('/dev/full', 'w'), onError);
    sink.put('line\n');
    sink.flush();
    sink.put('line\n');
    await sink.end();
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: 'ENOSPC' })]]);
  });
});

describe('StreamSink', () => {
  const make = (onError: (error: Error) => void = noError) => {
    const stream = new PassThrough();
    return { stream, sink: new StreamSink(stream as unknown as NodeJS.WriteStream, onError) };
  };

  it('writes what was put in order', async () => {
    const { stream, sink } = make();
    sink.put('a\n');
    sink.put('b\n');
    await sink.end();
    expect(String(stream.read())).toBe('a\nb\n');
  });

  it('never blocks on a reader that stalls, and counts what waits', () => {
    const stalled = new Writable({ write: () => undefined });
    const sink = new StreamSink(stalled as unknown as NodeJS.WriteStream, noError);
    for (let index = 0; index < 10; index += 1) {
      sink.put('x'.repeat(65_536));
    }
    expect(sink.pending).toBe(655_360);
  });

  it('reports once a reader that closed the pipe, and ends', async () => {
    const onError = vi.fn();
    const { stream, sink } = make(onError);
    stream.destroy(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    await vi.waitFor(() => expect(onError).toHaveBeenCalled(), patience);
    sink.put('late\n');
    await sink.end();
    expect(onError).toHaveBeenCalledOnce();
  });
});
