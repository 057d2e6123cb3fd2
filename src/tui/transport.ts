import type { Effect } from './effect.ts';

const seekSeconds = 5;

const effects: Readonly<Record<string, Effect>> = {
  ' ': { type: 'play' },
  '+': { type: 'speed', factor: 2 },
  '-': { type: 'speed', factor: 0.5 },
  left: { type: 'seek', seconds: -seekSeconds },
  '<': { type: 'seek', seconds: -seekSeconds },
  right: { type: 'seek', seconds: seekSeconds },
  '>': { type: 'seek', seconds: seekSeconds },
  '1': { type: 'jump', to: 'start' },
  '2': { type: 'jump', to: 'exit' },
  '3': { type: 'jump', to: 'error' },
  '4': { type: 'jump', to: 'join' },
};

/** What a key asks of a recording that plays, if anything. */
export const transportOf = (key: string): Effect | undefined =>
  Object.hasOwn(effects, key) ? effects[key] : undefined;
