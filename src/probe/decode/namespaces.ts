import type { Namespaces } from '../../kernel/namespaces.ts';
import type { Fields } from './fields.ts';

/** Processes far outnumber the sets of namespaces they live in: each set is one object, found again by its inodes. */
const maxSets = 8192;

export class NamespaceCache {
  readonly #sets = new Map<number, Namespaces>();

  /** Reads four words: pid and mnt, net and ipc, uts and user, cgroup and time. */
  read(fields: Fields): Namespaces {
    fields.hex();
    const pid = fields.high;
    const mnt = fields.low;
    fields.hex();
    const net = fields.high;
    const ipc = fields.low;
    fields.hex();
    const uts = fields.high;
    const user = fields.low;
    fields.hex();
    const cgroup = fields.high;
    const time = fields.low;
    const hash = (((pid * 31 + mnt) * 31 + net) ^ ((ipc * 31 + uts) * 31 + user) ^ (cgroup * 31 + time)) >>> 0;
    const known = this.#sets.get(hash);
    if (
      known !== undefined &&
      known.pid === pid &&
      known.mnt === mnt &&
      known.net === net &&
      known.ipc === ipc &&
      known.uts === uts &&
      known.user === user &&
      known.cgroup === cgroup &&
      known.time === time
    ) {
      return known;
    }
    if (this.#sets.size >= maxSets) {
      this.#sets.clear();
    }
    const set = { pid, mnt, net, ipc, uts, user, cgroup, time };
    this.#sets.set(hash, set);
    return set;
  }
}
