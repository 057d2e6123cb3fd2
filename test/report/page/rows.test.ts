import { describe, expect, it } from 'vitest';
import { firstOpen, type Row, rowsOf } from '../../../src/report/page/rows.ts';
import { exec, exit, fork } from '../../fixtures/records.ts';
import { at, inTime, lifeOf } from '../../fixtures/story.ts';
import { modelOf } from './support.ts';

const textOf = (row: Row): string => {
  switch (row.type) {
    case 'box':
      return `${row.isOpen ? '-' : '+'} ${row.box.name}`;
    case 'proc':
      return `${'  '.repeat(row.depth + 1)}${row.proc.name} ${row.proc.pid}`;
    case 'namespace':
      return `  ${row.namespace.type}`;
    default:
      return `  ${row.type}`;
  }
};

describe('the rows of a report', () => {
  it('are containers, then the host, where all are folded', () => {
    const model = modelOf(lifeOf());
    expect(rowsOf(model, new Set(), undefined).map(textOf)).toEqual(['+ xyxy12', '+ host']);
  });

  it('have startup, namespaces and processes below a container that is unfolded', () => {
    const model = modelOf(lifeOf());
    const rows = rowsOf(model, new Set([0]), undefined).map(textOf);
    expect(rows.slice(0, 2)).toEqual(['- xyxy12', '  startup']);
    expect(rows.slice(2, 4)).toEqual(['  pid', '  mnt']);
    expect(rows).toContain('    sh 10123');
    expect(rows.at(-1)).toBe('+ host');
  });

  it('are only what a search found, and where it is', () => {
    const model = modelOf(lifeOf());
    const top = model.procs.find(({ pid }) => pid === 611)!;
    const rows = rowsOf(model, new Set([0, 1]), new Set([top])).map(textOf);
    expect(rows).toEqual(['- xyxy12', expect.stringMatching(/^ +top 611$/)]);
    expect(rowsOf(model, new Set([0, 1]), new Set())).toEqual([]);
  });
});

describe('what a report unfolds at first', () => {
  it('is each container, and not the host', () => {
    const model = modelOf(inTime(...lifeOf({ base: 0 }), ...lifeOf({ base: 1000, from: 1500 })));
    expect(firstOpen(model)).toEqual(new Set([0, 1]));
  });

  it('ends where there are too many rows', () => {
    const [first, ...rest] = lifeOf();
    const inside = rest.find(({ type, ...record }) => type === 'exec' && 'container' in record && record.container)!;
    const { container, ns } = inside as ReturnType<typeof exec>;
    const many = Array.from({ length: 500 }, (_, index) => {
      const who = { pid: 20_000 + index, nspid: [20_000 + index, 100 + index], ppid: 10_123, container, ns };
      return [
        fork({ ...who, ...at(300 + index / 10), comm: 'sh' }),
        exec({ ...who, ...at(300 + index / 10 + 0.01), args: ['true'], exe: '/bin/true' }),
        exit({ ...who, ...at(300 + index / 10 + 0.02) }),
      ];
    }).flat();
    expect(firstOpen(modelOf(inTime(first!, ...rest, ...many)))).toEqual(new Set());
  });
});
