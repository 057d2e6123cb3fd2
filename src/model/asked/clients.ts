import type { Text } from '../../kernel/text.ts';
import type { ClientCommand } from '../../runtimes/client/client.ts';
import { readClient } from '../../runtimes/client/index.ts';
import type { End } from '../container.ts';
import type { Process } from '../process.ts';
import type { Match, Wish } from './match.ts';

/** A client of a daemon that was executed. */
export interface Client extends Wish {
  readonly process: Process;
  /** As it was when it asked. */
  readonly args: readonly Text[];
  readonly comm: Text;
  readonly at: number;
  /** It ran when tracing began: what it asked for may have happened before. */
  readonly before: boolean;
  endedAt: number;
  /** It did not end by itself: what it asked for may still come. */
  killed: boolean;
  /** Containers that it was found to have asked for: the instance by id. */
  readonly given: Map<string, number>;
  /** It was one of several that may have asked for something. */
  doubtful: boolean;
}

export interface Candidate {
  readonly client: Client;
  readonly match: Exclude<Match, 'no'>;
}

const secondNs = 1e9;
/** From a client's exec to that of the runtime. An image may be fetched before a container is made. */
const windowNs = { exec: 30 * secondNs, start: 30 * secondNs, run: 600 * secondNs };
/** What a client that was killed had asked for comes within this time. */
const afterDeathNs = 2 * secondNs;
/** What a client has brought about is reported within this time after its end. */
const keptNs = 10 * secondNs;
/** A client that runs something else has its answer. */
const answered: End = { code: 0 };
/** Clients that are kept; one more makes room by forgetting the oldest. */
const maxClients = 512;
/** Ancestors of a client that are looked at: `docker compose` calls its plugin, which says the same. */
const maxAbove = 4;

/** Clients of daemons that were executed of late. */
export class Clients {
  readonly #clients = new Map<Process, Client>();
  /** When one was last forgotten that may have asked for something. */
  forgottenAt = Number.NEGATIVE_INFINITY;

  /** A process runs another program. */
  executed(process: Process, at: number, before: boolean): void {
    const command = readClient(process.exe, process.args, process.uid);
    if (command === undefined) {
      this.ended(process, at, answered);
    } else if (!this.#isPartOfOther(process)) {
      this.#clients.delete(process);
      this.#makeRoom(at);
      this.#clients.set(process, clientOf(process, command, at, before));
    }
  }

  ended(process: Process, at: number, { code, signal }: End): void {
    const client = this.#clients.get(process);
    if (client !== undefined && client.endedAt === Number.POSITIVE_INFINITY) {
      client.endedAt = at;
      client.killed = signal !== undefined || code === undefined || code >= 128;
    }
  }

  /** Those that may have asked for what a runtime's command does that was executed at `at`. */
  candidates(at: number, matchOf: (client: Client) => Match): Candidate[] {
    const found: Candidate[] = [];
    for (const client of this.#clients.values()) {
      const isInTime = client.at < at && at - client.at <= windowNs[client.command.action];
      const isWaiting = client.endedAt > at || (client.killed && at - client.endedAt <= afterDeathNs);
      const match = isInTime && isWaiting ? matchOf(client) : 'no';
      if (match !== 'no') {
        found.push({ client, match });
      }
    }
    return found;
  }

  /** A client that another one calls asks for the same. */
  #isPartOfOther({ parent }: Process): boolean {
    let at = parent;
    for (let up = 0; at !== undefined && up < maxAbove; up += 1) {
      if (!at.ended && this.#clients.has(at)) {
        return true;
      }
      at = at.parent;
    }
    return false;
  }

  #makeRoom(now: number): void {
    for (const [process, client] of this.#clients) {
      if (now - client.endedAt > keptNs || now - client.at > windowNs.run + keptNs) {
        this.#clients.delete(process);
      }
    }
    if (this.#clients.size >= maxClients) {
      const [process] = this.#clients.keys();
      this.#clients.delete(process!);
      this.forgottenAt = now;
    }
  }
}

const clientOf = (process: Process, command: ClientCommand, at: number, before: boolean): Client => ({
  process,
  command,
  program: process.argsCut ? undefined : process.args.slice(command.program ?? process.args.length),
  args: process.args,
  comm: process.comm,
  at,
  before,
  endedAt: Number.POSITIVE_INFINITY,
  killed: false,
  given: new Map(),
  doubtful: false,
});
