import { describe, expect, it } from 'vitest';
import { findFeatures } from '../../../src/probe/bpftrace/features.ts';
import { buildScript, probesFolder } from '../../../src/probe/bpftrace/script.ts';
import { parseVersion, type Version } from '../../../src/probe/bpftrace/version.ts';

const version = (text: string): Version => parseVersion(`bpftrace v${text}`)!;
const none = new Map<string, number>();
const features = (text: string) => findFeatures(version(text), { pid: 1234, startTicks: 55, pidns: 0xeffffffc }, none);
const script = (text: string, failed = false): string => buildScript(features(text), { failed }, probesFolder());

describe('features', () => {
  it('are found by version', () => {
    expect(version('0.23.2')).toEqual({ text: '0.23.2', major: 0, minor: 23 });
    expect(parseVersion('bpftrace v0.21.0-dirty')).toMatchObject({ minor: 21 });
    expect(parseVersion('nonsense')).toBeUndefined();
  });

  it('undo what 0.23 does to the paths of cgroups, and only there', () => {
    expect(features('0.23.2').parameters.slice(3, 5)).toEqual(['84', '108']);
    expect(features('0.17.0').parameters.slice(3, 5)).toEqual(['0', '0']);
    expect(features('0.27.1').parameters.slice(0, 5)).toEqual(['0', '0', '1234', '0', '0']);
  });

  it('name nstrace by pid, start and pid namespace, and count the CPUs', () => {
    const parameters = features('0.17.0').parameters.map(Number);
    expect(parameters.slice(5, 7)).toEqual([55, 0xeffffffc]);
    expect(parameters[7]).toBeGreaterThanOrEqual(1);
  });

  it('give a buffer a power of two of pages', () => {
    for (const text of ['0.17.0', '0.19.0', '0.27.1']) {
      expect(Math.log2(Number(features(text).environment.BPFTRACE_PERF_RB_PAGES)) % 1).toBe(0);
    }
  });
});

describe('the program', () => {
  it('ends with the heartbeat, which says that all before it is attached', () => {
    const after = script('0.17.0').split('interval:ms:100').at(-1)!;
    expect([...after.matchAll(/^tracepoint:\S+/gm)].map(String)).toEqual([
      'tracepoint:syscalls:sys_enter_setpriority',
      'tracepoint:syscalls:sys_enter_getpriority',
      'tracepoint:sched:sched_process_exit',
    ]);
    expect(after).toContain('print(@seq)');
  });

  it('has a shorter line for an exec with a short path and argv, and each exec is of one kind', () => {
    const programs = script('0.17.0')
      .split(/^(?=tracepoint:)/m)
      .filter((program) => program.includes('printf("E '));
    const fields = programs.map((program) => (/printf\("E ([^"]*)\\n"/.exec(program)![1]!.match(/%/g) ?? []).length);
    expect(fields).toEqual([28, 47]);
    const given = programs.map((program) => program.match(/^ {4}.*uptr\(/gm)!.length);
    expect(given).toEqual([12, 31]);
    const [short, long] = programs.map((program) => /\/(.*)\/ \{/.exec(program)![1]!);
    const isOfKind = (kind: string, pathBytes: number, argvBytes: number): boolean => {
      const place = (4087 - pathBytes) & 4095;
      const test = kind
        .replaceAll('curtask->mm->arg_end - curtask->mm->arg_start', String(argvBytes))
        .replaceAll('curtask->mm->env_end', String(place))
        .replaceAll('@seq[99999]', '0');
      return new Function(`return ${test}`)() as boolean;
    };
    for (const path of [1, 2, 31, 32, 33, 64, 65, 4085, 4086, 4087, 4088, 4095]) {
      for (const argv of [0, 1, 63, 64, 65, 1000]) {
        expect(isOfKind(short!, path, argv), `${path} ${argv}`).toBe(path <= 32 && argv <= 64);
        expect(isOfKind(long!, path, argv), `${path} ${argv}`).toBe(path > 32 || argv > 64);
      }
    }
  });

  it('looks at failed execs only on request, and before exits', () => {
    expect(script('0.17.0')).not.toContain('printf("G');
    expect(script('0.17.0', true).indexOf('printf("G')).toBeLessThan(script('0.17.0', true).indexOf('printf("X'));
  });

  it('sends longer pieces where a program has room for them: 16 KB of argv, or 64 KB', () => {
    const argv = (text: string): number => {
      const part = script(text).slice(script(text).indexOf('arg_end - curtask->mm->arg_start > 184'));
      return 184 + Number(/\$i < (\d+)/.exec(part)![1]) * Number(/\$rest < (\d+)/.exec(part)![1]);
    };
    expect(argv('0.17.0')).toBeGreaterThanOrEqual(16_000);
    expect(argv('0.23.2')).toBeGreaterThanOrEqual(64_000);
    expect(argv('0.27.1')).toBeGreaterThanOrEqual(64_000);
  });

  it('bounds what is left of a piece by a mask that no rest reaches: kernel 6.1 refuses it else', () => {
    expect(script('0.17.0').match(/buf\(uptr\(\$from\), \$rest\)/g)).toHaveLength(2);
    const masks = [...script('0.23.2').matchAll(/buf\(uptr\(\$from\), \$rest & (\d+)\)/g)].map(([, mask]) => mask);
    expect(masks).toEqual(['1023', '1023']);
    for (const piece of [...script('0.23.2').matchAll(/\$rest < (\d+)/g)].map(([, bytes]) => Number(bytes))) {
      expect(piece).toBeLessThanOrEqual(1024);
    }
  });

  it('sums the rest of a longer argv from a secret number, but where lines are long', () => {
    const { tailKey } = features('0.17.0');
    const text = buildScript({ ...features('0.17.0'), tailKey }, { failed: false });
    expect(text).toContain(`$sum = (uint64)0x${tailKey.toString(16)};`);
    expect(features('0.17.0').tailKey).not.toBe(tailKey);
    expect(script('0.23.2')).not.toContain('printf("h');
  });

  it('prints bytes in a way that the version knows', () => {
    expect(script('0.16.0')).not.toContain('%rh');
    expect(script('0.17.0')).toContain('%rh');
  });
});
