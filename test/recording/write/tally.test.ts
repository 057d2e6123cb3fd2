import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { Tally } from '../../../src/recording/write/tally.ts';
import { cgroup, exec, exit, header, lost } from '../../fixtures/records.ts';

const now = { time: '2026-01-02T03:04:06.000000000Z', mono: '2000000000' };
const probe = { made: 5, delivered: 4, lost: 1 };

const footerOf = (...records: NstraceRecord[]) => {
  const tally = new Tally();
  for (const record of records) {
    tally.take(record);
  }
  return tally.footer(now, 'Ctrl-C', probe);
};

describe('Tally', () => {
  it('numbers records from 1 in their order', () => {
    const tally = new Tally();
    const records = [header(), exec({ seq: 0 }), exec({ seq: 99 }), exit()];
    for (const record of records) {
      tally.take(record);
    }
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('counts records by type for the footer', () => {
    expect(footerOf(header(), exec(), exec(), exit()).events).toEqual({ header: 1, exec: 2, exit: 1 });
  });

  it('puts into the footer when, why and what the probes made', () => {
    expect(footerOf(header())).toMatchObject({ type: 'footer', ...now, ended: now.time, reason: 'Ctrl-C', probe });
  });

  it('calls a recording complete from which nothing is missing', () => {
    expect(footerOf(header(), exec())).toMatchObject({ lost: 0, cut: 0, complete: true });
  });

  it('adds up losses, and calls the recording incomplete', () => {
    expect(footerOf(lost({ count: 3 }), lost({ count: 4 }))).toMatchObject({ lost: 7, cut: 0, complete: false });
  });

  it('calls a recording incomplete in which an unknown number is missing', () => {
    expect(footerOf(lost({ count: 0, exact: false }))).toMatchObject({ lost: 0, complete: false });
  });

  it.each([{ args_truncated: true }, { exe_truncated: true }, { args_truncated: true, exe_truncated: true }])(
    'counts a record with %o once as cut, and calls the recording incomplete',
    (changes) => {
      expect(footerOf(exec(changes), exec())).toMatchObject({ lost: 0, cut: 1, complete: false });
    },
  );

  it('counts the path of a cgroup that was cut', () => {
    expect(footerOf(cgroup({ path_truncated: true }), cgroup())).toMatchObject({ cut: 1, complete: false });
  });

  it('does not change a footer it gave before', () => {
    const tally = new Tally();
    tally.take(exec());
    const footer = tally.footer(now, 'duration', probe);
    tally.take(exec());
    expect(footer.events).toEqual({ exec: 1 });
  });
});
