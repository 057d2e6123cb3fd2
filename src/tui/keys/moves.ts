import type { KeyCommand } from './bindings.ts';

/** Of one step of the mouse's wheel. */
const wheelLines = 3;
const far = Number.MAX_SAFE_INTEGER;

/**
 * Lines that a command moves by, downwards; undefined if it does not move.
 *
 * @param page the lines of a page
 */
export const stepOf = (command: KeyCommand | undefined, page: number): number | undefined => {
  switch (command) {
    case 'down':
      return 1;
    case 'up':
      return -1;
    case 'wheelDown':
      return wheelLines;
    case 'wheelUp':
      return -wheelLines;
    case 'pageDown':
      return page;
    case 'pageUp':
      return -page;
    case 'halfDown':
      return page >> 1;
    case 'halfUp':
      return -(page >> 1);
    case 'first':
      return -far;
    case 'last':
      return far;
    default:
      return undefined;
  }
};
