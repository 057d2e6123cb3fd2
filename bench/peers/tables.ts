import { type Measured, type Pace, phases } from './measure.ts';
import type { ProgramCost } from './programs.ts';

const table = (rows: readonly (readonly string[])[]): string => {
  const [head, ...body] = rows;
  const lines = [head!, head!.map(() => '--'), ...body];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
};

/** Without a tracer, before and after: what the machine did meanwhile is in both. */
const untracedOf = ({ before, after }: Measured, phase: number, field: keyof Pace): number =>
  (before[phase]![field] + after[phase]![field]) / 2;

/** What the same run without a tracer is, once before and once after one: how much the machine does by itself. */
const spread = (measured: readonly Measured[], phase: number, field: keyof Pace): [least: number, most: number] => {
  const values = measured.flatMap((one) => {
    const mean = untracedOf(one, phase, field);
    return [one.before[phase]![field] / mean, one.after[phase]![field] / mean];
  });
  return [Math.min(...values), Math.max(...values)];
};

/** Where runs without a tracer differ by more than this from their mean, nothing can be said of one with a tracer. */
const maxSpread = 1.2;

const ratio = (value: number): string => value.toFixed(2);

const seenText = (seen: number, made: number): string =>
  seen === made ? 'all' : seen < made ? `${((1 - seen / made) * 100).toFixed(1)} % missing` : `${seen - made} too many`;

/** All as ratios: of what the same workload takes without a tracer, and of CPU time beside nstrace's. */
export const peersText = (measured: readonly Measured[]): string => {
  const names = measured.map(({ tracer }) => tracer);
  const own = measured.find(({ tracer }) => tracer.startsWith('nstrace'));
  const parts: string[] = [];
  const perPhase = (title: string, cell: (one: Measured, phase: number) => string, untraced?: keyof Pace): void => {
    const rows = phases.flatMap(({ name }, phase) => {
      const cells = measured.map((one) => cell(one, phase));
      if (untraced === undefined) {
        return [[name, ...cells]];
      }
      const [least, most] = spread(measured, phase, untraced);
      return most > maxSpread ? [] : [[name, `${ratio(least)} to ${ratio(most)}`, ...cells]];
    });
    if (rows.length > 0) {
      parts.push(`${title}\n`, table([['execs', ...(untraced === undefined ? [] : ['none']), ...names], ...rows]));
    }
  };
  const besideNone = (field: keyof Pace) => (one: Measured, phase: number) =>
    ratio(one.results[phase]![field] / untracedOf(one, phase, field));
  perPhase('Execs seen:', ({ results }, phase) => seenText(results[phase]!.seen, results[phase]!.made));
  perPhase(
    'Wall time of a spawn, from the call to the end of the program, median. The mean of the two runs without a tracer is 1; these are under *none*:',
    besideNone('median'),
    'median',
  );
  perPhase('The same, 99th percentile:', besideNone('p99'), 'p99');
  perPhase('Execs a second:', besideNone('rate'), 'rate');
  if (own !== undefined) {
    perPhase('CPU time of the tracer for an exec, nstrace = 1:', (one, phase) =>
      ratio(one.results[phase]!.cpu / own.results[phase]!.cpu),
    );
  }
  parts.push(
    'The whole run:\n',
    table([
      ['', ...names],
      ['said to be lost', ...measured.map(({ saidLost }) => String(saidLost))],
      ...(own === undefined
        ? []
        : [
            ['memory, nstrace = 1', ...measured.map(({ megabytes }) => ratio(megabytes / own.megabytes))],
            ['time to the first exec seen, nstrace = 1', ...measured.map(({ ready }) => ratio(ready / own.ready))],
          ]),
    ]),
  );
  return parts.join('\n');
};

interface Programs {
  readonly tracer: string;
  readonly short: readonly ProgramCost[];
  readonly long: readonly ProgramCost[];
}

const ns = (value: number): string => value.toFixed(0);

/** Time in BPF for an exec (with its fork and exit), beside the whole of nstrace with a short argv. */
export const programsText = (all: readonly Programs[]): string => {
  if (all.length === 0) {
    return '';
  }
  const rows = all.flatMap(({ tracer, short, long }) => {
    const total = (list: readonly ProgramCost[]): number => list.reduce((sum, { perExec }) => sum + perExec, 0);
    // The kernel cuts names at 15 bytes: programs that it calls the same are one row.
    const each = [...new Set(short.map(({ name }) => name))].map((name) => {
      const called = (list: readonly ProgramCost[]) => list.filter((program) => program.name === name);
      const runs = called(short).reduce((sum, { runsPerExec }) => sum + runsPerExec, 0);
      return [tracer, `\`${name}\``, runs.toFixed(1), ns(total(called(short))), ns(total(called(long)))];
    });
    return [...each, [tracer, 'all', '', ns(total(short)), ns(total(long))]];
  });
  return `BPF programs (kernel.bpf_stats_enabled), ns for an exec with its fork and exit:\n\n${table([
    ['tracer', 'program', 'runs for an exec', 'ns, short argv', 'ns, argv of 4 KB'],
    ...rows,
  ])}`;
};
