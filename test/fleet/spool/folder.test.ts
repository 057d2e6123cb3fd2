import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFolder } from '../../../src/fleet/spool/folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nstrace-spool-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (name: string): string => (statSync(join(folder, name)).mode & 0o777).toString(8);

it('is made where it is not there, and is read by nobody else', () => {
  openFolder(join(folder, 'a/b/'));
  expect(modeOf('a/b')).toBe('700');
  mkdirSync(join(folder, 'there'), { mode: 0o755 });
  openFolder(join(folder, 'there'));
  expect(modeOf('there')).toBe('700');
});

it('may hold what agents leave there', () => {
  const names = ['nstrace-20260102T030405.678Z.000001.ndjson', 'nats.cursor.json', 'nats.batch.json', 'agent.sock'];
  for (const name of [...names, 'nstrace-20260102T030405.678Z.000001.ndjson.9.dropped', 'otlp.batch.json.new']) {
    writeFileSync(join(folder, name), '');
  }
  openFolder(folder);
});

it.each(['link', 'link/', 'link//'])('is no link: %s', (name) => {
  mkdirSync(join(folder, 'target'), { mode: 0o755 });
  symlinkSync('target', join(folder, 'link'));
  expect(() => openFolder(join(folder, name))).toThrow(/cannot be used|not a folder of your own/);
  expect(modeOf('target')).toBe('755');
});

it('is none in which there is something else, which keeps its mode', () => {
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'passwd'), '');
  expect(() => openFolder(folder)).toThrow(/is no spool: there is "passwd" in it/);
  expect(modeOf('.')).toBe('755');
});

it('is no file', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openFolder(join(folder, 'file'))).toThrow(/cannot be used/);
});
