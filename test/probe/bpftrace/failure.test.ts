import { describe, expect, it } from 'vitest';
import { explainFailure as explain } from '../../../src/probe/bpftrace/failure.ts';

const held = new Set(['CAP_SYS_ADMIN', 'CAP_IPC_LOCK']);
const explainFailure = (output: readonly string[], status: string) => explain(output, status, held);

describe('a failure of bpftrace', () => {
  it.each([
    ['ERROR: bpftrace currently only supports running as the root user.', /rights/],
    ["Kernel lockdown is enabled and set to 'confidentiality'", /locked down/],
    ['ERROR: tracepoint not found: sched:sched_process_exec', /lacks a tracepoint/],
    ["stdin:3:1-4: ERROR: Unknown struct/union: 'struct upid'", /BTF/],
    ['ERROR: Error loading program: tracepoint:sched:sched_process_exec (try -v)', /refused the probes/],
    ['/proc/self/fd/0:29:18-24: ERROR: Unknown function: uptr', /too old/],
    ['ERROR: Failed to open perf buffer', /buffers/],
  ])('is said in words: %s', (line, reason) => {
    const failure = explainFailure(['Attaching 20 probes...', line], 'exit status 1');
    expect(failure.reason).toMatch(reason);
    expect(failure.reason).toContain(line);
    expect(failure.advice).not.toBe('');
  });

  it('is not blamed on warnings that are always there', () => {
    const noise = "ERROR: Unknown error -1: couldn't set RLIMIT_MEMLOCK for bpftrace.";
    expect(explainFailure([noise], 'killed by SIGKILL').reason).toBe('it ended without a word (killed by SIGKILL)');
  });

  it('is what bpftrace says is wrong, not a hint after it', () => {
    const said = [
      '1 error generated.',
      'stdin:1-9: ERROR: failed to build',
      'tracepoint:a:b {',
      'HINT: For loops support ranges',
    ];
    expect(explainFailure(said, 'exit status 1').reason).toBe(
      'it said: stdin:1-9: ERROR: failed to build (exit status 1)',
    );
    expect(explainFailure(['HINT: alone'], 'exit status 1').reason).toContain('HINT: alone');
  });

  it.each([
    ['CAP_SYS_ADMIN', ['CAP_BPF', 'CAP_IPC_LOCK'], "definitions.h:14:3: error: unknown type name 's64'"],
    ['CAP_IPC_LOCK', ['CAP_SYS_ADMIN'], 'mmap: Operation not permitted'],
  ])('is that of a right that is missing: %s', (right, rights, said) => {
    const { reason, advice } = explain([said], 'exit status 1', new Set(rights));
    expect(reason).toBe(`it lacks the rights: there is no ${right}`);
    expect(advice).toContain(right);
    const enough = explain([said], 'exit status 1', new Set(['CAP_BPF', 'CAP_PERFMON', 'CAP_IPC_LOCK']));
    expect(enough.reason).not.toContain('there is no');
  });
});
