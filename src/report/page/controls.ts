import { byId } from './dom.ts';
import { listenToKeys } from './keys.ts';
import type { Page } from './page.ts';
import { listenForTheme } from './theme-switch.ts';

/** A search begins when nothing was typed for this long. */
const typingMs = 120;

/** Buttons, keys and the search field, and what they do to the page. */
export const listenForAll = (page: Page): void => {
  const { lanes, overview } = page;
  listenToKeys(byId('lanes'), lanes, {
    choose: (row) => page.toRow(row),
    whole: () => page.showWhole(),
    fold: (row) => {
      if (row?.type === 'box') {
        page.fold(row.box);
      }
    },
    zoomTo: (row) => page.zoomToRow(row),
  });
  byId('lanes').addEventListener('scroll', () => page.showGrid());
  listenForTyping(page);
  byId('close').addEventListener('click', () => page.hide());
  byId('zoom-in').addEventListener('click', () => lanes.zoom(0.6));
  byId('zoom-out').addEventListener('click', () => lanes.zoom(1 / 0.6));
  byId('zoom-all').addEventListener('click', () => page.showWhole());
  byId('fold-all').addEventListener('click', () => page.foldAll());
  listenForTheme(lanes, overview);
  addEventListener('hashchange', () => page.goToAddress());
};

const listenForTyping = (page: Page): void => {
  const input = byId('query') as HTMLInputElement;
  let typing = 0;
  input.addEventListener('input', () => {
    clearTimeout(typing);
    typing = window.setTimeout(() => page.run(input.value), typingMs);
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === '/' && !isTyping) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape') {
      if (isTyping && input.value !== '') {
        input.value = '';
        page.run('');
      } else {
        page.hide();
      }
    }
  });
};
