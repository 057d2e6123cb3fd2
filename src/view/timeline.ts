import type { Timeline, TimelineEntry } from '../timeline/schema.ts';
import { byWhom, fromWhere, words } from './asked.ts';
import { moment } from './clock.ts';
import { commandLine, innermostPid } from './command.ts';
import { containerName } from './container.ts';
import { seconds } from './durations.ts';
import { endingRemarks } from './ending.ts';
import { escapeText, shortId } from './escape.ts';

export interface TimelineStyle {
  readonly quote: boolean;
  readonly maxArgs: number;
  readonly users: { nameOf(uid: number): string };
  /** Without it ASCII only. */
  readonly unicode: boolean;
}

/** A timeline to be read by a person: what it is about, then one line per step, indented by process tree. */
export const timelineText = (timeline: Timeline, style: TimelineStyle): string =>
  [...heading(timeline, style), '', ...steps(timeline, style)].map((line) => `${line.trimEnd()}\n`).join('');

/** Who and what, in a few lines. */
export const heading = (timeline: Timeline, { users }: TimelineStyle): string[] => {
  const { container, asked, asked_by: person, host } = timeline;
  const facts = [
    ['host', host && escapeText(host)],
    ['asked', person === undefined ? byWhom(asked, users) : `${fromWhere(person)}${byWhom(person, users)}`],
    ['through', person === undefined || person.pid === asked?.pid ? undefined : byWhom(asked, users)],
    ['ran', ranFor(timeline)],
    ['id', container.id === container.name ? undefined : escapeText(container.id)],
    ['image', container.image && escapeText(container.image)],
    [
      'labels',
      container.labels &&
        Object.entries(container.labels)
          .map(([key, value]) => `${escapeText(key)}=${escapeText(value)}`)
          .join(', '),
    ],
    [
      'pidns',
      container.pidns === undefined
        ? undefined
        : `pid:[${container.pidns}]${container.init === undefined ? '' : `, init is pid ${container.init}`}`,
    ],
    ['cgroup', container.cgroups?.map(escapeText).join(', ')],
    ['shares', container.shared && shares(container.shared)],
    ['inside', container.inside?.map(({ name }) => escapeText(name)).join(', which is in ')],
    ['lost', timeline.lost > 0 ? `${timeline.lost} events while it lived: something may be missing here` : undefined],
  ] as const;
  return [
    `${containerName(container)} (${escapeText(container.runtime)})`,
    ...facts
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => `  ${name.padEnd(7)} ${value}`),
  ];
};

const ranFor = ({ seen, begin, started_ns, stopped_ns, removed_ns, ...end }: Timeline): string => {
  const from = seen ? 'since before tracing began' : `from ${moment(begin)}`;
  const start = started_ns === undefined || seen ? '' : `, its program after ${seconds(started_ns)}`;
  if (!seen && started_ns === undefined && stopped_ns !== undefined) {
    return `never: it was made at ${moment(begin)}, could not start, and ended${howEnded(end)}`;
  }
  if (stopped_ns === undefined) {
    return `${from}${start}, ${removed_ns === undefined ? 'and goes on' : 'removed before its program ran'}`;
  }
  const length = started_ns === undefined ? '' : ` after ${seconds(stopped_ns - started_ns)} more`;
  return `${from}${start}, ended${howEnded(end)}${seen ? '' : length}`;
};

const howEnded = ({ code, signal, oom }: Pick<Timeline, 'code' | 'signal' | 'oom'>): string => {
  const how = signal === undefined ? (code === undefined ? '' : ` with code ${code}`) : ` by ${escapeText(signal)}`;
  return oom ? `${how}, out of memory` : how;
};

const shares = (shared: NonNullable<Timeline['container']['shared']>): string => {
  const withWhom = new Map<string, string[]>();
  for (const [type, owners] of Object.entries(shared)) {
    for (const owner of owners) {
      withWhom.set(owner, [...(withWhom.get(owner) ?? []), type]);
    }
  }
  return [...withWhom]
    .map(([owner, types]) => `${types.join(' ')} with ${owner === 'host' ? 'the host' : shortId(owner)}`)
    .join('; ');
};

const steps = (timeline: Timeline, style: TimelineStyle): string[] => {
  const executing = new Set(timeline.entries.filter(({ kind }) => kind === 'exec').map(({ pid }) => pid));
  const least = Math.min(...timeline.entries.map(({ depth }) => depth));
  const names = new Map<number, string>();
  let gone = timeline.removed_ns ?? Number.POSITIVE_INFINITY;
  const lines: string[] = [];
  let dropped = timeline.dropped;
  for (const [index, entry] of timeline.entries.entries()) {
    if (dropped > 0 && index === keptAtBeginning) {
      lines.push(`  ... ${dropped} steps are left out here ...`);
      dropped = 0;
    }
    if ((entry.kind === 'exec' && (entry.ret ?? 0) === 0) || entry.kind === 'process') {
      names.set(entry.pid, programName(entry));
    } else if (entry.kind === 'fork') {
      names.delete(entry.pid);
    }
    const text = describeStep(entry, timeline, style, { executing, names });
    if (text !== undefined) {
      if (entry.at_ns > gone) {
        lines.push(goneLine(timeline));
        gone = Number.POSITIVE_INFINITY;
      }
      const indent = '  '.repeat(Math.min(entry.depth - least, maxIndent));
      lines.push(
        `  ${`+${seconds(entry.at_ns)}`.padStart(11)} ${String(entry.pid).padStart(7)} ${innermostPid(entry.nspid).padStart(5)}  ${indent}${text}`,
      );
    }
  }
  if (lines.length > 0) {
    lines.unshift(`  ${'TIME'.padStart(11)} ${'PID'.padStart(7)} ${'NSPID'.padStart(5)}  STEP`);
  }
  if (gone !== Number.POSITIVE_INFINITY) {
    lines.push(goneLine(timeline));
  }
  return lines;
};

