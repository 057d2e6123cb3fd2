import type { ViewEvent, ViewProcess } from './event.ts';
import type { Family } from './families.ts';
import type { Group } from './group.ts';
import type { GroupKind } from './grouping.ts';

export const modes = ['containers', 'grouped', 'flat', 'tree', 'lanes'] as const;
export type Mode = (typeof modes)[number];

/** Events or processes that stand together, under one line. */
export interface Heading {
  readonly by: GroupKind;
  readonly key: string;
  /** How deep it is in others: pid namespaces in each other, containers in their hosts where there are several. */
  readonly depth: number;
  /** Of a container or the host. */
  readonly family: Family | undefined;
  /** Whose events or processes stand under it. */
  readonly groups: readonly Group[];
}

/** One line of the body. Its key stays the same while what it shows is the same thing. */
export type Row =
  | { readonly key: string; readonly type: 'family'; readonly family: Family; readonly last: ViewEvent | undefined }
  | { readonly key: string; readonly type: 'host'; readonly name: string }
  | { readonly key: string; readonly type: 'heading'; readonly heading: Heading }
  | { readonly key: string; readonly type: 'event'; readonly event: ViewEvent; readonly inGroup: boolean }
  | {
      readonly key: string;
      readonly type: 'process';
      readonly process: ViewProcess;
      readonly branch: readonly boolean[];
    }
  | { readonly key: string; readonly type: 'lane'; readonly process: ViewProcess };

/** The lines of a body; they are made only when they are looked at. */
export interface RowList {
  readonly length: number;
  at(index: number): Row | undefined;
  indexOf(key: string): number;
}

export const eventRow = (event: ViewEvent, inGroup: boolean): Row => ({
  key: `e${event.id}`,
  type: 'event',
  event,
  inGroup,
});

/** The host that a container is on, where there are several. */
export const hostOf = ({ family, depth }: Heading): string | undefined =>
  family === undefined || depth === 0 ? undefined : family.latest.source.name;

/** The line of a heading, and before the first one of a host that of the host. */
export const titleRows = (heading: Heading, before: Heading | undefined): Row[] => {
  const row: Row = { key: `g${heading.key}`, type: 'heading', heading };
  const name = hostOf(heading);
  return name === undefined || (before !== undefined && hostOf(before) === name)
    ? [row]
    : [{ key: `h${name}`, type: 'host', name }, row];
};

export const listOf = (rows: readonly Row[]): RowList => ({
  length: rows.length,
  at: (index) => rows[index],
  indexOf: (key) => rows.findIndex((row) => row.key === key),
});
