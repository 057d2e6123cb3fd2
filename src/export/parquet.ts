import { say } from '../console/say.ts';
import { Stop } from '../console/stop.ts';
import { usageError } from '../errors.ts';
import type { FilterOptions } from '../filter/filter.ts';
import { type OpenInput, takeWanted, type WantedValues } from '../input/wanted.ts';
import { ParquetFolder } from '../query/parquet.ts';
import { escapeText } from '../view/escape.ts';

/** export --to parquet: a folder, with a file for each type of record. */
export const exportParquet = async (
  open: OpenInput,
  folder: string | undefined,
  values: WantedValues & { force?: boolean },
  filter: FilterOptions,
): Promise<number> => {
  if (folder === undefined || folder === '-') {
    throw usageError('parquet is a folder with a file for each type of record', 'name it with -o FOLDER');
  }
  const { signal } = new Stop();
  const parquet = await ParquetFolder.make(folder, values.force ?? false);
  const { status } = await takeWanted(open, values, filter, signal, { take: (record) => parquet.take(record) });
  const rows = [...(await parquet.end())].map(([type, count]) => `${type} ${count}`);
  say(`${escapeText(folder)}: ${rows.join(', ')}`);
  return status;
};