const goneLine = ({ container, removed_ns: at = 0 }: Timeline): string => {
  const what = container.cgroups === undefined ? 'its namespaces are gone' : 'its cgroup is gone';
  return `  ${`+${seconds(at)}`.padStart(11)} ${'-'.padStart(7)} ${'-'.padStart(5)}  ${what}`;
};

/** As in src/timeline/draft.ts. */
const keptAtBeginning = 1000;
const maxIndent = 12;

interface Context {
  /** Processes whose exec says that they were born. */
  readonly executing: ReadonlySet<number>;
  /** What a process runs, by pid. */
  readonly names: ReadonlyMap<number, string>;
}

/** What it was called with: its comm may be that of a link, or of the program that runs it. */
const programName = ({ args, comm }: TimelineEntry): string => {
  const called = args?.[0] ?? '';
  return escapeText(called.slice(called.lastIndexOf('/') + 1) || (comm ?? '?'));
};

/** What a step means; undefined for one that says nothing beside others. */
const describeStep = (
  entry: TimelineEntry,
  timeline: Timeline,
  style: TimelineStyle,
  { executing, names }: Context,
): string | undefined => {
  const name = names.get(entry.pid) ?? escapeText(entry.comm ?? '?');
  switch (entry.kind) {
    case 'process':
      return `${commandLine(entry, style)}  (was there before)`;
    case 'exec':
      return describeExec(entry, timeline, style);
    case 'fork':
      // Where an exec follows, that says it.
      return executing.has(entry.pid) && entry.helper !== true ? undefined : `${name} is born, child of ${entry.ppid}`;
    case 'exit':
      return describeExit(entry, name);
    case 'namespace':
      return describeNamespaces(entry, name);
    case 'cgroup':
      return describeCgroup(entry, timeline);
  }
};

const describeExec = (entry: TimelineEntry, timeline: Timeline, style: TimelineStyle): string => {
  const line = commandLine(entry, style);
  const arrow = style.unicode ? '▶' : '>';
  if (entry.ret !== undefined && entry.ret !== 0) {
    return `${line}  fails: ${escapeText(entry.errno ?? String(entry.ret))}`;
  }
  if (entry.again) {
    return `${line}  executes itself again, from a copy that the container cannot reach`;
  }
  if (entry.starts) {
    return `${arrow} ${line}  STARTS${startup(timeline)}`;
  }
  const { joined_asked_by: person } = entry;
  if (person !== undefined) {
    return `${arrow} ${line}  JOINS, asked ${fromWhere(person)}${byWhom(person, style.users)}`;
  }
  if (entry.joined_by) {
    const { pid, comm, args } = entry.joined_by;
    return `${arrow} ${line}  JOINS, brought by pid ${pid}: ${words(args ?? [comm], maxBringer)}`;
  }
  return entry.origin === 'joined' ? `${line}  (came in from outside)` : line;
};

const startup = ({ startup_ns: whole, startup: parts }: Timeline): string => {
  if (whole === undefined) {
    return '';
  }
  const names = {
    runtime_ns: 'runtime',
    cgroup_ns: 'cgroup',
    namespaces_ns: 'namespaces',
    rest_ns: 'root file system and rest',
  } as const;
  const stretches = Object.entries(names).flatMap(([key, name]) => {
    const value = parts?.[key as keyof typeof names];
    return value === undefined ? [] : [`${name} ${seconds(value)}`];
  });
  const client = parts?.client_ns;
  const before = client === undefined ? '' : ` (its client ${seconds(client)} before)`;
  return ` ${seconds(whole)} after it was asked for${before}${stretches.length > 0 ? `: ${stretches.join(', ')}` : ''}`;
};

const describeExit = (entry: TimelineEntry, name: string): string => {
  const how = entry.signal === undefined ? `exits with ${entry.code ?? 0}` : `is killed by ${escapeText(entry.signal)}`;
  const after = entry.duration_ns === undefined ? '' : ` after ${seconds(entry.duration_ns)}`;
  return `${name} ${how}${endingRemarks(entry)}${after}${entry.ends ? '  ENDS the container' : ''}`;
};

const describeNamespaces = ({ op, created, joined }: TimelineEntry, name: string): string | undefined => {
  const types = Object.keys(created ?? joined ?? {}).join(' ');
  if (types === '') {
    return undefined;
  }
  switch (op) {
    case 'clone':
      return `${name} is born in new namespaces: ${types}`;
    case 'setns':
      return `${name} joins namespaces: ${types}`;
    default:
      return `${name} makes namespaces: ${types}`;
  }
};

const describeCgroup = ({ op, paths = [], hierarchies = [] }: TimelineEntry, { container }: Timeline): string => {
  const many = hierarchies.length > 1 ? `, in ${hierarchies.length} hierarchies` : '';
  const others = paths.filter((path) => !container.cgroups?.includes(path));
  const where = others.length > 0 ? `the cgroup ${others.map(escapeText).join(', ')}` : "the container's cgroup";
  switch (op) {
    case 'mkdir':
      return `makes ${where}${many}`;
    case 'attach':
      return `is moved into ${where}${many}`;
    case 'rename':
      return `renames the cgroup ${paths.map(escapeText).join(' to ')}${many}`;
    default:
      return `removes ${where}${many}`;
  }
};

const maxBringer = 60;
