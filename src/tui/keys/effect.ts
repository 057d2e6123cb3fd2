import type { Jump } from '../../replay/player.ts';

/** What a key asks of those who have more than the view. */
export type Effect =
  | { readonly type: 'quit' | 'record' | 'clear' | 'suspend' }
  /** Text for the clipboard, and what it is; undefined if there is no such thing. */
  | { readonly type: 'copy'; readonly text: string | undefined; readonly what: string }
  | { readonly type: 'mouse'; readonly on: boolean }
  | { readonly type: 'play' }
  | { readonly type: 'speed'; readonly factor: number }
  | { readonly type: 'seek'; readonly seconds: number }
  | { readonly type: 'jump'; readonly to: Jump };
