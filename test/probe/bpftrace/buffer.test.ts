import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { largeBuffer } from '../../../src/probe/bpftrace/buffer.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'nstrace-test-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a large buffer for bpftrace', () => {
  it('is asked for with the first library that is there', () => {
    // /bin/sh stands for it: of root, and nobody else can write it.
    const shell = realpathSync('/bin/sh');
    expect(largeBuffer([join(folder, 'missing.so'), shell])).toEqual({ LD_PRELOAD: shell, _STDBUF_O: '1048576' });
  });

  it('is not asked for without one, or with one that others can write', () => {
    const library = join(folder, 'libstdbuf.so');
    writeFileSync(library, '', { mode: 0o666 });
    chmodSync(library, 0o666);
    expect(largeBuffer([join(folder, 'missing.so'), library])).toEqual({});
  });
});
