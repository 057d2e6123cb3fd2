/** What a key asks of the view, or of the trace or the replay behind it. */
export type KeyCommand =
  | ('down' | 'up' | 'wheelDown' | 'wheelUp' | 'pageDown' | 'pageUp' | 'halfDown' | 'halfUp' | 'first' | 'last')
  | ('follow' | 'open' | 'back' | 'mode' | 'filter' | 'next' | 'previous' | 'kinds' | 'sort' | 'sortAgain' | 'by')
  | ('clear' | 'longer' | 'shorter' | 'help' | 'pause' | 'record' | 'copy' | 'mouse' | 'suspend' | 'quit')
  | ('play' | 'faster' | 'slower' | 'seekBack' | 'seekOn' | 'jump');

/** One line of the help: some keys and what they do. */
export interface Binding {
  readonly section: string;
  /** How the keys are written for people. */
  readonly label: string;
  readonly what: string;
  /** Commands by key, as keys.ts names it. */
  readonly keys: Readonly<Record<string, KeyCommand>>;
  /** Only in a trace, only in a replay, only in lanes; the first binding that holds counts. */
  readonly when?: 'live' | 'replay' | 'lanes';
  /** In the last line of the screen: a short word, and the place in the order of use. */
  readonly foot?: { readonly rank: number; readonly word: string; readonly label?: string };
  /** More lines about it. */
  readonly more?: readonly string[];
}

