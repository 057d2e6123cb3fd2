import type { Command, Option } from 'commander';
import { visibleCommands } from '../src/cli/program.ts';
import { flags, keys } from '../src/filter/keys.ts';
import { type Binding, bindings } from '../src/tui/keys/bindings.ts';
import { version } from '../src/version.ts';

/** The manual page nstrace(8) in man(7)'s language: commands and options are the program's own. */
export const manualPage = (program: Command): string =>
  [
    `.TH NSTRACE 8 "" "nstrace ${version}" "System Administration"`,
    '.SH NAME',
    'nstrace \\- see what runs in your containers: an exec and namespace tracer',
    '.SH SYNOPSIS',
    '.B nstrace',
    '.RI [ command ] " " [ options ]',
    '.SH DESCRIPTION',
    paragraph(
      'nstrace reports every exec, fork, exit, namespace and cgroup on a Linux host, with the container it belongs to, without a daemon. Bundled bpftrace programs emit the events; runtimes are known by their cgroups, command lines and state files. What is lost is counted and reported.',
    ),
    paragraph(
      'Without a command it is live. Tracing needs root, bpftrace 0.17 or newer and a kernel with BTF; reading recordings needs neither.',
    ),
    '.SH COMMANDS',
    ...visibleCommands(program).flatMap(commandText),
    '.SH FILTER LANGUAGE',
    ...filterLanguage(),
    '.SH TERMINAL VIEW',
    paragraph(
      'On a terminal live and replay show a view that fills it. An option for lines gives lines: -o, -T, -t, -U, -q, --max-args, --columns, --no-header; so do a pipe and TERM=dumb. The keys:',
    ),
    ...keyLines(bindings.filter(({ when }) => when !== 'replay')),
    paragraph('In a replay:'),
    ...keyLines(bindings.filter(({ when }) => when === 'replay')),
    '.SH EXIT STATUS',
    ...exitStatuses.flatMap(([status, meaning]) => ['.TP', `.B ${status}`, roff(meaning)]),
    '.SH OVERHEAD',
    paragraph(
      'A machine that does nothing but spawn short programs spawns 0.98 times as many as untraced. Beside execsnoop.bt on the same workload nstrace takes 1.0 to 1.4 times its CPU time, and reports ten times as much. At rest it takes about one percent of a core. docs/cost.md has all figures.',
    ),
    '.SH LIMITS',
    paragraph(
      'Programs that run without an exec are not seen: code loaded into a process, commands of interpreters, builtins of shells. Command lines longer than 16 KB (64 KB with bpftrace 0.22 and newer) are completed from /proc while the process lives, and else marked as cut. What root does to hide from it, it cannot see.',
    ),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, meaning]) => ['.TP', `.B ${name}`, roff(meaning)]),
    '.SH EXAMPLES',
    ...examples.flatMap(([command, what]) => ['.PP', roff(what), '.PP', '.nf', '.RS', roff(command), '.RE', '.fi']),
    '.SH FILES',
    '.TP',
    '.I docs/nstrace-1.schema.json',
    'The format of recordings.',
    '.SH SEE ALSO',
    '.BR bpftrace (8),',
    '.BR lsns (8),',
    '.BR nsenter (1),',
    '.BR runc (8),',
    '.BR namespaces (7)',
    '',
  ].join('\n');

