import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { recordSchema, schemas } from '../../src/record/schema.ts';
import {
  cgroup,
  container,
  exec,
  exit,
  failedExec,
  footer,
  fork,
  header,
  inContainer,
  lost,
  namespace,
  notTimes,
  process,
  usage,
} from '../fixtures/records.ts';

const published = JSON.parse(readFileSync(new URL('../../docs/nstrace-1.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(published);

const samples = [
  header(),
  process(),
  exec(),
  fork(),
  exit({ code: 0 }),
  namespace(),
  cgroup(),
  container(),
  usage(),
  lost(),
  footer(),
];

const fuller = [
  exec({ ...inContainer, origin: 'init', pcomm: 'runc', old_tid: 10124, cwd: '/' }),
  exec({ args: ['\ufffd', ''], args_base64: ['/w==', ''], exe: '/\ufffd', exe_base64: 'L/8=', exe_truncated: true }),
  failedExec({ folded: 12 }),
  fork({ flags: ['CLONE_NEWPID', 'CLONE_NEWNS'], by: 3, ...inContainer, origin: 'born' }),
  exit({ signal: 'SIGSEGV', core: true }),
  namespace({ op: 'setns', joined: { net: 4026532574 }, tid: 11 }),
  container({
    ...{ op: 'started', pid: 10123, nspid: [10123, 1], by: { pid: 1, uid: 0, comm: 'runc', args: ['runc', 'run'] } },
    ...{ startup_ns: 10, startup: { runtime_ns: 1, cgroup_ns: 2, namespaces_ns: 3, rest_ns: 4 } },
  }),
  container({ op: 'stopped', signal: 'SIGKILL' }),
  lost({ exact: false, cpu: 3, stage: 'queue' }),
];

describe('the published schema', () => {
  it('is of the draft that the contract names', () => {
    expect(published.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  it('is tested here with every type of record', () => {
    expect(samples.map(({ type }) => type)).toEqual(Object.keys(schemas));
  });

  it.each([...samples, ...fuller])('accepts a record of type $type', (record) => {
    expect(validate(record), JSON.stringify(validate.errors)).toBe(true);
    expect(recordSchema.safeParse(record).success).toBe(true);
  });

  it.each(samples)('accepts unknown fields in a record of type $type', (record) => {
    const newer = { ...record, later: { anything: [1, null] } };
    expect(validate(newer), JSON.stringify(validate.errors)).toBe(true);
  });

  it('accepts unknown fields in nested objects', () => {
    const record = { ...exec({ ...inContainer }), container: { ...inContainer.container, pod: 'x' } };
    expect(validate(record)).toBe(true);
  });

  it.each(samples)('wants the common fields in a record of type $type', (record) => {
    for (const field of ['type', 'seq', 'time', 'mono']) {
      const { [field]: _left, ...rest } = record as unknown as Record<string, unknown>;
      expect(validate(rest), field).toBe(false);
    }
  });

  it.each(['exec', 'fork', 'exit', 'namespace', 'cgroup', 'process'])('wants to know the process in %s', (type) => {
    const record = samples.find((sample) => sample.type === type)!;
    for (const field of ['pid', 'nspid', 'ns', 'container']) {
      const { [field]: _left, ...rest } = record as unknown as Record<string, unknown>;
      expect(validate(rest), field).toBe(false);
    }
  });

  it.each([
    ['a number as mono', { mono: 1 }],
    ['milliseconds', { time: '2026-01-02T03:04:05.123Z' }],
    ['a time that is not UTC', { time: '2026-01-02T03:04:05.123456789+01:00' }],
    ['a seq of 0', { seq: 0 }],
    ['a positive ret', { ret: 2 }],
    ['arguments as one string', { args: 'ls -l' }],
    ['an unknown origin', { origin: 'adopted' }],
    ['an empty nspid', { nspid: [] }],
    ['bytes that are not base64', { args_base64: ['*'] }],
  ])('refuses %s', (_what, change) => {
    expect(validate({ ...exec(), ...change })).toBe(false);
  });

  it.each(notTimes)('refuses a time that there is not: %s', (time) => {
    expect(validate(fork({ time }))).toBe(false);
  });
});
