import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect } from 'vitest';
import type { DoctorFinding } from '../../../src/doctor/schema.ts';
import { run } from '../support/run.ts';
import { program, traced, tracedOutsideChroot } from '../support/trace.ts';

const path = join(import.meta.dirname, '../../../docs/nstrace-doctor-1.schema.json');
const isValid = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(path, 'utf8')));

/** Without a bpftrace, so that no probes are attached: what is asked here is known before that. */
const doctor = [program, 'doctor', '--json', '--bpftrace', '/no/such/bpftrace'];

const findingsOf = async (...command: string[]): Promise<Map<string, DoctorFinding>> => {
  const { stdout, exitCode } = await run(...(command as [string, ...string[]]));
  expect(exitCode).toBe(3);
  const findings = JSON.parse(stdout) as DoctorFinding[];
  expect(isValid(findings), JSON.stringify(isValid.errors)).toBe(true);
  return new Map(findings.map((finding) => [finding.name, finding]));
};

describe('doctor', () => {
  traced('names what is missing in a container: its namespaces, the host’s /run, its rights', async () => {
    const inPidns = await findingsOf('unshare', '-pf', '--mount-proc', ...doctor);
    expect(inPidns.get('pid namespace')).toMatchObject({
      level: 'missing',
      advice: expect.stringContaining('--pid=host'),
    });
    expect(inPidns.get('probes')?.text).toMatch(/^not tried, without pid namespace/);

    const withOwnRun = await findingsOf(
      'unshare',
      '-m',
      'sh',
      '-c',
      'mount -t tmpfs run /run && exec "$@"',
      'sh',
      ...doctor,
    );
    expect(withOwnRun.get('container names')).toMatchObject({
      level: 'limited',
      // Where / is another one than the host's, its other folders are not visible either.
      text: expect.stringMatching(/^\/run( and \S+)* of the host (is|are) not visible here$/),
      without: expect.stringContaining('ids'),
    });

    const inCgroupns = await findingsOf('unshare', '-C', ...doctor);
    expect(inCgroupns.get('cgroups')).toMatchObject({
      level: 'limited',
      advice: expect.stringContaining('--cgroupns=host'),
    });

    const withoutRights = await findingsOf(
      'setpriv',
      '--bounding-set=-sys_admin,-sys_ptrace',
      'sh',
      '-c',
      'exec "$@"',
      'sh',
      ...doctor,
    );
    expect(withoutRights.get('rights')?.text).toBe('root without CAP_SYS_ADMIN, as in a container');
    expect(withoutRights.get('other processes')).toMatchObject({ level: 'limited' });
  });

  tracedOutsideChroot('names what is missing in a user namespace', async () => {
    const inUserns = await findingsOf('unshare', '-U', '-r', ...doctor);
    expect(inUserns.get('user namespace')).toMatchObject({ level: 'missing', advice: expect.stringContaining('sudo') });
  });

  traced('says how this distribution installs bpftrace', async () => {
    const found = await findingsOf(...doctor);
    expect(found.get('bpftrace')).toMatchObject({
      level: 'missing',
      advice: expect.stringMatching(/install.* bpftrace/),
    });
    for (const name of ['rights', 'kernel', 'BTF', 'pid namespace', 'time namespace', 'user namespace']) {
      expect(found.get(name)).toMatchObject({ ok: true, level: 'ok' });
    }
  });
});
