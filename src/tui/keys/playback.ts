import type { KeyCommand } from './bindings.ts';
import type { Effect } from './effect.ts';

const seekSeconds = 5;

/** What a command asks of a recording that plays, if anything. */
export const playbackOf = (command: KeyCommand): Effect | undefined => {
  switch (command) {
    case 'play':
      return { type: 'play' };
    case 'faster':
      return { type: 'speed', factor: 2 };
    case 'slower':
      return { type: 'speed', factor: 0.5 };
    case 'seekBack':
      return { type: 'seek', seconds: -seekSeconds };
    case 'seekOn':
      return { type: 'seek', seconds: seekSeconds };
    default:
      return undefined;
  }
};
