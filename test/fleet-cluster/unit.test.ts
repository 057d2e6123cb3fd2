import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { freePorts } from './support/cluster.ts';
import { Systemd } from './support/systemd.ts';

const project = join(import.meta.dirname, '../..');
const path = join(project, 'packaging/nstrace-agent.service');
const unit = 'nstrace-agent.service';

it('has no more rights than systemd calls OK', async () => {
  const { exitCode, stdout } = await execa('systemd-analyze', ['security', '--offline=true', '--threshold=35', path], {
    reject: false,
  });
  expect(stdout.split('\n').at(-1)).toContain('Overall exposure level');
  expect(exitCode).toBe(0);
});

describe('the unit, run by a real systemd', () => {
  let systemd: Systemd;
  let port = 0;
  let out = '';
  beforeAll(async () => {
    systemd = await Systemd.start();
    [port = 0] = await freePorts(1);
    out = join(systemd.folder, 'out');
  }, 60_000);
  afterAll(() => systemd?.stop());

  /** /tmp is the service's own: the checkout and this folder are bound into it where they are there. */
  const changes = (more = ''): string => `[Service]
EnvironmentFile=
Environment=NSTRACE_AGENT_ARGS="--to stdout --metrics 127.0.0.1:${port}"
ExecStart=
ExecStart=${join(project, 'bin/nstrace')} agent --spool \${STATE_DIRECTORY}/spool $NSTRACE_AGENT_ARGS
BindReadOnlyPaths=${project}
StandardOutput=append:${out}
StandardError=append:${out}
Restart=no
${more}
`;
  const records = (): NstraceRecord[] =>
    readFileSync(out, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"type"'))
      .map((line) => JSON.parse(line));

  it('traces with the rights that it has, and ends well', { timeout: 120_000 }, async () => {
    await systemd.add(unit, readFileSync(path, 'utf8'), changes());
    expect(await systemd.systemctl('start', unit)).toMatchObject({ exitCode: 0 });
    await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200), {
      timeout: 60_000,
      interval: 500,
    });
    await vi.waitFor(() => expect(records().some(({ type }) => type === 'header')).toBe(true), { timeout: 30_000 });
    await execa('true', ['unit-test']);
    await vi.waitFor(
      () => expect(records().some((record) => record.type === 'exec' && record.args[1] === 'unit-test')).toBe(true),
      { timeout: 30_000, interval: 200 },
    );
    const status = readFileSync(`/proc/${await systemd.property(unit, 'MainPID')}/status`, 'utf8');
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    await systemd.systemctl('stop', unit);
    expect(await systemd.property(unit, 'Result')).toBe('success');
    expect(records().at(-1)).toMatchObject({ type: 'footer', reason: 'terminated' });
  });
});
