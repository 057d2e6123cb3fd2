import { bindingsOf } from '../keys/bindings.ts';
import { menus } from '../keys/menu.ts';
import type { Glyphs } from './theme.ts';

/** Every key, section by section, and what the signs and the columns mean. */
export const helpLines = (isReplay: boolean, glyphs: Glyphs): string[] => [
  ...keyLines(isReplay),
  ...['Signs', ...legend(glyphs).map(([sign, meaning]) => row(sign, meaning))],
  ...['Columns', ...menus.sort.items.map(({ name, about }) => row(name, about))],
];

const keyWidth = 26;

const row = (key: string, what: string): string => `  ${key.padEnd(keyWidth)} ${what}`;

const keyLines = (isReplay: boolean): string[] => {
  let section = '';
  return bindingsOf(isReplay).flatMap((binding) => {
    const title = binding.section === section ? [] : [binding.section];
    section = binding.section;
    return [...title, row(binding.label, binding.what), ...(binding.more ?? []).map((line) => row('', line))];
  });
};

/** What each sign stands for. */
export const legend = (glyphs: Glyphs): (readonly [sign: string, meaning: string])[] => [
  [glyphs.starts, 'a container starts: its first program'],
  [glyphs.joins, 'entered from outside: exec, nsenter'],
  [glyphs.exits, 'a process ended'],
  [glyphs.fails, 'an exec failed, or events were lost'],
  [glyphs.made, 'made or changed: namespace, cgroup, fork, container'],
  [glyphs.ended, 'a container ended'],
  [`${glyphs.bar} ${glyphs.outside}`, 'lanes: lives in a container, on the host'],
  [`${glyphs.before} ${glyphs.unseen}`, 'lanes: since before; what it did then is not known'],
  [`${glyphs.live} ${glyphs.end}`, 'lanes: exec, end'],
];
