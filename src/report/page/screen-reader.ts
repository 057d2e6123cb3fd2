import { escapeText } from '../../view/escape.ts';
import type { Proc } from './boxes.ts';
import type { Row } from './rows.ts';
import { commandOf, count, endText, span } from './text.ts';

/** What a screen reader says of a process, and of a row. */
export const spokenProc = (proc: Proc): string => {
  const end = proc.exit === undefined ? 'still running' : endText(proc.exit);
  return `${escapeText(proc.name)}, pid ${proc.pid}, in ${escapeText(proc.box.name)}, ${end}`;
};

export const spokenRow = (row: Row): string => {
  switch (row.type) {
    case 'box':
      return `${escapeText(row.box.name)}, ${count(row.box.procs.length, 'process', 'processes')}, ${row.box.life === undefined ? 'outside of containers' : row.box.life.stopped === undefined ? 'running' : `${endText(row.box.life)} after ${span(row.box.to - row.box.from)}`}`;
    case 'proc':
      return `${row.proc.program === undefined ? escapeText(row.proc.name) : commandOf(row.proc.program)}, pid ${row.proc.pid}, ${row.proc.exit === undefined ? 'still running' : `${endText(row.proc.exit)} after ${span(row.proc.to! - row.proc.from)}`}`;
    case 'startup':
      return `startup, ${span(row.box.life?.startup_ns ?? 0)}`;
    case 'namespace':
      return `${row.namespace.type} namespace ${row.namespace.inode}${row.namespace.shared.length > 0 ? ', shared' : ''}`;
    case 'more':
      return `${row.count} more processes`;
  }
};
