import { escapeText } from '../../view/escape.ts';
import { exeFileText } from '../../view/exe-file.ts';
import type { Box, Proc } from './boxes.ts';
import { h } from './dom.ts';
import { shareText } from './labels.ts';
import type { Model } from './model.ts';
import { commandOf, endText, sinceStart, span, whatOf, wordsText } from './text.ts';

export interface DetailsActions {
  readonly toProc: (proc: Proc) => void;
  readonly toBox: (box: Box) => void;
  readonly zoom: (from: number, to: number) => void;
  readonly search: (query: string) => void;
  readonly time: (at: number) => string;
}

type Fact = readonly [name: string, value: Node | string | undefined];

const maxEvents = 60;

/** What is known of a process. */
export const procDetails = (proc: Proc, model: Model, actions: DetailsActions): HTMLElement[] => {
  const { program, exit, parent } = proc;
  const children = model.procs.filter((other) => other.parent === proc);
  const to = proc.to ?? model.end;
  const facts: Fact[] = [
    ['Container', link(escapeText(proc.box.name), () => actions.toBox(proc.box))],
    ['Works for', proc.worksFor && link(escapeText(proc.worksFor.name), () => actions.toBox(proc.worksFor!))],
    ['pid', `${proc.pid}${proc.inner === undefined ? '' : `, ${proc.inner} inside`}`],
    [
      'Parent',
      parent === undefined ? (proc.ppid === undefined ? undefined : String(proc.ppid)) : procLink(parent, actions),
    ],
    [
      'Executable',
      program && `${escapeText(program.exe)}${'exe_file' in program ? exeFileText(program.exe_file) : ''}`,
    ],
    ['Directory', program?.cwd && escapeText(program.cwd)],
    ['User', program && `uid ${program.uid}, gid ${program.gid}`],
    [
      'Rights',
      program && (program.euid !== undefined || program.egid !== undefined || program.caps_gained !== undefined)
        ? `of uid ${program.euid ?? program.uid}, gid ${program.egid ?? program.gid}${program.caps_gained === undefined ? '' : `, gained ${program.caps_gained.map(escapeText).join(' ')}`}`
        : undefined,
    ],
    ['Login', program?.auid === undefined ? undefined : `uid ${program.auid}`],
    ['Terminal', program?.tty && escapeText(program.tty)],
    ['Came in', proc.joined ? 'entered from outside' : program?.origin],
    ['Began', proc.before ? 'before tracing' : `${sinceStart(proc.from, 1e5)} · ${actions.time(proc.from)}`],
    [
      'Ended',
      exit === undefined
        ? proc.to === undefined
          ? 'still running'
          : undefined
        : `${sinceStart(proc.to ?? to, 1e5)}, ${endText(exit)}`,
    ],
    ['Lived', span(exit?.duration_ns ?? to - proc.from)],
    ['Namespaces', program && spacesOf(program.ns)],
  ];
  return [
    h('h3', {}, escapeText(proc.name)),
    program === undefined
      ? h('p', { class: 'note' }, 'executed nothing')
      : h('pre', { class: 'command' }, commandOf(program)),
    actionsRow(
      button('Zoom to it', () => actions.zoom(proc.from, to)),
      button('Its events', () => actions.search(`p:${proc.pid}`)),
    ),
    factList(facts),
    ...(children.length > 0 ? [h('h4', {}, `Children (${children.length})`), procList(children, actions)] : []),
    h('h4', {}, `Events (${proc.events.length})`),
    eventList(proc.events, model),
  ];
};

/** What is known of a life of a container. */
export const boxDetails = (box: Box, actions: DetailsActions): HTMLElement[] => {
  const { life } = box;
  if (life === undefined) {
    return [
      h('h3', {}, 'host'),
      h('p', { class: 'note' }, 'Everything outside of containers.'),
      actionsRow(button('Its events', () => actions.search('c:host'))),
      factList([['Processes', String(box.procs.length)]]),
    ];
  }
  const { container, asked, asked_by: person } = life;
  const facts: Fact[] = [
    ['Runtime', escapeText(container.runtime)],
    ['Id', escapeText(container.id)],
    ['Image', container.image && escapeText(container.image)],
    ['Pod', container.pod && escapeText(container.pod.name ?? container.pod.id)],
    [
      'Asked by',
      asked &&
        `${wordsText(asked.args, asked.comm)} (pid ${asked.pid}${asked.uid === undefined ? '' : `, uid ${asked.uid}`})`,
    ],
    [
      'Person',
      person &&
        `${[person.user ?? person.uid, person.tty]
          .map((known) => escapeText(String(known ?? '')))
          .join(' ')
          .trim()}: ${wordsText(person.args, person.comm)} (${person.evidence.map(escapeText).join(', ')})`,
    ],
    ['Began', life.seen ? 'before tracing' : `${sinceStart(life.begin, 1e5)} · ${actions.time(life.begin)}`],
    ['Started', life.started === undefined ? 'no program seen' : sinceStart(life.started, 1e5)],
    ['Ended', life.stopped === undefined ? 'still running' : `${sinceStart(life.stopped, 1e5)}, ${endText(life)}`],
    ['Pid namespace', container.pidns === undefined ? undefined : String(container.pidns)],
    ['Init', container.init === undefined ? undefined : `pid ${container.init}`],
    ['Cgroup', container.cgroups?.map(escapeText).join(', ')],
    [
      'Labels',
      container.labels &&
        Object.entries(container.labels)
          .map(([name, value]) => escapeText(`${name}=${value}`))
          .join(', '),
    ],
    ['Lost meanwhile', life.lost > 0 ? `${life.lost} events: something may be missing here` : undefined],
  ];
  const init = box.procs.find(({ inner }) => inner === 1);
  return [
    h('h3', {}, escapeText(box.name)),
    init?.program === undefined
      ? h('p', { class: 'note' }, 'No program was seen.')
      : h('pre', { class: 'command' }, commandOf(init.program)),
    actionsRow(
      button('Zoom to it', () => actions.zoom(box.from, box.to)),
      button('Its events', () => actions.search(`c:${quoted(container.name)}`)),
    ),
    factList(facts),
    ...(life.startup === undefined
      ? []
      : [h('h4', {}, `Startup, ${span(life.startup_ns ?? 0)}`), startupBar(life.startup)]),
    ...(box.namespaces.length === 0 ? [] : [h('h4', {}, 'Namespaces'), namespaceList(box)]),
    h('h4', {}, `Processes (${box.procs.length})`),
    procList(box.procs, actions),
  ];
};