/** Every key: the one source for input, help, the last line of the screen and the manual page. */
export const bindings: readonly Binding[] = [
  {
    ...{ section: 'Moving', label: 'j k, arrows', what: 'one line' },
    keys: { j: 'down', down: 'down', k: 'up', up: 'up', wheeldown: 'wheelDown', wheelup: 'wheelUp' },
  },
  {
    ...{ section: 'Moving', label: 'PgUp PgDn, Ctrl-B Ctrl-F', what: 'one page; Ctrl-U Ctrl-D half of one' },
    keys: {
      ...{ pageup: 'pageUp', 'ctrl+b': 'pageUp', pagedown: 'pageDown', 'ctrl+f': 'pageDown' },
      ...{ 'ctrl+u': 'halfUp', 'ctrl+d': 'halfDown' },
    },
  },
  {
    ...{
      section: 'Moving',
      label: 'g  G, Home End',
      what: 'beginning, end; 20G: line 20; 5j: five lines on',
    },
    keys: { g: 'first', home: 'first', G: 'last', end: 'last' },
  },
  {
    ...{ section: 'Moving', label: 'f', what: 'follow: show what is newest' },
    keys: { f: 'follow' },
    foot: { rank: 50, word: 'follow' },
  },
  {
    ...{ section: 'Moving', label: 'Enter, l', what: 'open a container; details of an event or a process' },
    keys: { enter: 'open', l: 'open' },
    foot: { rank: 40, word: 'open', label: 'Enter' },
  },
  {
    ...{ section: 'Moving', label: 'Esc, h', what: 'back; clears the filter' },
    keys: { escape: 'back', h: 'back' },
  },
  {
    ...{ section: 'What is shown', label: 'Tab, m', what: 'containers, grouped, flat, tree, lanes' },
    keys: { tab: 'mode', m: 'mode' },
    foot: { rank: 30, word: 'mode', label: 'Tab' },
  },
  {
    ...{ section: 'What is shown', label: '/', what: 'filter as you type; !word is without that word' },
    more: ['c:web n:curl exit:!0 signal:KILL failed oom', 'joined u:1000 tty:pts/3 p:4711; up: earlier ones'],
    keys: { '/': 'filter' },
    foot: { rank: 20, word: 'filter' },
  },
  {
    ...{ section: 'What is shown', label: 'n  N', what: 'next, previous event that the last filter matches' },
    keys: { n: 'next', N: 'previous' },
  },
  {
    ...{ section: 'What is shown', label: 'e', what: 'kinds of events' },
    keys: { e: 'kinds' },
    foot: { rank: 70, word: 'kinds' },
  },
  {
    ...{ section: 'What is shown', label: 's', what: 'sort containers by a column, once; S sorts again' },
    keys: { s: 'sort', S: 'sortAgain' },
    foot: { rank: 60, word: 'sort' },
  },
  {
    ...{ section: 'What is shown', label: 'b', what: 'group by container, namespace, pod, image or user' },
    keys: { b: 'by' },
    foot: { rank: 65, word: 'group by' },
  },
  { ...{ section: 'What is shown', label: 'x', what: 'clear containers that have ended' }, keys: { x: 'clear' } },
  {
    ...{ section: 'What is shown', label: '+ -', what: 'lanes: shorter or longer time', when: 'lanes' },
    keys: { '+': 'shorter', '-': 'longer' },
  },
  {
    ...{ section: 'Tracing', label: 'left right', what: 'back, open', when: 'live' },
    keys: { left: 'back', right: 'open' },
  },
  {
    ...{ section: 'Tracing', label: 'Space', what: 'pause the view; tracing goes on', when: 'live' },
    keys: { ' ': 'pause' },
    foot: { rank: 45, word: 'pause' },
  },
  {
    ...{ section: 'Tracing', label: 'r', what: 'start or stop a recording in this folder', when: 'live' },
    keys: { r: 'record' },
    foot: { rank: 80, word: 'record' },
  },
  {
    ...{ section: 'Playing', label: 'Space', what: 'play, hold', when: 'replay' },
    keys: { ' ': 'play' },
    foot: { rank: 12, word: 'play' },
  },
  {
    ...{ section: 'Playing', label: '+ -', what: 'faster, slower', when: 'replay' },
    keys: { '+': 'faster', '-': 'slower' },
    foot: { rank: 13, word: 'speed' },
  },
  {
    ...{ section: 'Playing', label: '< >, left right', what: 'back, on by 5 seconds', when: 'replay' },
    keys: { '<': 'seekBack', left: 'seekBack', '>': 'seekOn', right: 'seekOn' },
    foot: { rank: 14, word: 'seek', label: '< >' },
  },
  {
    ...{ section: 'Playing', label: ']', what: 'to the next start, exit, error, join', when: 'replay' },
    keys: { ']': 'jump' },
    foot: { rank: 15, word: 'jump' },
  },
  {
    ...{ section: 'Other', label: 'c', what: 'copy a command, pid, name, id or inode' },
    keys: { c: 'copy' },
    foot: { rank: 90, word: 'copy' },
  },
  {
    ...{ section: 'Other', label: 'M', what: 'clicks open lines; the wheel scrolls anyway' },
    keys: { M: 'mouse' },
  },
  {
    ...{ section: 'Other', label: 'Ctrl-Z', what: 'leave the view for the shell; fg comes back' },
    keys: { 'ctrl+z': 'suspend' },
  },
  {
    ...{ section: 'Other', label: 'q, Ctrl-C', what: 'quit' },
    keys: { q: 'quit', 'ctrl+c': 'quit' },
    foot: { rank: 10, word: 'quit', label: 'q' },
  },
  {
    ...{ section: 'Other', label: '?', what: 'these keys' },
    keys: { '?': 'help' },
    foot: { rank: 5, word: 'help' },
  },
];

export interface KeyContext {
  readonly isReplay: boolean;
  readonly mode: string;
}

const holds = ({ when }: Binding, { isReplay, mode }: KeyContext): boolean =>
  when === undefined || (when === 'lanes' ? mode === 'lanes' : isReplay === (when === 'replay'));

/** What a key asks for where the user is. */
export const keyCommandOf = (key: string, place: KeyContext): KeyCommand | undefined => {
  for (const binding of bindings) {
    if (Object.hasOwn(binding.keys, key) && holds(binding, place)) {
      return binding.keys[key];
    }
  }
  return undefined;
};

/** Those of a trace or of a replay, in all its modes. */
export const bindingsOf = (isReplay: boolean): Binding[] =>
  bindings.filter(({ when }) => when !== (isReplay ? 'live' : 'replay'));

/** What the last line of the screen names, in the order of use. */
export const footBindings = (isReplay: boolean): (readonly [label: string, word: string])[] =>
  bindingsOf(isReplay)
    .filter(({ foot }) => foot !== undefined)
    .sort((a, b) => a.foot!.rank - b.foot!.rank)
    .map(({ label, foot }) => [foot!.label ?? label, foot!.word]);
