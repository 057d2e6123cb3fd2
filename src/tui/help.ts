const keys = [
  ['Moving', ''],
  ['j k, arrows', 'one line'],
  ['PgUp PgDn, Ctrl-B Ctrl-F', 'one page; Ctrl-U Ctrl-D half of one'],
  ['g  G, Home End', 'to the beginning, to the end'],
  ['f', 'follow: show what is newest'],
  ['Enter, l', 'open a container, or the details of an event'],
  ['Esc, h', 'back; clears the filter'],
  ['What is shown', ''],
  ['Tab, m', 'grouped, flat, tree, lanes'],
  ['/', 'filter as you type: plain words are looked for in command lines, !word turns it round'],
  ['', 'c:web n:curl l:regex x:failed u:1000 p:4711 ns:4026532572'],
  ['n  N', 'next, previous event that the last filter matches'],
  ['e', 'kinds of events'],
  ['s', 'sort containers by activity, age, name'],
  ['x', 'clear containers that have ended'],
  ['+ -', 'lanes: shorter or longer time'],
] as const;

const live = [
  ['Tracing', ''],
  ['Space', 'pause the view; tracing goes on'],
  ['r', 'start or stop a recording in this folder'],
  ['c', 'copy the command line, quoted for a shell'],
  ['q, Ctrl-C', 'quit; Ctrl-Z stops the view, fg goes on'],
] as const;

const replay = [
  ['Playing', ''],
  ['Space', 'play, hold'],
  ['+ -', 'faster, slower'],
  ['< >, left right', 'back, on by 5 seconds'],
  ['1 2 3 4', 'to the next start, exit, error, join'],
  ['c', 'copy the command line, quoted for a shell'],
  ['q, Ctrl-C', 'quit'],
] as const;

/** Every key, in groups. */
export const helpLines = (isReplay: boolean): string[] =>
  [...keys, ...(isReplay ? replay : live)].map(([key, what]) => (what === '' ? key : `  ${key.padEnd(26)} ${what}`));
