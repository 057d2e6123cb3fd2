import { containerTest, labelTest, podNames } from './about-container.ts';
import { endOf, exitTest, signalTest } from './about-end.ts';
import { filterKinds, kindTest, viewKindTest } from './about-kind.ts';
import { namespaceTest, originOf, origins, originTest, pidTest, userTest } from './about-process.ts';
import { lineTest, nameTest } from './about-text.ts';
import { globsTest, globTest } from './glob-test.ts';
import { answer, type Compiler, type Matcher, processOf } from './matcher.ts';

export interface Key {
  readonly name: string;
  /** Another name of it. */
  readonly alias?: string;
  /** What people who do not know it type. */
  readonly guesses?: readonly string[];
  /** Its values as help shows them. */
  readonly values: string;
  readonly about: string;
  /** @throws ValueError */
  readonly test: (values: readonly string[], compiler: Compiler) => Matcher;
}

/** All keys: what the parser, the help, the manual and the view's prompt are made of. */
export const keys: readonly Key[] = [
  {
    name: 'c',
    guesses: ['container', 'containers', 'id'],
    values: 'SEL',
    about: 'container: a selector as -c takes it, or a glob of its name',
    test: containerTest,
  },
  {
    name: 'n',
    guesses: ['name', 'comm', 'cmd', 'command', 'exe'],
    values: 'RE2',
    about: 'command name or executable',
    test: nameTest,
  },
  {
    name: 'l',
    guesses: ['line', 'args', 'argv', 'cmdline'],
    values: 'RE2',
    about: 'whole command line',
    test: lineTest,
  },
  {
    name: 'u',
    alias: 'user',
    guesses: ['uid', 'users'],
    values: 'USER',
    about: 'user, by name or number',
    test: userTest((s) => processOf(s)?.uid),
  },
  { name: 'auid', values: 'USER', about: 'login user', test: userTest((s) => processOf(s)?.auid) },
  { name: 'p', guesses: ['pid', 'pids'], values: 'PID', about: 'host pid, and its descendants', test: pidTest },
  {
    name: 'ns',
    guesses: ['namespace', 'inode', 'pidns', 'netns'],
    values: 'INODE',
    about: 'in this namespace, of whatever type',
    test: namespaceTest,
  },
  { name: 'tty', values: 'TTY', about: 'terminal: pts/3', test: globTest((s) => processOf(s)?.tty) },
  { name: 'host', values: 'NAME', about: 'host that the record is from', test: globTest(({ host }) => host) },
  {
    name: 'image',
    values: 'IMAGE',
    about: 'image of the container',
    test: globTest(({ container }) => container?.info.image),
  },
  { name: 'pod', values: 'POD', about: 'pod of the container: name, namespace/name or id', test: globsTest(podNames) },
  { name: 'label', values: 'KEY=V', about: 'label of the container', test: labelTest },
  {
    name: 'e',
    guesses: ['event', 'events', 'kind', 'type', 'op'],
    values: 'KIND',
    about: `kind: ${filterKinds.join(', ')}`,
    test: kindTest,
  },
  { name: 'x', values: 'KIND', about: 'kind, by its beginning', test: viewKindTest },
  {
    name: 'exit',
    guesses: ['code', 'status', 'ret'],
    values: 'CODE',
    about: 'exit code; !0 includes what a signal killed',
    test: exitTest,
  },
  { name: 'signal', values: 'NAME', about: 'signal that killed it, with or without SIG', test: signalTest },
  {
    name: 'origin',
    values: 'ORIGIN',
    about: `how it came into its container: ${origins.join(', ')}`,
    test: originTest,
  },
];

export const findKey = (name: string): Key | undefined => keys.find((key) => key.name === name || key.alias === name);

export const keyNames = (): string[] =>
  keys.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));

export interface Flag {
  readonly name: string;
  readonly about: string;
  readonly test: Matcher;
}

/** Words that stand alone. */
export const flags: readonly Flag[] = [
  {
    name: 'failed',
    about: 'execs that failed',
    test: { of: ({ record }) => (record.type === 'exec' ? answer(record.ret !== 0) : 'none') },
  },
  {
    name: 'oom',
    about: 'killed because memory ran out',
    test: { of: (subject) => (endOf(subject) === undefined ? 'none' : answer(endOf(subject)?.oom === true)) },
  },
  {
    name: 'joined',
    about: 'joins of a container, and what those processes do there',
    test: {
      of: (subject) => {
        const { record } = subject;
        return answer(record.type === 'container' ? record.op === 'joined' : originOf(subject) === 'joined');
      },
    },
  },
];
