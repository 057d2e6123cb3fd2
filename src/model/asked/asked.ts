import { textOf } from '../../kernel/text.ts';
import type { Nanoseconds } from '../../kernel/time.ts';
import type { RecordOf } from '../../record/schema.ts';
import type { Asker, Container, End, Requester } from '../container.ts';
import type { Process } from '../process.ts';
import { requestOf } from '../requester.ts';
import { type Candidate, type Client, Clients } from './clients.ts';
import { matchExec, matchStart } from './match.ts';

export type AskedBy = NonNullable<RecordOf<'container'>['asked_by']>;

/** Who asked. */
export interface Asked {
  /** Undefined if it has neither a terminal nor a login user. */
  readonly record: AskedBy | undefined;
  /** When its command was executed, if that is not the runtime's own: in ns of the kernel clock. */
  readonly clientAt: number | undefined;
}

interface Options {
  /** Living containers. */
  readonly live: () => Iterable<Container>;
  readonly userName: (uid: number) => string | undefined;
}

const secondNs = 1e9;
/** A loss this long before a runtime's command may have taken another candidate with it. */
const lossNs = 30 * secondNs;
/** A program that somebody brings into a container without a client: who does the same in this time may not be the asker. */
const unaskedNs = 600 * secondNs;
const maxUnasked = 256;
/** Processes between a runtime's command and the engine that somebody called: conmon forks twice. */
const maxAbove = 8;
const noLogin = 0xffff_ffff;
/** Engines that work for who calls them, without a daemon. */
const engines: ReadonlySet<string | undefined> = new Set(['podman', 'buildah']);

/**
 * The person behind what happens to a container: who called the runtime, or, where a daemon stands between, the client whose command
 * can be the only one that asked for it. Never a guess: where several can have asked, or something is missing, there is none.
 */
