import { escapeText } from '../../view/escape.ts';
import type { Namespace } from './boxes.ts';
import { font, shorten, smallFont, strongFont } from './fit-text.ts';
import type { Row } from './rows.ts';
import { fold, rounded } from './shapes.ts';
import { colorOf, type Theme } from './theme.ts';
import { type Canvas, rowHeight, tint, type Viewport } from './viewport.ts';

/** What stands left of a row. */
export const drawLabel = (canvas: Canvas, frame: Viewport, row: Row, y: number): void => {
  const { theme, labels } = frame;
  const middle = y + rowHeight / 2;
  canvas.save();
  canvas.beginPath();
  canvas.rect(0, y, labels - 6, rowHeight);
  canvas.clip();
  switch (row.type) {
    case 'box': {
      canvas.fillStyle = theme.muted;
      fold(canvas, 14, middle, row.isOpen);
      canvas.fillStyle = colorOf(tint(row.box), theme);
      rounded(canvas, 25, middle - 4, 8, 8, 2);
      canvas.fillStyle = theme.text;
      canvas.font = strongFont;
      const name = shorten(canvas, escapeText(row.box.name), labels - 100);
      canvas.fillText(name, 39, middle);
      const at = 39 + canvas.measureText(name).width + 8;
      canvas.font = smallFont;
      canvas.fillStyle = theme.muted;
      const runtime = row.box.life === undefined ? '' : escapeText(row.box.life.container.runtime);
      canvas.fillText([runtime, String(row.box.procs.length)].filter((word) => word !== '').join(' · '), at, middle);
      break;
    }
    case 'startup':
      label(canvas, theme, 39, middle, 'startup', '');
      break;
    case 'namespace':
      label(canvas, theme, 39, middle, row.namespace.type, shareText(row.namespace));
      break;
    case 'proc': {
      const indent = 39 + Math.min(row.depth, 8) * 12;
      const pid = row.proc.inner === undefined ? `${row.proc.pid}` : `${row.proc.pid} · ${row.proc.inner}`;
      canvas.font = font;
      canvas.fillStyle = row.box.helpers.has(row.proc) ? theme.muted : theme.text;
      const name = shorten(canvas, escapeText(row.proc.name), Math.max(40, labels - indent - 70));
      canvas.fillText(name, indent, middle);
      const at = indent + canvas.measureText(name).width + 7;
      canvas.font = smallFont;
      canvas.fillStyle = theme.faint;
      canvas.fillText(pid, at, middle);
      break;
    }
    case 'more':
      label(canvas, theme, 39, middle, `${row.count} more processes`, '');
      break;
    default:
  }
  canvas.restore();
};

export const shareText = ({ inode, shared }: Namespace): string =>
  shared.length === 0
    ? String(inode)
    : shared.length === 1 && shared[0] === 'host'
      ? "the host's"
      : `with ${shared.join(', ')}`;

const label = (canvas: Canvas, theme: Theme, x: number, y: number, name: string, more: string): void => {
  canvas.font = smallFont;
  canvas.fillStyle = theme.muted;
  canvas.fillText(name, x, y);
  canvas.fillStyle = theme.faint;
  canvas.fillText(escapeText(more), x + canvas.measureText(name).width + 7, y);
};
