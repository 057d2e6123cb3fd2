import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import schema from '../../docs/nstrace-doctor-1.schema.json' with { type: 'json' };
import { type Check, examine, Limited } from '../../src/doctor/check.ts';
import { doctorText } from '../../src/doctor/text.ts';
import { systemError } from '../../src/errors.ts';

const checks: readonly Check[] = [
  { name: 'kernel', run: () => '6.1' },
  {
    name: 'cgroups',
    without: 'no memory',
    run: () => {
      throw new Limited('none', 'mount them');
    },
  },
  {
    name: 'tracefs',
    run: async () => {
      throw systemError('not mounted', 'mount it');
    },
  },
  { name: 'probes', run: (before) => before.map(({ level }) => level).join(' ') },
];

describe('doctor', () => {
  it('runs every check, and says what each lacks', async () => {
    const findings = await examine(checks);
    expect(findings).toEqual([
      { name: 'kernel', ok: true, level: 'ok', text: '6.1' },
      { name: 'cgroups', ok: false, level: 'limited', text: 'none', advice: 'mount them', without: 'no memory' },
      { name: 'tracefs', ok: false, level: 'missing', text: 'not mounted', advice: 'mount it' },
      { name: 'probes', ok: true, level: 'ok', text: 'ok limited missing' },
    ]);
    expect(new Ajv2020({ strict: false }).validate(schema, findings)).toBe(true);
  });

  it('prints them for people, escaped, with a verdict', async () => {
    const [kernel, cgroups, tracefs] = await examine(checks);
    expect(doctorText([kernel!, cgroups!, tracefs!])).toBe(
      [
        'ok      kernel   6.1',
        'LIMITED cgroups  none',
        '                 → mount them',
        '                 without it: no memory',
        'MISSING tracefs  not mounted',
        '                 → mount it',
        'nstrace cannot trace here yet. What needs no tracing works: nstrace ps, ns and inspect, and replay and timeline of recordings.',
        '',
      ].join('\n'),
    );
    expect(doctorText([kernel!, cgroups!])).toMatch(/can trace here, and shows less than it could/);
    expect(doctorText([kernel!])).toMatch(/^nstrace can trace here\.$/m);
    expect(doctorText([{ ...kernel!, text: 'a\x1b[2Jb' }])).not.toContain('\x1b');
  });
});
