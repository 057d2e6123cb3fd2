export type ColorChoice = 'auto' | 'always' | 'never';

/** NO_COLOR and FORCE_COLOR count where --color does not say otherwise. */
export const wantsColor = (
  when: ColorChoice,
  { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
  isTTY = process.stdout.isTTY,
): boolean => {
  if (when !== 'auto') {
    return when === 'always';
  }
  if (NO_COLOR) {
    return false;
  }
  return FORCE_COLOR ? FORCE_COLOR !== '0' : isTTY && TERM !== 'dumb';
};
