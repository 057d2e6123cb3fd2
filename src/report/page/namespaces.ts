import type { ProcessRecord, RecordOf } from '../../record/schema.ts';
import { type ReportData, scopedKey } from '../data.ts';
import type { Box, Namespace, Proc } from './boxes.ts';

type NamespaceRecord = RecordOf<'namespace'> & { readonly at: number };
type PlacedRecord = ProcessRecord & { readonly at: number };

/** The namespaces of containers: who made them, who entered, and with whom they are shared. */
export class ContainerNamespaces {
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
      if (inode !== undefined && !box.namespaces.some((namespace) => namespace.inode === inode)) {
        box.namespaces.push({
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
      const namespace = findNamespace(box, type, inode!, at);
      namespace.created ??= { at, by };
      namespace.from = Math.min(namespace.from, at);
    }
    for (const [type, inode] of Object.entries(joined ?? {})) {
      findNamespace(box, type, inode!, at).joined.push({ at, by });
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
      for (const { inode } of box.namespaces) {
        const key = scopedKey(inode, box.recording);
        owners.set(key, (owners.get(key) ?? new Set()).add(box.name));
      }
    }
    for (const box of boxes) {
      const own = new Set(
        box.procs.filter(({ inner }) => inner !== undefined).flatMap(({ program }) => Object.values(program?.ns ?? {})),
      );
      const namespaces = box.namespaces.filter(({ inode }) => own.size === 0 || own.has(inode));
      for (const namespace of namespaces) {
        const key = scopedKey(namespace.inode, box.recording);
        const others = [...(owners.get(key) ?? [])].filter((name) => name !== box.name);
        namespace.shared = hosts.has(key) ? ['host'] : others;
        const joins = this.#joins.get(key)?.filter(({ at }) => at >= namespace.from && at <= box.to) ?? [];
        namespace.joined.push(...joins);
        namespace.joined.sort((a, b) => a.at - b.at);
      }
      box.namespaces.length = 0;
      box.namespaces.push(...namespaces.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type)));
    }
  }
}

const order = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'];

const findNamespace = (box: Box, type: string, inode: number, at: number): Namespace => {
  let namespace = box.namespaces.find((known) => known.inode === inode);
  if (namespace === undefined) {
    namespace = { type, inode, from: at, created: undefined, joined: [], shared: [] };
    box.namespaces.push(namespace);
  }
  return namespace;
};
