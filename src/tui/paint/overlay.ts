import { wrapTo } from '../../view/width.ts';
import { menus } from '../keys/menu.ts';
import type { Ui } from '../keys/ui.ts';
import { viewKinds } from '../store/event.ts';
import { detailLines } from './details.ts';
import type { FrameInput } from './frame-input.ts';
import { helpLines } from './help.ts';
import { padLines, renderLine } from './line.ts';
import type { Theme } from './theme.ts';

export interface Overlaid {
  readonly lines: string[];
  /** How far it is scrolled: not beyond its end. */
  readonly scroll: number;
}

/** Help, details or a menu in the place of the body, if one of them is open. */
export const overlayLines = (input: FrameInput, height: number): Overlaid | undefined => {
  const { ui, store, users, columns, theme } = input;
  switch (ui.overlay.name) {
    case undefined:
      return undefined;
    case 'help':
      return scrolled(helpLines(ui.isReplay, theme.glyphs), ui, height, columns, theme);
    case 'details':
      return ui.overlay.details === undefined
        ? undefined
        : scrolled(detailLines(ui.overlay.details, store, users), ui, height, columns, theme);
    case 'kinds':
      return listed(
        'Kinds of events',
        'Space switches, Esc goes back',
        viewKinds.map((kind, index) => `  ${index + 1} [${ui.kinds.shown.has(kind) ? 'x' : ' '}] ${kind}`),
        ui.kinds.cursor,
        input,
        height,
      );
    default: {
      const { title, items, hint = 'a letter or Enter chooses, Esc goes back' } = menus[ui.overlay.name];
      return listed(
        title,
        hint,
        items.map(({ key, name, about }) => `  ${key}  ${name.padEnd(10)} ${about}`),
        ui.overlay.cursor,
        input,
        height,
      );
    }
  }
};

/** A menu, as far as there is room for it: the chosen line is always seen. */
const listed = (
  title: string,
  hint: string,
  items: readonly string[],
  cursor: number,
  { ui, columns, theme }: FrameInput,
  height: number,
): Overlaid => {
  const room = Math.max(1, height - 1);
  const from = Math.max(0, Math.min(cursor - room + 1, items.length - room));
  const lines = items
    .slice(from, from + room)
    .map((item, index) => renderLine([[item]], columns, theme, from + index === cursor));
  const head = renderLine(
    [
      [title, 'title'],
      [`  ${hint}`, 'dim'],
    ],
    columns,
    theme,
  );
  return { scroll: ui.overlay.scroll, lines: padLines([head, ...lines], height, columns) };
};

/** Long lines go on in the next one: nothing of a command is hidden. */
const scrolled = (text: readonly string[], ui: Ui, height: number, columns: number, theme: Theme): Overlaid => {
  const all = text.flatMap((line) => wrap(theme.text(line), columns));
  const scroll = Math.min(ui.overlay.scroll, Math.max(0, all.length - height));
  const below = all.length - scroll - height;
  const lines = all
    .slice(scroll, scroll + height)
    .map((line) => renderLine([[line, /^\S/.test(line) ? 'title' : 'plain']], columns, theme));
  if (below > 0 && height > 1) {
    lines[height - 1] = renderLine([[`  ${below + 1} more below: j and k scroll`, 'accent']], columns, theme);
  }
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