export class AskedFor {
  readonly #options: Options;
  readonly #clients = new Clients();
  /** What was brought into containers without a client, and when. */
  readonly #unasked = new Map<string, number>();
  #lostAt = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
  }

  /** @param before whether it ran when tracing began */
  executed(process: Process, at: number, before = false): void {
    this.#clients.executed(process, at, before);
  }

  ended(process: Process, { at }: Nanoseconds, end: End): void {
    this.#clients.ended(process, at, end);
  }

  /** Something is missing up to then. */
  lost(at: number): void {
    this.#lostAt = Math.max(this.#lostAt, at);
  }

  /** For a container that is made: its program is not known yet. */
  created(container: Container, by: Requester): Asked | undefined {
    if (!by.who.daemon) {
      return this.#ancestor(by);
    }
    const found = this.#clients.candidates(by.at, (client) =>
      matchStart(client, container, this.#options.live, undefined),
    );
    return this.#only(found.filter(isFreeFor(container)), by, container, false);
  }

  /** For a container whose program runs. */
  started(container: Container, by: Requester, init: Process | undefined): Asked | undefined {
    if (!by.who.daemon) {
      return this.#ancestor(by);
    }
    const ran = init?.argsCut === true ? undefined : init;
    const found = this.#clients.candidates(by.at, (client) => matchStart(client, container, this.#options.live, ran));
    return this.#settle(found.filter(isFreeFor(container)), by, container, ran !== undefined);
  }

  /** For a program that was brought into a container. */
  joined(container: Container, by: Requester, process: Process): Asked | undefined {
    if (!by.who.daemon) {
      return this.#ancestor(by);
    }
    if (process.argsCut) {
      return undefined;
    }
    const found = this.#clients.candidates(by.at, (client) =>
      matchExec(client, container, this.#options.live, process),
    );
    const isUsual = this.#isUsual(container, process, by.at, found.length > 0);
    const free = found.filter(isFreeFor(container));
    if (isUsual) {
      doubt(free);
    }
    return this.#settle(free, by, container);
  }

  /** No daemon stands between: whoever called the runtime, or the engine that did. */
  #ancestor({ who, comm, args, at }: Requester): Asked | undefined {
    if (this.#lostAt >= at - lossNs) {
      // What stands between may be missing.
      return undefined;
    }
    const engine = engineAbove(who);
    const asker = engine ?? who;
    const words = engine === undefined ? { comm, args } : { comm: textOf(engine.comm), args: requestOf(engine) };
    return {
      record: this.#record(asker, words, ['ancestor']),
      clientAt: engine === undefined || engine.execAt > at ? undefined : engine.execAt,
    };
  }

  /** What was found holds from now on: a client asks for one thing once, and one of several for nothing that is certain. */
  #settle(found: readonly Candidate[], by: Requester, container: Container, compared = true): Asked | undefined {
    const asked = this.#only(found, by, container, compared);
    if (asked === undefined) {
      doubt(found);
    } else {
      found[0]!.client.given.set(container.ref.id, container.ref.instance ?? 0);
    }
    return asked;
  }

  /** @param compared whether its program is known */
  #only(found: readonly Candidate[], by: Requester, container: Container, compared: boolean): Asked | undefined {
    const [candidate] = found;
    if (found.length !== 1 || candidate?.match !== 'yes') {
      return undefined;
    }
    const { client } = candidate;
    const from = Math.min(client.at, by.at - lossNs);
    if (client.before || client.doubtful || this.#lostAt >= from || this.#clients.forgottenAt >= from) {
      return undefined;
    }
    const { process, comm, args } = client;
    const words = { comm: textOf(comm), args: requestOf({ args, argsCut: client.program === undefined }) };
    return { record: this.#record(process, words, evidenceOf(client, container, by, compared)), clientAt: client.at };
  }

  /** Whether the same was brought into this container before though no client asked for it, as a health check is. */
  #isUsual({ ref }: Container, { args }: Process, at: number, hasClient: boolean): boolean {
    const key = `${ref.instance} ${args.map(textOf).join('\0')}`;
    const last = this.#unasked.get(key);
    if (!hasClient) {
      this.#unasked.delete(key);
      this.#unasked.set(key, at);
      if (this.#unasked.size > maxUnasked) {
        this.#unasked.delete(this.#unasked.keys().next().value!);
      }
    }
    return last !== undefined && at - last <= unaskedNs;
  }

  #record(
    { pid, start, uid, auid, tty, membership }: Asker,
    { comm, args }: { comm: string; args: readonly string[] },
    evidence: string[],
  ): AskedBy | undefined {
    const login = auid === undefined || auid === noLogin ? undefined : auid;
    if (login === undefined && tty === undefined) {
      return undefined;
    }
    // Another container may have other users.
    const user = membership === undefined ? this.#options.userName(uid) : undefined;
    return {
      ...{ pid, start, uid },
      ...(user === undefined ? {} : { user }),
      ...(login === undefined ? {} : { auid: login }),
      ...(tty === undefined ? {} : { tty }),
      ...{ comm, args: [...args], evidence },
    };
  }
}

const doubt = (found: readonly Candidate[]): void => {
  for (const { client, match } of found) {
    client.doubtful ||= match === 'yes';
  }
};

/** Whether a client can still ask for this container: it does so once, `docker start a b` once for each. */
const isFreeFor =
  ({ ref }: Container) =>
  ({ client: { command, given } }: Candidate): boolean =>
    command.action === 'start' ? given.get(ref.id) === undefined : given.size === 0;

const engineAbove = (who: Asker): Asker | undefined => {
  let at = who.parent;
  for (let up = 0; at !== undefined && up < maxAbove; up += 1) {
    if (engines.has(at.engine)) {
      return at;
    }
    at = at.parent;
  }
  return undefined;
};

const evidenceOf = ({ command, at }: Client, { ref }: Container, by: Requester, compared: boolean): string[] => {
  const { action, containers = [], labels = {}, image, name, program } = command;
  const word = containers.find((written) => written.replace(/^\//, '') === ref.name || ref.id.startsWith(written));
  return [
    ...(word === undefined ? [] : [`container ${word}`]),
    ...Object.entries(labels).map(([label, value]) => `${label} ${value}`),
    ...(name === undefined ? [] : [`name ${name}`]),
    ...(image === undefined || action !== 'run' ? [] : [`image ${image}`]),
    ...(program === undefined || !compared ? [] : ['same arguments']),
    `${Math.round((by.at - at) / 1e6)} ms before ${by.comm}`,
    'only candidate',
  ];
};
