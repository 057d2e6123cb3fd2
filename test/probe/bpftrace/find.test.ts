import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NstraceError } from '../../../src/errors.ts';
import { findBpftrace } from '../../../src/probe/bpftrace/find.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nstrace-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const errorOf = (path: string): NstraceError => {
  try {
    findBpftrace(path);
  } catch (error) {
    return error as NstraceError;
  }
  throw new Error('it was trusted');
};

describe('a bpftrace', () => {
  it('that is not there is said to be missing, with how to install it', () => {
    const error = errorOf(join(folder, 'bpftrace'));
    expect(error).toBeInstanceOf(NstraceError);
    expect(error).toMatchObject({ status: 3 });
    expect(error.advice).toMatch(/apt-get install bpftrace/);
  });

  it('that others can write, or whose folder they can, is not run', () => {
    const path = join(folder, 'bpftrace');
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
    chmodSync(path, 0o777);
    expect(errorOf(path).message).toMatch(/not safe to run as root/);
    chmodSync(path, 0o755);
    chmodSync(folder, 0o777);
    expect(errorOf(path).message).toMatch(/not safe to run as root/);
  });

  it('is judged by where a link leads, not by the link', () => {
    const path = join(folder, 'real');
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
    chmodSync(path, 0o777);
    symlinkSync(path, join(folder, 'link'));
    expect(errorOf(join(folder, 'link')).message).toContain(path);
  });
});
