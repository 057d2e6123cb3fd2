import type { Command } from 'commander';
import { showOrWatch } from '../console/watch.ts';
import type { ContainerSelection } from '../filter/selector.ts';
import { readNow } from '../input/containers.ts';
import { toProcessRecord } from '../now/records.ts';
import type { NowProcess, Snapshot } from '../now/snapshot.ts';
import { jsonLine } from '../view/json.ts';
import { checkSort, pickColumns } from '../view/pick-columns.ts';
import {
  asTree,
  byContainer,
  defaultPsColumns,
  isKernelThread,
  type PsRow,
  psColumns,
  watchedPsColumns,
} from '../view/ps.ts';
import { sortRows, tableText } from '../view/table.ts';
import { UserNames } from '../view/users.ts';
import { addJsonOptions, requireJsonOrTable } from './options/format.ts';
import { collect, collectNumber, collectUser } from './options/parse.ts';
import { addTableOptions, lineWidth, type TableValues } from './options/table.ts';

interface PsValues extends TableValues {
  container?: string[];
  ns?: number[];
  uid?: number[];
  tree?: boolean;
}

const examples = (): string => `
Columns: ${columnNames().join(', ')}

Examples:
  nstrace ps                         what runs, container by container
  nstrace ps web                     what runs in web, with the pids inside and outside
  nstrace ps '!host' --tree          all containers, as trees
  nstrace ps --sort -rss,pid --columns container,pid,rss,command
  nstrace ps web --watch 1
`;

export const addPs = (program: Command): void => {
  const command = program
    .command('ps')
    .description('show running processes by container')
    .argument(
      '[selector...]',
      'containers: name, id, id prefix, cgroup path, pid:[inode], host pid; !SEL, host',
      collect,
    )
    .option('-c, --container <sel>', 'the same as the argument (repeat)', collect)
    .option('--ns <inode>', 'only processes in this namespace, of whatever type (repeat)', collectNumber)
    .option('-u, --uid <user>', 'only this user, by name or number (repeat)', collectUser)
    .option('--tree', 'indent commands below their parents')
    .addHelpText('after', examples)
    .action(async (words: string[] | undefined, values: PsValues) => {
      process.exitCode = await ps([...(words ?? []), ...(values.container ?? [])], values);
    });
  addJsonOptions(addTableOptions(command));
};

const columnNames = (): string[] => psColumns({ time: '' } as Snapshot, new UserNames()).map(({ name }) => name);

const ps = async (words: readonly string[], values: PsValues): Promise<number> => {
  const format = requireJsonOrTable(values);
  const read = readNow(words);
  return showOrWatch(
    values.watch,
    async () => {
      const { snapshot, selection } = await read();
      const processes = choose(snapshot, selection, values);
      return format === 'json'
        ? processes.map((process) => jsonLine(toProcessRecord(process, snapshot.time))).join('')
        : table(snapshot, processes, values);
    },
    format === 'json' ? '' : '\n',
  );
};

const choose = (snapshot: Snapshot, selection: ContainerSelection, values: PsValues): NowProcess[] => {
  const { ns = [], uid = [], watch } = values;
  return snapshot.processes.filter(
    ({ proc, record }) =>
      selection.wants(record.container) &&
      // They are many and never change: who watches has no room for them.
      (watch === undefined || !isKernelThread(proc)) &&
      (ns.length === 0 || Object.values(proc.ns ?? {}).some((inode) => ns.includes(inode))) &&
      (uid.length === 0 || uid.includes(proc.uid)),
  );
};

const table = (snapshot: Snapshot, processes: readonly NowProcess[], values: PsValues): string => {
  const all = psColumns(snapshot, new UserNames());
  const width = lineWidth(values);
  const usual = width !== undefined && width < wide && values.watch !== undefined ? watchedPsColumns : defaultPsColumns;
  const columns = pickColumns(all, values.columns, usual);
  const groups = byContainer(processes);
  const rows: PsRow[] = groups.flatMap((group) =>
    values.tree ? asTree(group) : group.map((process) => ({ ...process, depth: 0 })),
  );
  const sorted = values.sort === undefined ? rows : sortRows(rows, all, checkSort(all, values.sort));
  return tableText(columns, sorted, { header: values.header, width });
};

/** Columns of a terminal from which on all usual columns fit beside a command. */
const wide = 110;
