import { escapeText } from '../view/escape.ts';
import type { DoctorFinding } from './schema.ts';

const labels = { ok: 'ok', limited: 'LIMITED', missing: 'MISSING' } as const;

/** What doctor prints: one line per finding, below it what mends it and what does not work without it, and a verdict. */
export const doctorText = (findings: readonly DoctorFinding[]): string => {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const below = ' '.repeat('MISSING'.length + width + 3);
  const lines = findings.map(({ name, level, text, advice, without }) =>
    [
      `${labels[level].padEnd('MISSING'.length)} ${name.padEnd(width)}  ${escapeText(text)}\n`,
      ...(advice === undefined ? [] : [`${below}→ ${escapeText(advice)}\n`]),
      ...(without === undefined ? [] : [`${below}without it: ${escapeText(without)}\n`]),
    ].join(''),
  );
  return lines.join('') + verdict(findings);
};

const verdict = (findings: readonly DoctorFinding[]): string => {
  if (findings.some(({ level }) => level === 'missing')) {
    return 'nstrace cannot trace here yet. What needs no tracing works: nstrace ps, ns and inspect, and replay and timeline of recordings.\n';
  }
  return findings.every(({ ok }) => ok)
    ? 'nstrace can trace here.\n'
    : 'nstrace can trace here, and shows less than it could: see LIMITED above.\n';
};
