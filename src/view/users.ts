import { readFileSync } from 'node:fs';

/** User names of this host, from /etc/passwd; a replayed recording may come from another one, then uids are shown. */
export class UserNames {
  #names: Map<number, string> | undefined;

  nameOf(uid: number): string {
    this.#names ??= readNames();
    return this.#names.get(uid) ?? String(uid);
  }

  all(): string[] {
    this.#names ??= readNames();
    return [...this.#names.values()];
  }

  idOf(name: string): number | undefined {
    this.#names ??= readNames();
    for (const [uid, candidate] of this.#names) {
      if (candidate === name) {
        return uid;
      }
    }
    return undefined;
  }
}

const readNames = (): Map<number, string> => {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , uid] = line.split(':');
      if (name && uid) {
        names.set(Number(uid), names.get(Number(uid)) ?? name);
      }
    }
  } catch {
    // No names then.
  }
  return names;
};
