import { allCapabilities } from '../kernel/capabilities.ts';
import type { InspectRecord } from '../now/schema.ts';
import { byWhom, fromWhere } from './asked.ts';
import { moment } from './clock.ts';
import { commandOrComm } from './command.ts';
import { containerName } from './container.ts';
import { endingText } from './ending.ts';
import { escapeText, shortId } from './escape.ts';
import { exeFileText } from './exe-file.ts';
import { tableText } from './table.ts';
import type { UserNames } from './users.ts';

export interface InspectStyle {
  readonly users: UserNames;
  /** undefined for whole lines. */
  readonly width: number | undefined;
}

/** One process, in sections. */
export const inspectText = (found: InspectRecord, style: InspectStyle): string =>
  [
    head(found, style.users),
    section('namespaces', namespaces(found)),
    section('cgroups', cgroups(found)),
    section('ancestry', ancestry(found)),
    section('rights', rights(found, style.users)),
    section('mounts', mounts(found)),
  ]
    .filter((text) => text !== '')
    .join('\n');

const section = (name: string, text: string): string =>
  text === '' ? '' : `${name}\n${text.replace(/^(?=.)/gm, '  ')}`;

const facts = (pairs: readonly (readonly [string, string | undefined])[]): string =>
  pairs
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name.padEnd(12)} ${value}\n`)
    .join('');

const head = (found: InspectRecord, users: UserNames): string => {
  const { container, origin, entered_by: by, entered_asked_by: person, ended } = found;
  const end = ended && endingText(ended);
  return facts([
    ['pid', `${found.pid}${found.nspid.length > 1 ? `, inside ${found.nspid.slice(1).join(', ')}` : ''}`],
    ['command', commandOrComm(found)],
    ['executable', found.exe && `${escapeText(found.exe)}${exeFileText(found.exe_file)}`],
    ['folder', found.cwd && escapeText(found.cwd)],
    ['started', found.started && escapeText(moment(found.started))],
    ['ended', ended && `${escapeText(moment(ended.time))}${end ? `, ${end}` : ''}`],
    ['container', container === null ? 'host' : `${containerName(container)} (${escapeText(container.runtime)})`],
    [
      'came',
      origin && `${cameHow[origin]}${by ? `: ${escapeText((by.args ?? [by.comm]).join(' '))}, pid ${by.pid}` : ''}`,
    ],
    ['asked', person && `${fromWhere(person)}${byWhom(person, users)}`],
    // Of one that runs, with all of its rights.
    ['user', found.ids === undefined ? userOf(found, users) : undefined],
    [
      'login',
      found.auid === undefined
        ? undefined
        : `${escapeText(users.nameOf(found.auid))} (${found.auid})${found.session === undefined ? '' : `, session ${found.session}`}`,
    ],
    ['terminal', found.tty && escapeText(found.tty)],
  ]);
};

const userOf = ({ uid, gid, euid = uid, egid = gid, caps_gained: caps }: InspectRecord, users: UserNames) => {
  if (uid === undefined) {
    return undefined;
  }
  const as = euid === uid && egid === gid ? '' : `, with the rights of ${euid}:${egid}`;
  return `${escapeText(users.nameOf(uid))} (${uid}:${gid})${as}${caps === undefined ? '' : `, gained ${caps.map(escapeText).join(' ')}`}`;
};

const cameHow = {
  init: 'as the first process of its container',
  born: 'by its parent, which was in it',
  joined: 'from outside, with setns',
} as const;

const whoseWords = {
  host: "the host's",
  container: "its container's",
  own: 'its own',
  other: "another one's",
} as const;

const namespaces = ({ namespaces: all, for_children: children = {} }: InspectRecord): string =>
  all.length === 0
    ? `${process.geteuid?.() === 0 ? 'none any more: it has ended' : 'hidden from you: run it as root'}\n`
    : tableText(
        [
          { name: 'type', title: 'TYPE', about: '', value: ({ type }) => type },
          { name: 'inode', title: 'INODE', about: '', value: ({ inode }) => String(inode) },
          { name: 'whose', title: 'WHOSE', about: '', value: ({ whose }) => whoseWords[whose] },
          {
            name: 'processes',
            title: 'PROCS',
            about: '',
            right: true,
            value: ({ processes = '-' }) => String(processes),
          },
          {
            name: 'with',
            title: 'ALSO IN IT',
            about: '',
            value: ({ type, with: others = [], with_names: names = others }) =>
              [
                others.map((id, index) => shownName(id, names[index])).join(', '),
                children[type] === undefined ? '' : `its children will be in ${children[type]}`,
              ]
                .filter((text) => text !== '')
                .join('; '),
          },
        ],
        all,
        { header: true, width: undefined },
      );

/** The name, or 12 digits of an id that has none. */
const shownName = (id: string, name = id): string => (name === id ? shortId(id) : escapeText(name));

/** Hierarchies with the same path together. */
const cgroups = ({ cgroups: paths = {} }: InspectRecord): string => {
  const byPath = new Map<string, string[]>();
  for (const [hierarchy, path] of Object.entries(paths)) {
    byPath.set(path, [...(byPath.get(path) ?? []), hierarchy]);
  }
  return [...byPath].map(([path, names]) => `${escapeText(path)}  (${names.map(escapeText).join(', ')})\n`).join('');
};

/** From itself up; where a pid namespace or a container ends is said. */
const ancestry = (found: InspectRecord): string => {
  let container = found.container?.id ?? 'host';
  return found.ancestry
    .map((ancestor) => {
      const its = ancestor.container?.id ?? 'host';
      const name = ancestor.container === null ? 'the host' : containerName(ancestor.container);
      const border = its === container ? '' : `  <- in ${name}`;
      container = its;
      const inside = (ancestor.nspid?.length ?? 1) > 1 ? ` (${ancestor.nspid!.slice(1).join(', ')})` : '';
      const command = commandOrComm(ancestor);
      return `${ancestor.pid}${inside} ${command.slice(0, maxCommand)}${border}\n`;
    })
    .join('');
};
const maxCommand = 160;

const rights = (found: InspectRecord, users: UserNames): string => {
  const { ids, capabilities: caps, seccomp, no_new_privs: noNew, lsm } = found;
  const map = (rows: readonly number[][]): string =>
    rows
      .map(([inside, outside, length]) => `${inside} is ${outside}${length === 1 ? '' : `, ${length} of them`}`)
      .join('; ');
  return facts([
    ['user', ids && `${escapeText(users.nameOf(ids.uid[0] ?? 0))} (${ids.uid.join(' ')})`],
    ['group', ids && `${ids.gid.join(' ')}${ids.groups.length > 0 ? `, also ${ids.groups.join(' ')}` : ''}`],
    ['uid map', ids && map(ids.uid_map)],
    ['gid map', ids && map(ids.gid_map)],
    ['capabilities', caps?.effective && capabilityText(caps.effective)],
    ['at most', caps?.bounding && capabilityText(caps.bounding)],
    ['ambient', caps?.ambient && caps.ambient.length > 0 ? capabilityText(caps.ambient) : undefined],
    ['seccomp', seccomp && escapeText(seccomp)],
    ['privileges', noNew === undefined ? undefined : noNew ? 'can gain none (no_new_privs)' : 'can gain by exec'],
    ['label', lsm && escapeText(lsm)],
  ]);
};

const capabilityText = (names: readonly string[]): string => {
  if (names.length === 0) {
    return 'none';
  }
  const missing = allCapabilities.filter((name) => !names.includes(name));
  if (missing.length === 0) {
    return 'all';
  }
  const short = (list: readonly string[]): string =>
    list.map((name) => name.replace(/^CAP_/, '').toLowerCase()).join(' ');
  return missing.length < 10 ? `all but ${short(missing)}` : short(names);
};

const mounts = ({ root, mounts: all = [] }: InspectRecord): string => {
  const lines = all.map((mount) => {
    const { where, type, source, read_only: readOnly, from_host: host, layers = [] } = mount;
    const from = host === undefined ? escapeText(source) : `${escapeText(host)} of the host`;
    const stack =
      layers.length > 0
        ? `, ${layers.length} layers:${layers.map((layer) => `\n    ${escapeText(layer)}`).join('')}`
        : '';
    return `${escapeText(where)}  ${escapeText(type)}, ${readOnly ? 'read-only' : 'writable'}, from ${from}${stack}\n`;
  });
  return `${root === undefined || root === '/' ? '' : `its root is ${escapeText(root)}\n`}${lines.join('')}`;
};

/** What two processes share, and where they differ. */
export const compareText = (a: InspectRecord, b: InspectRecord): string => {
  const name = ({ pid, args, comm }: InspectRecord): string =>
    `${pid} ${escapeText((args.join(' ') || comm).slice(0, maxCommand))}`;
  const rows = a.namespaces.map(({ type, inode }) => {
    const other = b.namespaces.find((namespace) => namespace.type === type)?.inode;
    return { type, inode, other };
  });
  const table = tableText(
    [
      { name: 'type', title: 'TYPE', about: '', value: ({ type }) => type },
      { name: 'a', title: String(a.pid), about: '', value: ({ inode }) => String(inode) },
      { name: 'b', title: String(b.pid), about: '', value: ({ other }) => String(other ?? '-') },
      { name: 'same', title: '', about: '', value: ({ inode, other }) => (inode === other ? 'shared' : 'DIFFERS') },
    ],
    rows,
    { header: true, width: undefined },
  );
  const same = (label: string, left: unknown, right: unknown): string => {
    const known = left !== undefined && right !== undefined;
    const verdict = known ? (JSON.stringify(left) === JSON.stringify(right) ? 'the same' : 'differ') : 'not known';
    return `${label.padEnd(12)} ${verdict}\n`;
  };
  const containers = [a, b].map(({ container }) => containerName(container));
  const isSame = a.container?.instance === b.container?.instance && a.container?.id === b.container?.id;
  return [
    `${name(a)}\n${name(b)}\n\n`,
    table,
    '\n',
    `container    ${isSame ? `both in ${containers[0]}` : containers.join(' and ')}\n`,
    same('cgroups', a.cgroups, b.cgroups),
    same('users', a.ids, b.ids),
    same('capabilities', a.capabilities, b.capabilities),
    same('seccomp', a.seccomp, b.seccomp),
    same('mounts', a.mounts, b.mounts),
  ].join('');
};
