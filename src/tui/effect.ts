import type { ViewEvent } from './store.ts';

/** What a key asks of those who have more than the view. */
export type Effect =
  | { readonly type: 'quit' | 'record' | 'clear' | 'suspend' }
  | { readonly type: 'copy'; readonly event: ViewEvent }
  | { readonly type: 'play' }
  | { readonly type: 'speed'; readonly factor: number }
  | { readonly type: 'seek'; readonly seconds: number }
  | { readonly type: 'jump'; readonly to: 'start' | 'exit' | 'error' | 'join' };