/** As the filter language wants a name that has blanks or commas in it. */
export const quoted = (text: string): string => (/^[\w./@-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`);

const namespaceList = (box: Box): HTMLElement =>
  h(
    'ul',
    { class: 'plain' },
    ...box.namespaces.map((namespace) =>
      h(
        'li',
        {},
        h('b', {}, namespace.type),
        ` ${shareText(namespace)}`,
        namespace.created !== undefined &&
          ` · made at ${sinceStart(namespace.created.at, 1e5)} by ${escapeText(namespace.created.by)}`,
        ...namespace.joined
          .slice(0, 10)
          .map(({ at, by }) => ` · joined at ${sinceStart(at, 1e5)} by ${escapeText(by)}`),
      ),
    ),
  );

const startupNames = [
  ['client_ns', 'client'],
  ['runtime_ns', 'runtime'],
  ['cgroup_ns', 'cgroup'],
  ['namespaces_ns', 'namespaces'],
  ['rest_ns', 'root file system and rest'],
] as const;

/** The parts of a startup, as long as they were. */
export const startupBar = (
  startup: Partial<Record<(typeof startupNames)[number][0], number | undefined>>,
): HTMLElement => {
  const parts = startupNames.map(([key, name]) => ({ name, ns: startup[key] ?? 0 })).filter(({ ns }) => ns > 0);
  const bar = h('div', {
    class: 'startup',
    role: 'img',
    'aria-label': parts.map(({ name, ns }) => `${name} ${span(ns)}`).join(', '),
  });
  for (const [index, { name, ns }] of parts.entries()) {
    const part = h('span', { class: `part part-${index}`, title: `${name} ${span(ns)}` });
    part.style.flexGrow = String(ns);
    bar.append(part);
  }
  return h(
    'div',
    {},
    bar,
    h(
      'p',
      { class: 'legend' },
      ...parts.map(({ name, ns }, index) => h('span', {}, h('i', { class: `part-${index}` }), `${name} ${span(ns)}`)),
    ),
  );
};

const factList = (facts: readonly Fact[]): HTMLElement =>
  h(
    'dl',
    {},
    ...facts.flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [h('dt', {}, name), h('dd', {}, value)],
    ),
  );

const eventList = (events: readonly number[], model: Model): HTMLElement =>
  h(
    'ol',
    { class: 'plain times' },
    ...events.slice(0, maxEvents).map((index) => {
      const record = model.records[index]!;
      return h(
        'li',
        {},
        h('span', { class: 'at' }, sinceStart(record.at, 1e5)),
        ' ',
        h('b', {}, record.type),
        ` ${whatOf(record).slice(0, 300)}`,
      );
    }),
    events.length > maxEvents && h('li', {}, `and ${events.length - maxEvents} more`),
  );

const procList = (procs: readonly Proc[], actions: DetailsActions): HTMLElement =>
  h(
    'ul',
    { class: 'plain' },
    ...procs.slice(0, maxEvents).map((proc) => h('li', {}, procLink(proc, actions))),
    procs.length > maxEvents && h('li', {}, `and ${procs.length - maxEvents} more`),
  );

const procLink = (proc: Proc, actions: DetailsActions): HTMLElement =>
  link(`${escapeText(proc.name)} (${proc.pid})`, () => actions.toProc(proc));

export const link = (text: string, go: () => void): HTMLElement =>
  h('button', { type: 'button', class: 'link', click: go }, text);
const button = (text: string, go: () => void): HTMLElement => h('button', { type: 'button', click: go }, text);
const actionsRow = (...buttons: HTMLElement[]): HTMLElement => h('p', { class: 'actions' }, ...buttons);

const spacesOf = (ns: object): string =>
  Object.entries(ns)
    .map(([type, inode]) => `${type} ${inode}`)
    .join(', ');
