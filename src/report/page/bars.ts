import { escapeText } from '../../view/escape.ts';
import type { Box, Namespace, Proc } from './boxes.ts';
import { shorten, smallFont } from './fit-text.ts';
import type { Row } from './rows.ts';
import { cross, diamond, dot, hatch, rounded, triangle } from './shapes.ts';
import { commandOf, endText, span } from './text.ts';
import { colorOf } from './theme.ts';
import { type Canvas, extent, rowHeight, tint, type Viewport, xOf } from './viewport.ts';

const barInset = 5;

/** What happened over time in a row: a life, a startup, a namespace, a process. */
export const drawBar = (canvas: Canvas, frame: Viewport, row: Row, y: number): void => {
  switch (row.type) {
    case 'box':
      return drawBox(canvas, frame, row.box, y);
    case 'startup':
      return drawStartup(canvas, frame, row.box, y);
    case 'namespace':
      return drawNamespace(canvas, frame, row.box, row.namespace, y);
    case 'proc':
      return drawProc(canvas, frame, row.box, row.proc, y);
    default:
  }
};

/** The life of a container, with what was executed in it as ticks of one px: many cost no more than few. */
const drawBox = (canvas: Canvas, frame: Viewport, box: Box, y: number): void => {
  const { theme } = frame;
  const [x, width] = extent(frame, box.from, box.to);
  canvas.fillStyle = colorOf(tint(box), theme, theme.isDark ? 0.22 : 0.16);
  rounded(canvas, x, y + 3, width, rowHeight - 6, 4);
  canvas.fillStyle = colorOf(tint(box), theme, 0.95);
  canvas.fillRect(x, y + 3, 2, rowHeight - 6);
  canvas.globalAlpha = 0.75;
  ticks(canvas, frame, box.marks.execs, y + 7, rowHeight - 14);
  canvas.globalAlpha = 1;
  canvas.fillStyle = theme.bad;
  ticks(canvas, frame, box.marks.failures, y + rowHeight - 8, 4);
  for (const at of between(box.marks.joins, frame)) {
    diamond(canvas, frame, xOf(frame, at), y + rowHeight / 2, theme.accent);
  }
  const { life } = box;
  if (life?.stopped !== undefined) {
    const isBad = life.signal !== undefined || (life.code ?? 0) !== 0;
    canvas.fillStyle = isBad ? theme.bad : colorOf(tint(box), theme);
    canvas.fillRect(x + width - 2, y + 3, 2, rowHeight - 6);
    canvas.font = smallFont;
    canvas.fillStyle = isBad ? theme.bad : theme.muted;
    canvas.fillText(endText(life), x + width + 5, y + rowHeight / 2);
  }
};

/** Marks of one px. The next one that is drawn is the first one of another px: a million cost no more than the px there are. */
const ticks = (canvas: Canvas, frame: Viewport, times: Float64Array, y: number, height: number): void => {
  const perPx = (frame.to - frame.from) / (frame.width - frame.labels);
  let index = firstFrom(times, frame.from);
  while (index < times.length && times[index]! <= frame.to) {
    const x = Math.floor(xOf(frame, times[index]!));
    canvas.fillRect(x, y, 1, height);
    index = Math.max(index + 1, firstFrom(times, frame.from + (x + 1 - frame.labels) * perPx));
  }
};

const maxDiamonds = 500;

const between = (times: Float64Array, { from, to }: Viewport): Float64Array => {
  const first = firstFrom(times, from);
  return times.subarray(first, Math.min(firstFrom(times, to), first + maxDiamonds));
};

/** Where times begin that are not before this one, found by halving. */
const firstFrom = (times: Float64Array, at: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};

const parts = [
  ['runtime_ns', 'runtime'],
  ['cgroup_ns', 'cgroup'],
  ['namespaces_ns', 'namespaces'],
  ['rest_ns', 'root file system and rest'],
] as const;

const drawStartup = (canvas: Canvas, frame: Viewport, box: Box, y: number): void => {
  const { life } = box;
  const whole = life?.startup_ns ?? 0;
  const end = life?.started ?? box.from + whole;
  let from = end - whole;
  canvas.font = smallFont;
  for (const [index, [key]] of parts.entries()) {
    const ns = life?.startup?.[key] ?? 0;
    const [x, width] = extent(frame, from, from + ns);
    canvas.fillStyle = colorOf(tint(box), frame.theme, 0.85 - index * 0.18);
    canvas.fillRect(x, y + 7, width, rowHeight - 14);
    from += ns;
  }
  canvas.fillStyle = frame.theme.muted;
  canvas.fillText(span(whole), xOf(frame, end) + 6, y + rowHeight / 2);
};

