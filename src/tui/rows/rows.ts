import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { Group } from '../store/group.ts';
import type { Family } from './families.ts';
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

/** Rows that stand under a title, which are made when one of them is looked at. */
export interface Section {
  readonly titles: readonly Row[];
  readonly count: number;
  /** As many as `count`. */
  readonly make: () => readonly Row[];
}

/** Sections one after the other: of thousands only those are made that are seen. */
export const sectionsOf = (sections: readonly Section[]): RowList => {
  const ends: number[] = [];
  let length = 0;
  for (const { titles, count } of sections) {
    length += titles.length + count;
    ends.push(length);
  }
  const made: (readonly Row[])[] = [];
  const rowsOf = (index: number): readonly Row[] => {
    made[index] ??= sections[index]!.make();
    return made[index];
  };
  return {
    length,
    at: (index) => {
      if (index < 0 || index >= length) {
        return undefined;
      }
      const section = ends.findIndex((end) => index < end);
      const { titles, count } = sections[section]!;
      const inside = index - (ends[section]! - count);
      return inside < 0 ? titles.at(inside) : rowsOf(section)[inside];
    },
    indexOf: (key) => {
      let start = 0;
      for (const [index, { titles, count }] of sections.entries()) {
        const title = titles.findIndex((row) => row.key === key);
        const row = title === -1 ? rowsOf(index).findIndex((each) => each.key === key) : -1;
        if (title !== -1 || row !== -1) {
          return start + (title === -1 ? titles.length + row : title);
        }
        start += titles.length + count;
      }
      return -1;
    },
  };
};
