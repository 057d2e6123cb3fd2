import { counted } from '../kernel/plural.ts';
import type { NowNamespace } from '../now/namespaces.ts';
import type { NowProcess, Snapshot } from '../now/snapshot.ts';
import { escapeText } from './escape.ts';
import { checkSort, pickColumns } from './pick-columns.ts';
import { psColumns } from './ps.ts';
import { sortRows, tableText } from './table.ts';
import { UserNames } from './users.ts';

interface MembersOptions {
  readonly columns?: readonly string[] | undefined;
  readonly sort?: readonly string[] | undefined;
  readonly header: boolean;
  readonly width: number | undefined;
}

const memberColumns = ['pid', 'nspid', 'ppid', 'user', 'threads', 'container', 'command'] as const;

/** The processes in a namespace, with their cgroups below; those in the same cgroups together. */
export const membersText = (namespace: NowNamespace, options: MembersOptions, snapshot: Snapshot): string => {
  const all = psColumns(snapshot, new UserNames());
  const columns = pickColumns(all, options.columns, memberColumns);
  const groups = new Map<string, NowProcess[]>();
  for (const process of namespace.processes) {
    const key = JSON.stringify([...process.proc.cgroups]);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [process]);
    } else {
      group.push(process);
    }
  }
  const whose = namespace.isHost ? ", the host's" : '';
  const text = [
    `${namespace.type}:[${namespace.inode}]${whose}, ${counted(namespace.processes.length, 'process', 'processes')}\n`,
  ];
  for (const { how, where, pid } of namespace.keepers) {
    text.push(`kept by ${how} ${escapeText(where ?? '')}${pid === undefined ? '' : ` of pid ${pid}`}\n`);
  }
  for (const group of groups.values()) {
    const rows = group.map((process) => ({ ...process, depth: 0 }));
    const sorted = options.sort === undefined ? rows : sortRows(rows, all, checkSort(all, options.sort));
    text.push('\n', tableText(columns, sorted, { header: options.header, width: options.width }));
    for (const [hierarchy, path] of group[0]!.proc.cgroups) {
      text.push(`  cgroup ${(hierarchy || 'unified').padEnd(14)} ${escapeText(path)}\n`);
    }
  }
  return text.join('');
};
