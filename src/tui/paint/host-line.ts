import { counted } from '../../kernel/plural.ts';
import { escapeText } from '../../view/escape.ts';
import type { Piece } from './line.ts';
import { lostText } from './lost.ts';
import type { TableContext } from './table.ts';

/**
 * The line above the containers of one of several hosts: how much goes on there, and what is lost.
 *
 * @param clock how far its clock is off, if that is known
 */
export const hostPieces = (name: string, { store, now, theme }: TableContext, clock?: string): Piece[] => {
  const trace = store.traces.all.find(({ source }) => source.name === name);
  let containers = 0;
  let alive = 0;
  let rate = 0;
  for (const group of store.groups.values()) {
    if (group.source.name === name) {
      containers += group.ref !== null && !group.ended ? 1 : 0;
      alive += group.alive;
      rate += group.rate.perSecond(now / 1e9);
    }
  }
  const { lost = 0, unknownLoss = false, source } = trace ?? {};
  const { kernel, arch } = source?.header?.host ?? {};
  return [
    [`${theme.glyphs.open} host ${escapeText(name)}`, 'title'],
    [`  ${counted(containers, 'container')}  ${alive} alive`, 'plain'],
    [rate > 0 ? ` ${rate.toFixed(1)}/s` : '', 'good'],
    [lost > 0 || unknownLoss ? `  lost ${lostText(lost, unknownLoss)}` : '', 'bad'],
    [clock === undefined ? '' : `  clock ${escapeText(clock)}`, 'warn'],
    [kernel === undefined ? '' : `  ${escapeText(kernel)} ${escapeText(arch ?? '')}`, 'dim'],
  ];
};
