import { quoteCommand } from '../../view/quote.ts';
import { splitKey } from '../rows/grouping.ts';
import type { Row } from '../rows/rows.ts';
import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { Effect } from './effect.ts';
import { wayInto } from './shell-commands.ts';
import { type Target, targetOf } from './target.ts';

/** What a choice of the copy menu takes from what is under the cursor. */
export const copyEffect = (
  choice: string,
  of: Row | ViewEvent | ViewProcess | undefined,
): Effect & { type: 'copy' } => {
  const target = targetOf(of);
  return { type: 'copy', what: choice, text: target === undefined ? undefined : textOf(choice, target, of) };
};

const textOf = (
  choice: string,
  { event, process, group, program }: Target,
  of: Row | ViewEvent | ViewProcess | undefined,
): string | undefined => {
  const record = event?.record;
  const pid = process?.pid ?? (record !== undefined && 'pid' in record ? record.pid : group?.info?.init);
  switch (choice) {
    case 'command':
      return program === undefined || program.args.length === 0
        ? undefined
        : quoteCommand(program.args, program.args_base64);
    case 'pid':
      return pid === undefined ? undefined : String(pid);
    case 'nspid': {
      const nspid = process?.nspid ?? (record !== undefined && 'nspid' in record ? record.nspid : undefined);
      return nspid === undefined || nspid.length < 2 ? undefined : String(nspid.at(-1));
    }
    case 'name':
      return group?.ref?.name;
    case 'id':
      return group?.ref?.id;
    case 'pidns': {
      const ns = process?.ns ?? (record !== undefined && 'ns' in record ? record.ns : undefined);
      const inode = ns?.pid ?? group?.info?.pidns;
      return of !== undefined && 'type' in of && of.type === 'heading' && of.heading.family === undefined
        ? splitKey(of.heading.key).inode
        : inode === undefined
          ? undefined
          : String(inode);
    }
    case 'way in':
      return group === undefined ? undefined : wayInto(group, pid)[0];
    default:
      return undefined;
  }
};