const filterLanguage = (): string[] => [
  paragraph(
    'An expression of --where is words separated by blanks, and all must hold. A word is KEY:VALUE, a flag, or text, which is a part of the command line; ! before it negates it. KEY:!VALUE is the same as !KEY:VALUE, but only for records that have the key. a,b is any of them. Double quotes keep blanks, commas and colons; \\" is a quote itself. A record without the key does not match. USER, PID, TTY, NAME, IMAGE, POD and V are globs, RE2 is a regular expression in the syntax of RE2: it has no lookaround and no back-references, so that no text can keep the tracer busy. Headers, footers and losses always pass. Words about kinds or ends ask for all kinds of events where -e does not say which.',
  ),
  ...keys.flatMap(({ name, alias, values, about }) => [
    '.TP',
    `.B ${roff(alias === undefined ? `${name}:${values}` : `${name}:${values}, ${alias}:${values}`)}`,
    roff(sentence(about)),
  ]),
  ...flags.flatMap(({ name, about }) => ['.TP', `.B ${name}`, roff(`Flag: ${about}`)]),
  ...expressions.flatMap(([expression, what]) => ['.TP', `.B ${roff(expression)}`, roff(what)]),
];

const expressions = [
  ['c:web exit:!0', 'What ended with a failure in web, killed processes included.'],
  ['c:!host joined', 'Joins of a container, and what those processes do there.'],
  ['n:^(curl|wget)$ !u:root', 'Two commands, not run by root.'],
  ['signal:KILL,TERM e:container', 'Containers whose init was killed.'],
  ['l:oom', 'A command line with a word that is a flag otherwise.'],
] as const;

const exitStatuses = [
  ['0', 'Ended as asked: Ctrl-C, q, a duration, a reader that closed the pipe.'],
  ['1', 'Failed while running.'],
  ['2', 'Wrong usage.'],
  ['3', 'The system lacks something: rights, bpftrace, BTF, tracefs.'],
  ['4', 'The recording is damaged, and --strict was given.'],
  ['130', 'A second Ctrl-C.'],
  ['other', 'record -- CMD ends with the status of CMD.'],
] as const;

const environment = [
  ['NO_COLOR, FORCE_COLOR', 'No colours, or colours also in a pipe, where --color does not say otherwise.'],
  ['TERM', 'dumb: lines instead of the view.'],
  ['TZ', 'The time zone: all commands show local time, with --utc UTC. Records and exported files are always in UTC.'],
  ['LC_ALL, LC_CTYPE, LANG', 'Lines and signs are drawn in ASCII where the locale is not UTF-8.'],
  ['SUDO_UID, SUDO_GID', 'Who runs the command of record, unless --as root.'],
] as const;

const examples = [
  ['sudo nstrace live', 'What runs now:'],
  ['sudo nstrace --container xyxy12', 'Only one container, also if it starts later:'],
  ['sudo nstrace record -o session.ndjson -- make test', 'As long as a command runs, into a file:'],
  ['nstrace timeline session.ndjson -c xyxy12', 'The life of a container:'],
  ['nstrace ps --tree xyxy12', 'What runs in it, with the pids inside and outside:'],
  ['nstrace inspect xyxy12:7', 'Which process is pid 7 in it:'],
] as const;

const keyLines = (keys: readonly Binding[]): string[] =>
  keys.flatMap(({ label, what, more = [] }) => [
    ...['.TP', `.B ${roff(label)}`, roff(what)],
    ...more.flatMap((line) => ['.br', roff(line)]),
  ]);

const commandText = (command: Command): string[] => [
  `.SS ${command.name()}${command.registeredArguments.map((argument) => ` ${roff(argumentText(argument))}`).join('')}`,
  paragraph(`${sentence(command.description())}.`),
  ...command.registeredArguments.flatMap((argument) => [
    '.TP',
    `.I ${roff(argumentText(argument))}`,
    roff(sentence(argument.description)),
  ]),
  ...(command.options as Option[]).flatMap((option) => ['.TP', `.B ${roff(option.flags)}`, optionText(option)]),
];

const argumentText = (argument: Command['registeredArguments'][number]): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};

const optionText = (option: Option): string => {
  const choices = option.argChoices ? ` One of ${option.argChoices.join(', ')}.` : '';
  return roff(`${sentence(option.description)}.${choices}`);
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const paragraph = (text: string): string => `.PP\n${roff(text)}`;

/** Backslashes and hyphens, and dots and quotes at the beginning of a line, mean something to roff. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
