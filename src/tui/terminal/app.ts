import { Box, Text, Transform, useInput } from 'ink';
import { createElement as h, useSyncExternalStore } from 'react';
import { isMouse, keyName, keysOf, mouseEventsOf } from '../keys/keys.ts';
import type { View } from '../view.ts';

/**
 * The whole screen is one text whose lines are replaced at the end: Ink's own caches never shrink, and a box a cell costs
 * more than all the rest (ink 986).
 */
export const App = ({ view }: { view: View }) => {
  const { lines } = useSyncExternalStore(view.subscribe, view.snapshot);
  useInput((input, key) => {
    // Pasted text, and keys that came while a frame was made, come in one piece.
    if (isMouse(input)) {
      for (const event of mouseEventsOf(input)) {
        if (event.type === 'click') {
          view.click(event.line);
        } else {
          view.press(event.key);
        }
      }
      return;
    }
    const name = keyName(input, key);
    if (name === input && input.length > 1) {
      for (const each of keysOf(input)) {
        view.press(each);
      }
    } else {
      view.press(name);
    }
  });
  const placeholder = Array.from(lines, () => ' ').join('\n');
  const transform = (_: string, index: number): string => lines[index] ?? '';
  return h(Box, { flexDirection: 'column' }, h(Transform, { transform }, h(Text, null, placeholder)));
};
