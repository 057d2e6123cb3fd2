import type { ProcessRecord, RecordOf } from '../../record/schema.ts';
import { type ReportData, scopedKey } from '../data.ts';
import type { Box, Proc, Space } from './boxes.ts';

type NamespaceRecord = RecordOf<'namespace'> & { readonly at: number };
type PlacedRecord = ProcessRecord & { readonly at: number };

/** The namespaces of containers: who made them, who entered, and with whom they are shared. */
export class Spaces {
  /** Namespaces that processes outside of containers joined, by inode: who enters is in the container only after it. */
  readonly #joins = new Map<number | string, { readonly at: number; readonly by: string }[]>();

  /** Somebody outside enters namespaces: of which container is seen at the end. */
  enter(record: NamespaceRecord, name: string): void {
    const join = { at: record.at, by: `${record.comm ?? name}, pid ${record.pid}` };
    for (const inode of Object.values(record.joined ?? {})) {
      const key = scopedKey(inode!, record.recording);
      this.#joins.set(key, [...(this.#joins.get(key) ?? []), join]);
    }
  }

  /** A process is in its container, or changes its namespaces there. */
  inside({ box, name }: Proc, record: PlacedRecord): void {
    for (const [type, inode] of Object.entries(record.ns) as [string, number | undefined][]) {
      if (inode !== undefined && !box.spaces.some((space) => space.inode === inode)) {
        box.spaces.push({
          type,
          inode,
          from: Math.max(box.from, record.at),
          created: undefined,
          joined: [],
          shared: [],
        });
      }
    }
    if (record.type === 'namespace') {
      const by = `${record.comm ?? name}, pid ${record.pid}`;
      this.#change(box, record, by);
    }
  }

  #change(box: Box, { at, created, joined }: NamespaceRecord, by: string): void {
    for (const [type, inode] of Object.entries(created ?? {})) {
      const space = findSpace(box, type, inode!, at);
      space.created ??= { at, by };
      space.from = Math.min(space.from, at);
    }
    for (const [type, inode] of Object.entries(joined ?? {})) {
      findSpace(box, type, inode!, at).joined.push({ at, by });
    }
  }

  /** What a runtime's own steps leave behind is no namespace of the container; what others are in too is shared. */
  share(boxes: readonly Box[], { sources }: ReportData): void {
    const owners = new Map<number | string, Set<string>>();
    const several = sources.length > 1;
    const hosts = new Set(
      sources.flatMap(({ recording, host_ns }) =>
        (Object.values(host_ns) as number[]).map((inode) => scopedKey(inode, several ? recording : undefined)),
      ),
    );
    for (const box of boxes) {
      for (const { inode } of box.spaces) {
        const key = scopedKey(inode, box.recording);
        owners.set(key, (owners.get(key) ?? new Set()).add(box.name));
      }
    }
    for (const box of boxes) {
      const own = new Set(
        box.procs.filter(({ inner }) => inner !== undefined).flatMap(({ program }) => Object.values(program?.ns ?? {})),
      );
      const spaces = box.spaces.filter(({ inode }) => own.size === 0 || own.has(inode));
      for (const space of spaces) {
        const key = scopedKey(space.inode, box.recording);
        const others = [...(owners.get(key) ?? [])].filter((name) => name !== box.name);
        space.shared = hosts.has(key) ? ['host'] : others;
        const joins = this.#joins.get(key)?.filter(({ at }) => at >= space.from && at <= box.to) ?? [];
        space.joined.push(...joins);
        space.joined.sort((a, b) => a.at - b.at);
      }
      box.spaces.length = 0;
      box.spaces.push(...spaces.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type)));
    }
  }
}

const order = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'];

const findSpace = (box: Box, type: string, inode: number, at: number): Space => {
  let space = box.spaces.find((known) => known.inode === inode);
  if (space === undefined) {
    space = { type, inode, from: at, created: undefined, joined: [], shared: [] };
    box.spaces.push(space);
  }
  return space;
};
