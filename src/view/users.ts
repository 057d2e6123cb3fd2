import { readFileSync } from 'node:fs';

interface User {
  readonly name: string;
  readonly home: string;
}

/** Users of this host, from /etc/passwd; a replayed recording may come from another one, then uids are shown. */
export class UserNames {
  #users: Map<number, User> | undefined;

  nameOf(uid: number): string {
    return this.find(uid)?.name ?? String(uid);
  }

  find(uid: number): User | undefined {
    return this.#all().get(uid);
  }

  all(): string[] {
    return [...this.#all().values()].map(({ name }) => name);
  }

  idOf(name: string): number | undefined {
    for (const [uid, candidate] of this.#all()) {
      if (candidate.name === name) {
        return uid;
      }
    }
    return undefined;
  }

  #all(): Map<number, User> {
    this.#users ??= readUsers();
    return this.#users;
  }
}

const readUsers = (): Map<number, User> => {
  const users = new Map<number, User>();
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , uid, , , home = '/'] = line.split(':');
      if (name && uid) {
        users.set(Number(uid), users.get(Number(uid)) ?? { name, home });
      }
    }
  } catch {
    // No names then.
  }
  return users;
};
