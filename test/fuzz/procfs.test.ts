import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCgroups, parseHierarchies, unifiedMount } from '../../src/procfs/cgroup.ts';
import { parseLocalMounts } from '../../src/procfs/mounts.ts';
import { readProcess } from '../../src/procfs/process.ts';
import { parseDrivers } from '../../src/procfs/tty.ts';
import { parseCpuStat, readUsage, usageMounts } from '../../src/procfs/usage.ts';
import { encode } from '../../src/recording/write/line.ts';
import { setUp } from '../fixtures/model.ts';
import { containerNs } from '../fixtures/records.ts';
import { anyText, type Change, changed, changes, corpus, runs } from './support.ts';

const schema = JSON.parse(readFileSync(`${import.meta.dirname}/../../docs/nstrace-1.schema.json`, 'utf8'));
const validate = new Ajv2020({ strict: false }).compile(schema);

const right: Record<string, string> = {
  stat: '42 (ls) S 17 42 42 34819 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 551234 8192\n',
  status:
    'Name:\tls\nTgid:\t42\nUid:\t1000\t0\t0\t0\nGid:\t100\t101\t0\t0\nNSpid:\t42\t7\t1\nVmRSS:\t    12 kB\nThreads:\t1\n',
  comm: 'ls\n',
  loginuid: '1000',
  sessionid: '3',
  cmdline: 'ls\0-l\0',
  cgroup: '4:memory:/a/xyxy12\n0::/xyxy12\n',
};
const names = Object.keys(right);

let root: string;
beforeAll(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-fuzz-`);
  mkdirSync(`${root}/42/ns`, { recursive: true });
  symlinkSync('/usr/bin/ls', `${root}/42/exe`);
  symlinkSync('/tmp', `${root}/42/cwd`);
});
afterAll(() => rmSync(root, { recursive: true }));

/** Links of namespaces; one of them is strange. */
const link = (strange: number, text: string): void => {
  for (const [index, [type, inode]] of Object.entries(containerNs).entries()) {
    rmSync(`${root}/42/ns/${type}`, { force: true });
    symlinkSync(index === strange && text !== '' ? text : `${type}:[${inode}]`, `${root}/42/ns/${type}`);
  }
};

type Input = [number, Change[], number, string];

const input = fc.tuple(
  fc.nat(names.length - 1),
  changes(),
  fc.nat(16),
  anyText(20).map((text) => text.replaceAll('\0', '')),
);

describe('files of /proc with anything in them', () => {
  it('are no reason to fail, and become records that the schema knows, or none', () => {
    let read = 0;
    fc.assert(
      fc.property(input, ([which, list, strange, text]) => {
        for (const [index, name] of names.entries()) {
          const bytes = index === which ? changed(right[name]!, list) : right[name]!;
          writeFileSync(`${root}/42/${name}`, bytes, 'latin1');
        }
        link(strange, text);
        const found = readProcess(42, root);
        if (found !== undefined) {
          read += 1;
          const { baseline, records } = setUp();
          baseline(found);
          for (const record of records) {
            const line = JSON.parse(encode({ ...record, seq: 1 }).text);
            if (!validate(line)) {
              expect.unreachable(`${JSON.stringify(validate.errors)} ${JSON.stringify(line)}`);
            }
          }
        }
      }),
      { numRuns: runs(300), examples: corpus<Input>('procfs') },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('of the whole machine are no reason to fail, and give numbers where numbers are wanted', () => {
    const lines = fc.tuple(
      fc.constantFrom(
        '1 2 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n3 1 0:5 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n',
        'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n',
        '4:memory:/a\n0::/b\n#x 1\n',
        'serial /dev/ttyS 4 64-95 serial\n',
        'usage_usec 12\nuser_usec 9\n',
      ),
      changes(),
    );
    fc.assert(
      fc.property(lines, ([text, list]) => {
        const strange = changed(text, list);
        parseCgroups(strange);
        unifiedMount(strange);
        parseLocalMounts(strange);
        parseDrivers(strange);
        expect([...parseHierarchies(strange).keys()].every(Number.isSafeInteger)).toBe(true);
        expect(Number.isSafeInteger(parseCpuStat(strange) ?? 0)).toBe(true);
        const usage = readUsage({ ...usageMounts(strange), unified: '/x' }, ['/a'], () => strange);
        expect(Object.values(usage).every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }),
      { numRuns: runs(2000) },
    );
  });
});
