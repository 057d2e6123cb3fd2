import type { WhyRecord } from '../now/schema.ts';
import { commandOrComm } from './command.ts';
import { containerName } from './container.ts';
import { escapeText } from './escape.ts';

/** Why a process stands where it does, in lines. */
export const whyText = (found: WhyRecord): string => {
  const { container, evidence, role } = found;
  const inside = found.nspid.length > 1 ? `, inside ${found.nspid.slice(1).join(', ')}` : '';
  const rows: [string, string][] = [
    ['pid', `${found.pid}${inside}`],
    ['command', commandOrComm(found)],
    ['container', container === null ? 'host' : `${containerName(container)} (${escapeText(container.runtime)})`],
    ...(evidence === undefined ? [] : [['evidence', evidence] as [string, string]]),
    ...found.because.map((text, index): [string, string] => [index === 0 ? 'because' : '', escapeText(text)]),
    ...(role === undefined ? [] : [['role', role] as [string, string]]),
    ...(found.for === undefined ? [] : [['for', containerName(found.for)] as [string, string]]),
    ...found.container_evidence.map((text, index): [string, string] => [
      index === 0 ? 'the container' : '',
      escapeText(text),
    ]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}\n`).join('');
};
