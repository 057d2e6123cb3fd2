const far = Number.MAX_SAFE_INTEGER;

/**
 * Lines that a key moves by, downwards, if it moves.
 *
 * @param page the lines of a page
 */
export const stepOf = (key: string, page: number): number | undefined => {
  switch (key) {
    case 'down':
    case 'j':
      return 1;
    case 'up':
    case 'k':
      return -1;
    case 'pagedown':
    case 'ctrl+f':
      return page;
    case 'pageup':
    case 'ctrl+b':
      return -page;
    case 'ctrl+d':
      return page >> 1;
    case 'ctrl+u':
      return -(page >> 1);
    case 'home':
    case 'g':
      return -far;
    case 'end':
    case 'G':
      return far;
    default:
      return undefined;
  }
};
