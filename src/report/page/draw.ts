import { axisTicks, type Tick } from './axis.ts';
import { drawBar } from './bars.ts';
import { smallFont } from './fit-text.ts';
import { drawLabel } from './labels.ts';
import type { Row } from './rows.ts';
import { hatch } from './shapes.ts';
import { axisHeight, type Canvas, rowHeight, type Viewport, xOf } from './viewport.ts';

export const drawAxis = (canvas: Canvas, frame: Viewport): Tick[] => {
  const ticks = axisTicks(frame.from, frame.to, frame.width - frame.labels, 96);
  canvas.fillStyle = frame.theme.surface;
  canvas.fillRect(0, 0, frame.width, axisHeight);
  canvas.font = smallFont;
  canvas.textBaseline = 'middle';
  canvas.fillStyle = frame.theme.muted;
  for (const { at, label } of ticks) {
    canvas.fillText(label, Math.round(xOf(frame, at)) + 5, axisHeight / 2);
  }
  canvas.fillStyle = frame.theme.line;
  for (const { at } of ticks) {
    canvas.fillRect(Math.round(xOf(frame, at)), 6, 1, axisHeight - 6);
  }
  canvas.fillRect(0, axisHeight - 1, frame.width, 1);
  return ticks;
};

export const drawGrid = (canvas: Canvas, frame: Viewport, ticks: readonly Tick[]): void => {
  canvas.fillStyle = frame.theme.line;
  canvas.globalAlpha = 0.5;
  for (const { at } of ticks) {
    canvas.fillRect(Math.round(xOf(frame, at)), axisHeight, 1, frame.height);
  }
  canvas.globalAlpha = 1;
};

export const drawRow = (canvas: Canvas, frame: Viewport, row: Row, y: number): void => {
  canvas.save();
  canvas.beginPath();
  canvas.rect(frame.labels, y, frame.width - frame.labels, rowHeight);
  canvas.clip();
  drawBar(canvas, frame, row, y);
  drawMissing(canvas, frame, row, y);
  canvas.restore();
  drawLabel(canvas, frame, row, y);
};

/** Where a page has not all events, it shows that, lest it look quiet. */
const drawMissing = (canvas: Canvas, frame: Viewport, row: Row, y: number): void => {
  const until = row.box.life === undefined ? frame.hostUntil : frame.until;
  if (until === undefined || until > frame.to || row.type === 'more') {
    return;
  }
  const x = Math.max(frame.labels, xOf(frame, until));
  hatch(canvas, x, y + 3, frame.width - x, rowHeight - 6, frame.theme.line);
  if (row.type === 'box') {
    canvas.font = smallFont;
    canvas.fillStyle = frame.theme.muted;
    canvas.fillText('from here on only counted', x + 8, y + rowHeight / 2);
  }
};
