import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SurveyOptions, survey } from '../../src/query/survey.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { container, exec, footer, header, xyxy12Info } from '../fixtures/records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nstrace-survey-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const surveyOf = (text: string, options?: SurveyOptions) => {
  const path = join(folder, 's.ndjson');
  writeFileSync(path, text);
  const descriptor = openSync(path, 'r');
  try {
    return survey(descriptor, options);
  } finally {
    closeSync(descriptor);
  }
};

const lines = (records: readonly NstraceRecord[], first = 1): string =>
  records.map((record, index) => `${JSON.stringify({ ...record, seq: first + index })}\n`).join('');

const named = (name: string, more: object = {}) =>
  container({ op: 'named', reason: 'late', container: { ...xyxy12Info, name, instance: 3 }, ...more });

describe('a survey of a recording', () => {
  it('has its header, its numbers and its footer', () => {
    const text = lines([header({ recording: 'r1' }), exec(), exec(), footer({ complete: true, lost: 0 })]);
    expect(surveyOf(text)).toMatchObject({
      ...{ recording: 'r1', part: 1, headers: 1, names: [], missing: 0, first: 1, last: 4, overlong: false },
      footer: { lost: 0, complete: true },
    });
  });

  it('has the names that were learned late, and not those that were changed', () => {
    const text = lines([header({ recording: 'r1' }), exec(), named('late'), named('new', { reason: 'renamed' })]);
    const [only, ...more] = surveyOf(text).names;
    expect(only).toEqual({ recording: 'r1', key: '3', seq: 3, name: 'late', runtime: 'runc' });
    expect(more).toEqual([]);
    expect(surveyOf(text, { names: false }).headers).toBe(1);
  });

  it('counts what is missing out of it', () => {
    const whole = lines([header(), exec(), exec(), exec(), footer()]).split('\n');
    whole.splice(2, 2);
    expect(surveyOf(whole.join('\n'))).toMatchObject({ missing: 2, last: 5 });
  });

  it('of a later part begins with that part’s own number', () => {
    const text = lines([header({ part: 3 }), exec(), footer()], 1000);
    expect(surveyOf(text)).toMatchObject({ part: 3, first: 1000, last: 1002, missing: 0 });
  });

  it('knows that several recordings stand in one file', () => {
    const one = lines([header({ recording: 'r1' }), footer()]);
    expect(surveyOf(one + lines([header({ recording: 'r2' }), footer()]))).toMatchObject({ headers: 2, missing: 0 });
  });

  it('of what was cut off has no footer', () => {
    const text = lines([header(), exec(), footer()]);
    expect(surveyOf(text.slice(0, -20))).toMatchObject({ footer: undefined });
  });

  it('goes on behind a line that is far longer than a record', () => {
    const text = lines([header(), exec()]);
    const found = surveyOf(`${text}${'x'.repeat(3_000_000)}\n${lines([footer()], 3)}`);
    expect(found).toMatchObject({ overlong: true, last: 3, footer: { complete: true } });
  });

  it('says how many bytes were looked through', () => {
    const text = lines([header(), ...Array.from({ length: 5000 }, () => exec())]);
    let bytes = 0;
    surveyOf(text, {
      onBytes: (count) => {
        bytes += count;
      },
    });
    expect(bytes).toBe(Buffer.byteLength(text));
  });

  it('of an empty file has nothing', () => {
    expect(surveyOf('')).toMatchObject({ recording: '', headers: 0, last: 0, footer: undefined });
  });
});
