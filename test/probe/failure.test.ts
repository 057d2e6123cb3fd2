import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../src/probe/failure.ts';

describe('a failure of bpftrace', () => {
  it.each([
    ['ERROR: bpftrace currently only supports running as the root user.', /rights/],
    ["Kernel lockdown is enabled and set to 'confidentiality'", /locked down/],
    ['ERROR: tracepoint not found: sched:sched_process_exec', /lacks a tracepoint/],
    ["stdin:3:1-4: ERROR: Unknown struct/union: 'struct upid'", /BTF/],
    ['ERROR: Error loading program: tracepoint:sched:sched_process_exec (try -v)', /refused the probes/],
    ['/proc/self/fd/0:29:18-24: ERROR: Unknown function: uptr', /too old/],
    ['ERROR: Failed to open perf buffer', /buffers/],
  ])('is told in words: %s', (line, reason) => {
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
});
