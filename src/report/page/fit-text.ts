import type { Canvas } from './viewport.ts';

export const font = '12px system-ui, sans-serif';
export const strongFont = '600 12.5px system-ui, sans-serif';
export const smallFont = '11px system-ui, sans-serif';

/** As much of a text as there is room for, found by halving. */
export const shorten = (canvas: Canvas, text: string, room: number): string => {
  const most = text.length > 400 ? text.slice(0, 400) : text;
  if (room < 12) {
    return '';
  }
  if (canvas.measureText(most).width <= room) {
    return most;
  }
  let least = 0;
  for (let step = 256; step >= 1; step /= 2) {
    if (least + step < most.length && canvas.measureText(`${most.slice(0, least + step)}…`).width <= room) {
      least += step;
    }
  }
  return least === 0 ? '' : `${most.slice(0, least)}…`;
};
