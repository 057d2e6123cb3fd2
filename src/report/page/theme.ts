/** Colours of the canvas, from the style sheet: so that there is one list of them, for light and dark. */
export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly hover: string;
  readonly selected: string;
  readonly accent: string;
  readonly bad: string;
  readonly isDark: boolean;
}

export const readTheme = (): Theme => {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: color('text'),
    muted: color('muted'),
    faint: color('faint'),
    line: color('line'),
    surface: color('surface'),
    hover: color('hover'),
    selected: color('selected'),
    accent: color('accent'),
    bad: color('bad'),
    isDark: color('scheme') === 'dark',
  };
};

/** Far from each other, and from the red of failures, also for most who see colours otherwise. */
const hues = [212, 165, 262, 190, 40, 285, 95, 230];

/** The colour of a container; the host has none. */
export const colorOf = (index: number | undefined, { isDark }: Theme, alpha = 1): string => {
  if (index === undefined) {
    return isDark ? `hsl(215 10% 58% / ${alpha})` : `hsl(215 12% 52% / ${alpha})`;
  }
  const hue = hues[index % hues.length]!;
  const yellow = hue > 30 && hue < 110;
  return isDark
    ? `hsl(${hue} ${yellow ? 60 : 62}% 62% / ${alpha})`
    : `hsl(${hue} ${yellow ? 70 : 58}% ${yellow ? 38 : 48}% / ${alpha})`;
};
