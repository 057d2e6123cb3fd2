import { wrapTo } from '../view/width.ts';
import { detailLines } from './details.ts';
import type { FrameInput } from './frame-input.ts';
import { helpLines } from './help.ts';
import { padLines, renderLine } from './line.ts';
import { kinds } from './store.ts';
import type { Theme } from './theme.ts';
import type { Ui } from './ui.ts';

export interface Overlaid {
  readonly lines: string[];
  /** How far it is scrolled: not beyond its end. */
  readonly scroll: number;
}

/** Help, details or kinds in the place of the body, if one of them is open. */
export const overlayLines = (input: FrameInput, height: number): Overlaid | undefined => {
  const { ui, store, users, columns, theme } = input;
  switch (ui.overlay) {
    case 'help':
      return scrolled(helpLines(ui.isReplay), ui, height, columns, theme);
    case 'details':
      return ui.details === undefined
        ? undefined
        : scrolled(detailLines(ui.details, store, users), ui, height, columns, theme);
    case 'kinds':
      return {
        scroll: ui.scroll,
        lines: padLines(
          [
            renderLine(
              [
                ['Kinds of events', 'title'],
                ['  Space switches, Esc goes back', 'dim'],
              ],
              columns,
              theme,
            ),
            ...kinds.map((kind, index) =>
              renderLine(
                [[`  ${index + 1} [${ui.kinds.shown.has(kind) ? 'x' : ' '}] ${kind}`]],
                columns,
                theme,
                index === ui.kinds.cursor,
              ),
            ),
          ],
          height,
          columns,
        ),
      };
    default:
      return undefined;
  }
};

/** Long lines go on in the next one: nothing of a command is hidden. */
const scrolled = (text: readonly string[], ui: Ui, height: number, columns: number, theme: Theme): Overlaid => {
  const all = text.flatMap((line) => wrap(theme.text(line), columns));
  const scroll = Math.min(ui.scroll, Math.max(0, all.length - height));
  const lines = all
    .slice(scroll, scroll + height)
    .map((line) => renderLine([[line, /^\S/.test(line) ? 'title' : 'plain']], columns, theme));
  return { lines: padLines(lines, height, columns), scroll };
};

/** Long lines cost too much to be wrapped for each frame. */
const wrapped = new Map<string, string[]>();
const maxWrapped = 64;
const longLine = 1000;

const wrap = (line: string, columns: number): string[] => {
  if (line.length < longLine) {
    return wrapTo(line, columns, '    ');
  }
  const key = `${columns} ${line}`;
  let lines = wrapped.get(key);
  if (lines === undefined) {
    lines = wrapTo(line, columns, '    ');
    if (wrapped.size >= maxWrapped) {
      wrapped.clear();
    }
    wrapped.set(key, lines);
  }
  return lines;
};
