import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { PassThrough, Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileSink, GzipSink, openRecording, StreamSink } from '../../src/recording/sink.ts';

/** Room that is left on the disk of these tests, and the most that one write takes. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  type Done = (error: NodeJS.ErrnoException | null, written: number) => void;
  const write = (descriptor: number, bytes: Buffer, from: number, length: number, at: null, done: Done): void => {
    const fits = Math.min(length, disk.room, disk.most);
    disk.room -= fits;
    if (fits === 0) {
      setImmediate(done, Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }), 0);
    } else {
      fs.write(descriptor, bytes, from, fits, at, done);
    }
  };
  return { ...fs, write };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-sink-`);
  path = `${folder}/a.ndjson`;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  disk.room = disk.most = Number.POSITIVE_INFINITY;
});

const noError = (error: Error): never => {
  throw error;
};

describe('openRecording', () => {
  const open = (force = false): number => openRecording(path, { force });

  it.each([0o000, 0o022, 0o777])('makes a file that only its owner may read, with the umask %o', async (mask) => {
    // A worker thread may not set its umask; the mode must then hold for the one it has.
    const before = (() => {
      try {
        return process.umask(mask);
      } catch {
        return undefined;
      }
    })();
    try {
      await new FileSink(open(), noError).end();
    } finally {
      if (before !== undefined) {
        process.umask(before);
      }
    }
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  it('refuses a file that exists, and leaves it as it is', () => {
    writeFileSync(path, 'old');
    expect(() => open()).toThrow(/it exists/);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('writes over a file with --force, which is then private', async () => {
    writeFileSync(path, 'old and longer');
    chmodSync(path, 0o644);
    const sink = new FileSink(open(true), noError);
    sink.put('new\n');
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  it.each([true, false])('follows no symbolic link, with force %s', (force) => {
    writeFileSync(`${folder}/target`, 'old');
    symlinkSync(`${folder}/target`, path);
    expect(() => open(force)).toThrow(force ? /symbolic link/ : /it exists/);
    expect(readFileSync(`${folder}/target`, 'utf8')).toBe('old');
  });

  it.each([true, false])('makes no file through a dangling link, with force %s', (force) => {
    symlinkSync(`${folder}/target`, path);
    expect(() => open(force)).toThrow();
    expect(existsSync(`${folder}/target`)).toBe(false);
  });

  it('refuses what is not a file', () => {
    expect(() => openRecording('/dev/full', { force: true })).toThrow(/not a file/);
    mkdirSync(path);
    expect(() => open(true)).toThrow(/cannot open/);
  });

  it('says if the folder is missing', () => {
    expect(() => openRecording(`${folder}/none/a.ndjson`, { force: false })).toThrow(/folder does not exist/);
  });
});

describe('FileSink', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `{"line":${index},"text":"é"}\n`);

  it('writes everything in order, also if the kernel takes it piece by piece', async () => {
    disk.most = 10_007;
    const sink = new FileSink(openRecording(path, { force: false }), noError);
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

  it('keeps only whole lines on a full disk, tells it once and ends', async () => {
    disk.room = 200_001;
    const onError = vi.fn();
    const sink = new FileSink(openRecording(path, { force: false }), onError);
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
    disk.room = 0;
    const onError = vi.fn();
    const sink = new FileSink(openRecording(path, { force: false }), onError);
    sink.put('lost\n');
    sink.flush();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    disk.room = 1000;
    sink.put('late\n');
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(onError).toHaveBeenCalledOnce();
  });

  it('tells of a failing device that cannot be cut off, and ends', async () => {
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

  it('tells of a full disk once, and ends', async () => {
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

  it('tells once of a reader that went away, and ends', async () => {
    const onError = vi.fn();
    const { stream, sink } = make(onError);
    stream.destroy(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    await vi.waitFor(() => expect(onError).toHaveBeenCalled());
    sink.put('late\n');
    await sink.end();
    expect(onError).toHaveBeenCalledOnce();
  });
});