/** A band from the moment it was made; one that is shared is hatched. */
const drawNamespace = (canvas: Canvas, frame: Viewport, box: Box, namespace: Namespace, y: number): void => {
  const { theme } = frame;
  const [x, width] = extent(frame, namespace.from, box.to);
  const isShared = namespace.shared.length > 0;
  canvas.fillStyle = colorOf(isShared ? undefined : tint(box), theme, 0.14);
  canvas.fillRect(x, y + 7, width, rowHeight - 14);
  if (isShared) {
    hatch(canvas, x, y + 7, width, rowHeight - 14, colorOf(undefined, theme, 0.3));
  }
  if (namespace.created !== undefined) {
    canvas.fillStyle = colorOf(tint(box), theme);
    triangle(canvas, xOf(frame, namespace.created.at), y + rowHeight / 2);
  }
  for (const { at } of namespace.joined) {
    diamond(canvas, frame, xOf(frame, at), y + rowHeight / 2, theme.accent);
  }
};

const drawProc = (canvas: Canvas, frame: Viewport, box: Box, proc: Proc, y: number): void => {
  const { theme } = frame;
  const isBefore = (proc.to ?? frame.end) < frame.from;
  if (isBefore || proc.from > frame.to) {
    // Which way it is.
    canvas.font = smallFont;
    canvas.fillStyle = theme.faint;
    canvas.fillText(isBefore ? '‹' : '›', isBefore ? frame.labels + 4 : frame.width - 10, y + rowHeight / 2);
    return;
  }
  const [x, width] = extent(frame, proc.from, proc.to ?? frame.end);
  const isHelper = box.helpers.has(proc);
  const color = colorOf(isHelper ? undefined : tint(box), theme);
  const top = y + barInset;
  const height = rowHeight - 2 * barInset;
  canvas.globalAlpha = isHelper ? 0.28 : theme.isDark ? 0.5 : 0.42;
  canvas.fillStyle = color;
  rounded(canvas, x, top, width, height, 3);
  canvas.globalAlpha = 1;
  canvas.fillStyle = color;
  canvas.fillRect(x, top, proc.before ? 1 : 2, height);
  if (proc.to !== undefined && isBad(proc)) {
    canvas.fillStyle = theme.bad;
    canvas.fillRect(Math.max(x, x + width - 3), top, 3, height);
  }
  const first = proc.execs[0];
  for (const at of proc.execs) {
    const mark = xOf(frame, at);
    if (mark >= frame.labels - 8 && mark <= frame.width + 8) {
      if (proc.joined && at === first) {
        diamond(canvas, frame, mark, y + rowHeight / 2, theme.accent);
      } else {
        canvas.fillStyle = color;
        dot(canvas, mark, y + rowHeight / 2, 3.5);
      }
    }
  }
  canvas.fillStyle = theme.bad;
  for (const at of proc.failures) {
    cross(canvas, xOf(frame, at), y + rowHeight / 2, theme.bad);
  }
  const text = proc.program === undefined ? escapeText(proc.name) : commandOf(proc.program);
  barText(canvas, frame, text, proc, x, width, y);
};

export const isBad = ({ exit }: Proc): boolean =>
  exit !== undefined && (exit.signal !== undefined || (exit.code ?? 0) !== 0);

/** In the bar if it fits there, else behind it. */
const barText = (
  canvas: Canvas,
  frame: Viewport,
  text: string,
  proc: Proc,
  x: number,
  width: number,
  y: number,
): void => {
  canvas.font = smallFont;
  const end = isBad(proc) ? `  ${endText(proc.exit!)}` : '';
  const marks = proc.execs.length > 0 ? Math.max(x, xOf(frame, proc.execs.at(-1)!)) + 8 : x + 6;
  const from = Math.max(frame.labels + 6, marks);
  const room = x + width - from - 6;
  const needed = Math.min(canvas.measureText(text.slice(0, 200)).width, 2000);
  const middle = y + rowHeight / 2;
  canvas.fillStyle = frame.theme.text;
  if (room >= Math.min(needed, 60)) {
    canvas.fillText(shorten(canvas, text, room), from, middle);
    canvas.fillStyle = frame.theme.bad;
    canvas.fillText(end, x + width + 2, middle);
  } else {
    const behind = Math.max(x + width, marks - 2) + 6;
    const shown = shorten(canvas, text, Math.min(320, frame.width - behind - 6));
    canvas.fillStyle = frame.theme.muted;
    canvas.fillText(shown, behind, middle);
    if (end !== '' && shown !== '') {
      canvas.fillStyle = frame.theme.bad;
      canvas.fillText(end, behind + canvas.measureText(shown).width, middle);
    }
  }
};
