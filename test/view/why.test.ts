import { expect, it } from 'vitest';
import { whyText } from '../../src/view/why.ts';

it('says why a process stands in its container, and escapes what others chose', () => {
  const text = whyText({
    ...{ type: 'why', time: '2026-01-31T12:00:00Z', pid: 500, gone: false, nspid: [500, 1], ppid: 1 },
    ...{ comm: 'sh', args: ['sh', '-c', '\x1b[31m'], evidence: 'init', origin: 'init' },
    container: { id: 'web', name: 'w\x07eb', runtime: 'runc', instance: 1 },
    because: ["it is pid 1 of pid:[4001]: the container's init"],
    container_evidence: ['cgroup /web', 'name from a file of its runtime'],
  });
  expect(text.split('\n')).toEqual([
    'pid           500, inside 1',
    expect.stringMatching(/^command {7}sh -c /),
    expect.stringMatching(/^container {5}w.*eb \(runc\)$/),
    'evidence      init',
    "because       it is pid 1 of pid:[4001]: the container's init",
    'the container cgroup /web',
    '              name from a file of its runtime',
    '',
  ]);
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});
