import { byId } from './dom.ts';
import type { Lanes } from './lanes.ts';
import type { Overview } from './overview.ts';

/** Light and dark, as the reader or the system chooses, and light on paper. */
export const listenForTheme = (lanes: Lanes, overview: Overview): void => {
  const modes = ['auto', 'light', 'dark'] as const;
  let mode = 0;
  const retheme = (): void => {
    lanes.refreshTheme();
    overview.draw();
  };
  byId('theme').addEventListener('click', () => {
    mode = (mode + 1) % modes.length;
    document.documentElement.dataset.theme = modes[mode];
    byId('theme').textContent = { auto: 'Auto', light: 'Light', dark: 'Dark' }[modes[mode]!];
    retheme();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', retheme);
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.printing = 'yes';
    lanes.refreshTheme();
    lanes.resize();
    overview.draw();
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.printing;
    retheme();
    lanes.resize();
  });
};
