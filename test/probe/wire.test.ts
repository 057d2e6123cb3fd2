import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probesFolder, replace } from '../../src/probe/bpftrace/script.ts';
import * as wire from '../../src/probe/wire.ts';

const probes = new Map(
  readdirSync(probesFolder())
    .filter((name) => name.endsWith('.bt'))
    .map((name) => [name.slice(0, -3), readFileSync(`${probesFolder()}/${name}`, 'utf8')] as const),
);
const all = [...probes.values()].join('\n');
const probe = (name: string): string => probes.get(name)!;

/** The numbers that an expression of one group finds. */
const numbers = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map(([, found]) => Number(found));
const only = (text: string, pattern: RegExp): number => {
  const found = new Set(numbers(text, pattern));
  expect(found.size, `one number for ${pattern}`).toBe(1);
  return [...found][0]!;
};

/** Arguments and environment of an exec can take more pages; then its path is not found. */
const maxStackPages = 32;

describe('the probes and the decoder agree', () => {
  it('on the letters of lines', () => {
    const printed = new Set([...all.matchAll(/printf\("(\w) /g)].map(([, letter]) => letter));
    expect([...printed].sort()).toEqual(Object.values(wire.letters).sort());
    const readme = readFileSync(`${probesFolder()}/README.md`, 'utf8');
    const documented = [...readme.matchAll(/^\| ((?:`\w`,? ?)+)/gm)].flatMap(([, row]) => row!.match(/\w/g)!);
    expect(documented.sort()).toEqual(Object.values(wire.letters).sort());
  });

  it('print no map while its keys are deleted: bpftrace 0.17 ends there', () => {
    const atIntervals = [...all.matchAll(/^interval:[^{]*\{\n(.*?)^\}/gms)].map(([, block]) => block).join('');
    const printed = new Set([...atIntervals.matchAll(/print\((@\w+)\)/g)].map(([, map]) => map!));
    expect([...printed]).toEqual(['@seq', '@calm']);
    expect([...printed].filter((map) => all.includes(`delete(${map}[`))).toEqual([]);
  });

  it('on the words of an exec', () => {
    const words = (name: string): number[] =>
      numbers(probe('exec'), new RegExp(`\\*\\(uint64 \\*\\)uptr\\(\\$${name} \\+ (\\d+)\\)`, 'g'));
    expect(words('path')).toEqual(Array.from({ length: wire.pathWords }, (_, index) => index * wire.wordBytes));
    expect(words('argv')).toEqual(Array.from({ length: wire.argvWords }, (_, index) => index * wire.wordBytes));
    const more = probe('exec_more');
    expect(only(more, /\$argv \+ (\d+)\)/g)).toBe(wire.argvWords * wire.wordBytes);
    expect(only(more, /arg_start > (\d+)/g)).toBe(wire.argvWords * wire.wordBytes);
    expect(only(more, /\$path \+ (\d+)\)/g)).toBe(wire.pathWords * wire.wordBytes);
  });

  it('on the pieces that continue an exec', () => {
    const more = probe('exec_more');
    expect(only(more, /\$rest < (\d+)/g)).toBe(wire.writtenChunkBytes);
    expect(only(more, /buf\(uptr\(\$from\), (\d+)\)/g)).toBe(wire.writtenChunkBytes);
    expect(numbers(more, /\$i < (\d+)/g)).toEqual([wire.pathLines(wire.writtenChunkBytes), wire.argvLines.written]);
  });

  it('on the sum of a longer argv', () => {
    const tail = probe('exec_tail');
    expect(numbers(tail, /arg_start > (\d+)|\$argv \+ (165\d\d)/g).filter(Number.isFinite)).toEqual([wire.tailOffset]);
    expect(tail).toContain(`$at = (uint64)($argv + ${wire.tailOffset})`);
    expect(tail).toContain(`$end - $argv > ${wire.maxTailEnd}`);
    expect(tail).toContain(`$at + ${wire.tailStepBytes} > $end`);
    expect(only(tail, /\$i < (\d+)/g) * wire.tailStepBytes).toBeGreaterThan(wire.maxTailEnd - wire.tailOffset);
    expect(tail).toContain(`0x${wire.tailKey.toString(16)}`);
    expect([...new Set(tail.match(/\* 0x[0-9a-f]+/g))]).toEqual([`* 0x${wire.tailFactor.toString(16)}`]);
  });

  it('on the strings of a failed exec', () => {
    const failed = probe('failed');
    expect(numbers(failed, /\$i < (\d+)/g)).toEqual([wire.maxStrings, maxStackPages, wire.stackLines]);
    expect(only(failed, /\$count < (\d+)/g)).toBe(wire.maxStrings - 1);
    expect(only(failed, /buf\(uptr\([^,]*, (\d+)\)/g)).toBe(wire.stringBytes);
  });

  it('on the paths of cgroups', () => {
    const cgroup = probe('cgroup');
    expect(only(cgroup, /buf\(\(uint8 \*\)[^,]*, (\d+)\)/g)).toBe(wire.cgroupPathBytes);
    expect(only(cgroup, /\$last < (\d+)/g)).toBe((wire.cgroupPathLines + 1) * wire.cgroupPathBytes - 1);
    // bpftrace 0.27 drops `$path` from such a sum in a loop.
    expect(cgroup).not.toMatch(/\*\)\(\$path \+ \$\w+ - /);
  });

  it('on the pids of nested namespaces', () => {
    const levels = numbers(all, /\$level >= (\d+) \?/g);
    expect(Math.max(...levels)).toBe(wire.maxLevels);
  });

  it('on the key of @seq that is no CPU', () => {
    const keys = new Set(numbers(all, /@seq\[(\d{2,})\]/g));
    expect([...keys]).toEqual([wire.switchKey]);
  });
});

describe('a replacement in a probe', () => {
  it('fails where there is nothing to replace', () => {
    expect(replace('a 184 b 184', '184', '1000')).toBe('a 1000 b 1000');
    expect(() => replace('a b', '184', '1000')).toThrow('do not hold "184"');
  });
});
