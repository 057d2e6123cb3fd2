import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { inject, it } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';

export const program = join(import.meta.dirname, '../../../bin/nstrace');

/** Another bpftrace, in another root folder: npm run test:bpftrace. */
const otherBpftrace = process.env.NSTRACE_TEST_BPFTRACE;
export const bpftraceOption: readonly string[] = otherBpftrace === undefined ? [] : ['--bpftrace', otherBpftrace];

/** A test that traces: skipped, with the reason in its name, where that cannot work. */
export const traced = (name: string, run: () => Promise<void>, timeout?: number): void =>
  unless(inject('cannotTrace'), name, run, timeout);

/** The same of one that makes a user namespace, or cares for the root of who joins a container. */
export const tracedOutsideChroot = (name: string, run: () => Promise<void>, timeout?: number): void =>
  unless(inject('inChroot'), name, run, timeout);

/** The same of one that runs systemd-nspawn. */
export const tracedInNspawn = (name: string, run: () => Promise<void>, timeout?: number): void =>
  unless(inject('cannotNspawn'), name, run, timeout);

const unless = (why: string, name: string, run: () => Promise<void>, timeout?: number): void =>
  it.skipIf(why !== '')(why === '' ? name : `${name} (skipped: ${why})`, run, timeout);

export const tool = (name: string): string => join(inject('tools'), name);

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/nstrace-1.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: false, allErrors: false }).compile(schema);

/** A line as a record, checked against the published schema. */
export const parseRecord = (line: string): NstraceRecord => {
  const record = JSON.parse(line) as NstraceRecord;
  if (!validate(record)) {
    throw new Error(`not as the schema says: ${JSON.stringify(validate.errors)} ${line.slice(0, 500)}`);
  }
  return record;
};

export interface Trace {
  readonly records: NstraceRecord[];
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly footer: RecordOf<'footer'>;
  of<Type extends NstraceRecord['type']>(type: Type): RecordOf<Type>[];
}

export interface Tracing {
  readonly pid: number;
  readonly records: NstraceRecord[];
  /** Waits for a record, at most 120 s. */
  until(found: (record: NstraceRecord) => boolean): Promise<NstraceRecord>;
}

/** Records while `work` runs, and a moment longer. Every record is checked against the schema. */
export const trace = async (
  options: readonly string[],
  work: (tracing: Tracing) => Promise<unknown>,
): Promise<Trace> => {
  const child = execa(program, ['record', '-o', '-', ...bpftraceOption, ...options], {
    reject: false,
    buffer: { stdout: false, stderr: true },
    stdin: 'ignore',
  });
  const records: NstraceRecord[] = [];
  let broken: unknown;
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      try {
        records.push(parseRecord(line));
      } catch (error) {
        broken ??= error;
      }
    }
  })();
  const until = async (found: (record: NstraceRecord) => boolean): Promise<NstraceRecord> => {
    for (let tries = 0; tries < 6000; tries += 1) {
      const record = records.find(found);
      if (record !== undefined) {
        return record;
      }
      if (child.exitCode !== null && child.exitCode !== undefined) {
        break;
      }
      await sleep(20);
    }
    throw new Error('the record that was waited for did not come');
  };
  try {
    // The header comes when all probes are attached.
    await until((record) => record.type === 'header');
    await work({ pid: child.pid!, records, until });
  } finally {
    child.kill('SIGINT');
  }
  const { exitCode, stderr } = await child;
  await read;
  if (broken !== undefined) {
    throw broken;
  }
  const footer = records.at(-1);
  if (footer?.type !== 'footer') {
    throw new Error(`no footer; it said: ${stderr}`);
  }
  return {
    records,
    stderr: String(stderr),
    exitCode,
    footer,
    of: (type) => records.filter((record) => record.type === type) as never,
  };
};
