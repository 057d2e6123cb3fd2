import { age } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import { size } from '../../view/sizes.ts';
import type { AgentState } from './state.ts';

/** Records are gathered for half a second before they are sent: that is no delay. */
const isLate = (seconds: number): boolean => seconds >= 2;
const ageOf = (seconds: number): string => age(seconds * 1000);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** `agent status` in words. */
export const agentText = (state: AgentState, faults: readonly string[]): string => {
  const { limit = 0, ...faulty } = state.lost;
  const lost = Object.entries(faulty).map(([stage, count]) => `${count} (${escapeText(stage)})`);
  const lines = [
    ['state', faults.length === 0 ? 'tracing' : faults.map(escapeText).join('; ')],
    ['records', `${sum(state.events)}, of them ${state.events.exec ?? 0} execs`],
    ['lost', lost.length === 0 ? 'nothing' : lost.join(', ')],
    ...(limit > 0 ? [['left out', `${limit} by --limit`]] : []),
    ['containers', String(state.containers)],
    [
      'bpftrace',
      `${size(state.bpftrace.residentBytes)}, ${state.bpftrace.cpuSeconds.toFixed(1)} s of CPU${state.bpftrace.restarts > 0 ? `, started again ${state.bpftrace.restarts} times` : ''}`,
    ],
    [
      'spool',
      `${size(state.spoolBytes)} of ${size(state.spoolLimitBytes)}${isLate(state.spoolAgeSeconds) ? `, the oldest record not shipped everywhere is ${ageOf(state.spoolAgeSeconds)} old` : ''}`,
    ],
    ...state.sinks.map((sink) => {
      const troubles = [
        isLate(sink.lagSeconds) ? `${size(sink.lagBytes)} and ${ageOf(sink.lagSeconds)} behind` : 'up to date',
        ...(sink.refused > 0 ? [`${sink.refused} refused`] : []),
        ...(sink.trouble === undefined ? [] : [escapeText(sink.trouble)]),
      ];
      return [sink.name, `${escapeText(sink.target)}: ${sink.records} records, ${troubles.join(', ')}`];
    }),
  ];
  const width = Math.max(11, ...lines.map(([name = '']) => name.length));
  return lines.map(([name = '', value]) => `${name.padEnd(width)} ${value}\n`).join('');
};
