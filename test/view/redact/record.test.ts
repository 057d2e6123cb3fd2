import { expect, it } from 'vitest';
import { redactRecord } from '../../../src/view/redact/record.ts';
import { container, exec, exit, header, xyxy12Info } from '../../fixtures/records.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

it('passes on what has no secret as it is', () => {
  for (const record of [exec(), exit(), header(), container()]) {
    expect(redactRecord(record)).toBe(record);
  }
});

it('masks exact bytes together with the argument', () => {
  const args = ['app', '\ufffd', '--password=\ufffdSECRET'];
  const exact = [base64('app'), '/w==', base64('--password=SECRET')];
  const { args: maskedArgs, args_base64 } = redactRecord(exec({ args, args_base64: exact }));
  expect(maskedArgs).toEqual(['app', '\ufffd', '--password=*****']);
  expect(args_base64).toEqual([base64('app'), '/w==', base64('--password=*****')]);
});

it('masks what nstrace itself was called with', () => {
  const { args } = redactRecord(header({ args: ['record', '--', 'mysql', '-pSECRET'] }));
  expect(args).toEqual(['record', '--', 'mysql', '-p*****']);
});

it('masks who asked, and labels', () => {
  const args = ['docker', 'run', '-e', 'TOKEN=SECRET', 'web'];
  const record = container({
    op: 'created',
    container: { ...xyxy12Info, labels: { api_token: 'SECRET', app: 'web' } },
    by: { pid: 7, uid: 0, comm: 'docker', args },
  });
  expect(JSON.stringify(redactRecord(record))).not.toContain('SECRET');
  expect(redactRecord(record).container.labels).toEqual({ api_token: '*****', app: 'web' });
  expect(record.by?.args).toBe(args);
});
