/** Keys and what they do, in groups; a group's name has nothing beside it. */
type KeyList = readonly (readonly [key: string, what: string])[];

const common: KeyList = [
  ['Moving', ''],
  ['j k, arrows', 'one line'],
  ['PgUp PgDn, Ctrl-B Ctrl-F', 'one page; Ctrl-U Ctrl-D half of one'],
  ['g  G, Home End', 'to the beginning, to the end'],
  ['f', 'follow: show what is newest'],
  ['Enter, l', 'open a container, or the details of an event'],
  ['Esc, h', 'back; clears the filter'],
  ['What is shown', ''],
  ['Tab, m', 'grouped, flat, tree, lanes'],
  ['/', 'filter as you type; !word is without that word'],
  ['', 'c:web n:curl l:regex x:failed u:1000 p:4711 ns:NUMBER'],
  ['n  N', 'next, previous event that the last filter matches'],
  ['e', 'kinds of events'],
  ['s', 'sort containers by activity, age, name'],
  ['x', 'clear containers that have ended'],
  ['+ -', 'lanes: shorter or longer time'],
];

const leaving: KeyList = [
  ['c', 'copy the command line, quoted for a shell'],
  ['Ctrl-Z', 'leave the view for the shell; fg comes back'],
  ['q, Ctrl-C', 'quit'],
];

const live: KeyList = [
  ['Tracing', ''],
  ['left right', 'back, open'],
  ['Space', 'pause the view; tracing goes on'],
  ['r', 'start or stop a recording in this folder'],
  ...leaving,
];

const replay: KeyList = [
  ['Playing', ''],
  ['Space', 'play, hold'],
  ['+ -', 'faster, slower'],
  ['< >, left right', 'back, on by 5 seconds'],
  ['1 2 3 4', 'to the next start, exit, error, join'],
  ...leaving,
];

const named = (keys: KeyList): KeyList => keys.filter(([, what]) => what !== '');

/** Every key: those of a trace, and those that are others in a replay. */
export const allKeys = {
  live: named([...common, ...live]),
  replay: named(replay.filter((key) => !leaving.includes(key))),
} as const;

/** Every key, in groups. */
export const helpLines = (isReplay: boolean): string[] =>
  [...common, ...(isReplay ? replay : live)].map(([key, what]) => (what === '' ? key : `  ${key.padEnd(26)} ${what}`));
