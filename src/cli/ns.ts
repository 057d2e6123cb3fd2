import { type Command, InvalidArgumentError } from 'commander';
import { say } from '../console/say.ts';
import { showOrWatch } from '../console/watch.ts';
import { noSuchNamespace } from '../errors.ts';
import { readNow } from '../input/containers.ts';
import { type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { type NamespaceParents, readNamespaceParents } from '../now/namespace-parents.ts';
import { collectNamespaces, type NowNamespace } from '../now/namespaces.ts';
import { toNamespaceRecord, toProcessRecord } from '../now/records.ts';
import type { NowRecord } from '../now/schema.ts';
import { jsonLine } from '../view/json.ts';
import { defaultNsColumns, namespaceTree, nsColumns, treeNsColumns } from '../view/ns.ts';
import { membersText } from '../view/ns-members.ts';
import { checkSort, pickColumns } from '../view/pick-columns.ts';
import { sortRows, tableText } from '../view/table.ts';
import { UserNames } from '../view/users.ts';
import { addJsonOptions, requireJsonOrTable } from './options/format.ts';
import { collect } from './options/parse.ts';
import { addTableOptions, lineWidth, type TableValues } from './options/table.ts';

interface NsValues extends TableValues {
  type?: NamespaceType[];
  container?: string[];
  shared?: boolean;
  tree?: boolean;
}

const examples = (): string => `
Columns: ${nsColumns(new UserNames())
  .map(({ name }) => name)
  .join(', ')}

Examples:
  nstrace ns                     every namespace, also those that only a mount or a descriptor keeps
  nstrace ns -t net,mnt          of two types
  nstrace ns --shared            those that containers share with each other or with the host
  nstrace ns --tree              below the ones they were made in, with the user namespaces that own them
  nstrace ns 4026532572          the processes in one, with their cgroups by hierarchy; its columns are those of ps
`;

export const addNs = (program: Command): void => {
  const command = program
    .command('ns')
    .description('show all namespaces, or the processes in one')
    .argument('[inode]', 'a namespace: its inode, or pid:[inode]', parseInode)
    .option('-t, --type <list>', `only these types: ${namespaceTypes.join(', ')}`, parseTypes)
    .option('-c, --container <sel>', 'only those with a process of this container (repeat)', collect)
    .option('--shared', 'only those shared by several containers, or by a container and the host')
    .option('--tree', 'indent below the namespace that each was made in')
    .addHelpText('after', examples)
    .action(async (inode: number | undefined, values: NsValues) => {
      process.exitCode = await ns(inode, values);
    });
  addJsonOptions(addTableOptions(command));
};

const parseInode = (value: string): number => {
  const digits = /^(?:[a-z]+:\[)?(\d+)\]?$/.exec(value);
  if (digits === null) {
    throw new InvalidArgumentError('it is not the inode of a namespace');
  }
  return Number(digits[1]);
};

const parseTypes = (value: string): NamespaceType[] => {
  const words = value.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !(namespaceTypes as readonly string[]).includes(word));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${namespaceTypes.join(', ')}`);
  }
  return words as NamespaceType[];
};

const ns = (inode: number | undefined, values: NsValues): Promise<number> => {
  const format = requireJsonOrTable(values);
  const read = readNow(values.container ?? []);
  return showOrWatch(
    values.watch,
    async () => {
      const { snapshot, selection } = await read();
      const needsKin =
        format === 'json' || values.tree === true || (values.columns ?? []).some((name) => /parent|owner/.test(name));
      const unread: number[] = [];
      const kin = needsKin ? await readNamespaceParents() : new Map<number, NamespaceParents>();
      const all = collectNamespaces(snapshot, kin, (pid) => unread.push(pid));
      if (unread.length > 0) {
        say(`namespaces that only mounts of ${pidsOf(unread)} keep are missing: there are too many mounts to read`);
      }
      const chosen = all.filter(
        (namespace) =>
          (inode === undefined || namespace.inode === inode) &&
          (values.type === undefined || values.type.includes(namespace.type)) &&
          (selection.empty || namespace.containers.some((container) => selection.wants(container))) &&
          (values.shared !== true || namespace.containers.length > 1),
      );
      if (inode !== undefined && chosen.length === 0) {
        throw noSuchNamespace(inode);
      }
      if (format === 'json') {
        const records: NowRecord[] = chosen.map((namespace) => toNamespaceRecord(namespace, snapshot.time));
        const members = inode === undefined ? [] : chosen.flatMap(({ processes }) => processes);
        records.push(...members.map((member) => toProcessRecord(member, snapshot.time)));
        return records.map(jsonLine).join('');
      }
      return inode === undefined
        ? table(chosen, values)
        : membersText(chosen[0]!, { ...values, width: lineWidth(values) }, snapshot);
    },
    format === 'json' ? '' : '\n',
  );
};

/** Pids that are named. */
const maxPids = 8;

const pidsOf = (pids: readonly number[]): string =>
  `${pids.length === 1 ? 'process' : 'processes'} ${pids.slice(0, maxPids).join(', ')}${pids.length > maxPids ? ', …' : ''}`;

const table = (namespaces: readonly NowNamespace[], values: NsValues): string => {
  const all = nsColumns(new UserNames());
  const columns = pickColumns(all, values.columns, values.tree ? treeNsColumns : defaultNsColumns);
  const rows = values.tree ? namespaceTree(namespaces) : namespaces.map((namespace) => ({ ...namespace, depth: 0 }));
  const sorted = values.sort === undefined ? rows : sortRows(rows, all, checkSort(all, values.sort));
  return tableText(columns, sorted, { header: values.header, width: lineWidth(values) });
};
