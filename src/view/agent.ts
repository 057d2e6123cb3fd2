import { age } from './durations.ts';
import { escapeText } from './escape.ts';
import { size } from './sizes.ts';

/** What an agent says of itself (src/fleet/metrics.ts). */
interface State {
  readonly events: Readonly<Record<string, number>>;
  readonly lost: Readonly<Record<string, number>>;
  readonly containers: number;
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
  readonly spoolAgeSeconds: number;
  readonly silentMs: number;
  readonly sinks: readonly {
    readonly name: string;
    readonly target: string;
    readonly records: number;
    readonly retries: number;
    readonly refused: number;
    readonly lagBytes: number;
    readonly trouble?: string | undefined;
  }[];
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** `agent status` in words. */
export const agentText = (state: State, faults: readonly string[]): string => {
  const lost = Object.entries(state.lost).map(([stage, count]) => `${count} (${escapeText(stage)})`);
  const lines = [
    ['state', faults.length === 0 ? 'tracing' : faults.map(escapeText).join('; ')],
    ['records', `${sum(state.events)}, of them ${state.events.exec ?? 0} execs`],
    ['lost', lost.length === 0 ? 'nothing' : lost.join(', ')],
    ['containers', String(state.containers)],
    [
      'spool',
      `${size(state.spoolBytes)} of ${size(state.spoolLimitBytes)}${state.spoolAgeSeconds > 0 ? `, ${age(state.spoolAgeSeconds * 1000)} not shipped everywhere` : ''}`,
    ],
    ...state.sinks.map((sink) => {
      const troubles = [
        sink.lagBytes > 0 ? `${size(sink.lagBytes)} behind` : 'up to date',
        ...(sink.refused > 0 ? [`${sink.refused} refused`] : []),
        ...(sink.trouble === undefined ? [] : [escapeText(sink.trouble)]),
      ];
      return [sink.name, `${escapeText(sink.target)}: ${sink.records} records, ${troubles.join(', ')}`];
    }),
  ];
  return lines.map(([name = '', value]) => `${name.padEnd(11)} ${value}\n`).join('');
};
