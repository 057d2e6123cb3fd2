import type { Nanoseconds } from '../kernel/time.ts';
import type { CgroupReading, Description, NameQuery } from '../runtimes/runtime.ts';
import type { Container } from './container.ts';
import type { Containers } from './containers.ts';
import type { Command, Process } from './process.ts';

/** A runtime's files are asked about a container at most N times, a tenth of a second apart, before its id is its name. */
const maxAsked = 8;
/** Descriptions of containers that are not there yet. */
const maxHints = 1000;
/** Folders of daemons that are looked into. */
const maxData = 8;
/** After a command that renames, files are looked at in this many beats. */
const renameBeats = 5;
/** In this many beats the files of every running container are looked at once more. */
const roundBeats = 30;

/** What runtimes know: their cgroups by path, and their files about a container. */
export interface RuntimeKnowledge {
  readonly readCgroup: (path: string) => CgroupReading;
  readonly describe: (query: NameQuery) => Description | undefined;
}

interface Hint {
  readonly owners: Set<Process>;
  /** The container that it was said in; undefined for the host. */
  readonly from: Container | undefined;
  description: Description;
}

type Reason = 'late' | 'renamed';

/**
 * Names of containers. Nobody waits for one: what becomes known late is reported then. Files are looked at again every 3 s
 * while a container lives, since containers can be renamed.
 */
export class Naming {
  readonly #describe: RuntimeKnowledge['describe'];
  readonly #containers: Containers;
  readonly #named: (container: Container, time: Nanoseconds, reason: Reason) => void;
  /** Those whose names may still become known. */
  readonly #open = new Set<Container>();
  /** Those that are looked at again in turn. */
  #turn: Container[] = [];
  /** What a process of the runtime says of a container that is not there yet, by runtime and id. */
  readonly #hints = new Map<string, Hint>();
  /** With the container that a daemon runs in, by folder. */
  readonly #data = new Map<string, Container | undefined>();
  #renames = 0;
  #beats = 0;
  #share = 0;

  constructor(
    describe: RuntimeKnowledge['describe'],
    containers: Containers,
    named: (container: Container, time: Nanoseconds, reason: Reason) => void,
  ) {
    this.#describe = describe;
    this.#containers = containers;
    this.#named = named;
  }

  /** Looks up what is known of a container that has just appeared. */
  begin(container: Container): void {
    container.asked = 0;
    this.#open.add(container);
    const hint = this.#takeHint(container);
    if (hint !== undefined) {
      container.learn(hint, 'monitor');
    }
    this.#ask(container);
  }

  /**
   * Asks at its start, also where its files were late until then.
   *
   * @returns why, if something new is known
   */
  again(container: Container): Reason | undefined {
    return this.#open.has(container) || container.rank !== 'file' ? this.#ask(container) : undefined;
  }

  /** Ten times a second. Files of a runtime can come later than its first process, and change. */
  beat(time: Nanoseconds): void {
    for (const container of this.#open) {
      this.#look(container, time);
    }
    if (this.#renames > 0) {
      this.#renames -= 1;
      for (const container of this.#containers.all()) {
        this.#lookAgain(container, time);
      }
      return;
    }
    this.#beats += 1;
    if (this.#beats % roundBeats === 0) {
      this.#turn = [...this.#containers.all()];
      this.#share = Math.ceil(this.#turn.length / roundBeats);
    }
    for (const container of this.#turn.splice(0, this.#share)) {
      this.#lookAgain(container, time);
    }
  }

  /** A sure command of a runtime was executed, which says something of containers to come, or of all. */
  note(command: Command): void {
    if (!command.sure) {
      return;
    }
    if (command.action === 'daemon' && command.data !== undefined) {
      this.#noteData(command.data, command.from);
    } else if (command.action === 'rename' && command.from === undefined) {
      this.#renames = renameBeats;
    } else if (command.action === 'monitor' && command.id !== undefined && command.bundle === undefined) {
      // conmon is the parent of its container, and found as that.
      this.#hint(command, command.id);
    }
  }

  /** What a process said holds as long as it lives. */
  ended(process: Process): void {
    const id = process.command?.action === 'monitor' ? process.command.id : undefined;
    if (id !== undefined && process.command?.owner === process) {
      const key = keyOf(process.command.runtime, process.command.root, id);
      const hint = this.#hints.get(key);
      if (hint?.owners.delete(process) && hint.owners.size === 0) {
        this.#hints.delete(key);
      }
    }
  }

  forget(container: Container): void {
    this.#open.delete(container);
  }

  /** What was said on the host counts for all, whoever says it in a container as well. */
  #noteData(folder: string, from: Container | undefined): void {
    const isKnown = this.#data.has(folder);
    const inContainer = [...this.#data].find(([, other]) => other !== undefined)?.[0];
    if (!isKnown && this.#data.size >= maxData) {
      if (from !== undefined || inContainer === undefined) {
        return;
      }
      this.#data.delete(inContainer);
    }
    this.#data.set(folder, isKnown && this.#data.get(folder) === undefined ? undefined : from);
  }

  /** Folders of daemons that can have made a container: those of the host, and those of a container around it. */
  #dataFor(container: Container | undefined): string[] {
    return [...this.#data].filter(([, from]) => speaksFor(from, container)).map(([folder]) => folder);
  }

  /** A monitor comes before its container: what files say then may be gone before the first event of it is here. */
  #hint(command: Command, id: string): void {
    const { runtime, root, name, image, owner, from } = command;
    const description = {
      ...(name === undefined ? {} : { name }),
      ...(image === undefined ? {} : { image }),
      ...this.#describe({ runtime, id, root, bundle: undefined, data: this.#dataFor(undefined) }),
    };
    const key = keyOf(runtime, root, id);
    const before = this.#hints.get(key);
    if (before !== undefined && before.from === undefined && from !== undefined) {
      return;
    }
    if (before !== undefined && before.from === from) {
      before.owners.add(owner);
      before.description = { ...before.description, ...description };
      return;
    }
    if (this.#hints.size >= maxHints) {
      this.#hints.delete(this.#hints.keys().next().value!);
    }
    this.#hints.delete(key);
    this.#hints.set(key, { owners: new Set([owner]), from, description });
  }

  /** For one container only: the next one of that id is another one. */
  #takeHint(container: Container): Description | undefined {
    const { ref, root } = container;
    const key = keyOf(ref.runtime, root, ref.id);
    const hint = this.#hints.get(key);
    if (hint === undefined || !speaksFor(hint.from, container)) {
      return undefined;
    }
    this.#hints.delete(key);
    for (const { command } of hint.owners) {
      if (command !== undefined) {
        command.made ??= container;
      }
    }
    return hint.description;
  }

  #look(container: Container, time: Nanoseconds): void {
    const reason = this.#ask(container);
    if (reason !== undefined) {
      this.#named(container, time, reason);
    }
  }

  #lookAgain(container: Container, time: Nanoseconds): void {
    if (container.rank === 'file' && !container.stopped) {
      this.#look(container, time);
    }
  }

  #ask(container: Container): Reason | undefined {
    const { id, runtime } = container.ref;
    container.asked += 1;
    const { root, bundle, initEnd } = container;
    const init = initEnd === undefined ? container.init?.pid : undefined;
    const description = this.#describe({ runtime, id, root, bundle, init, data: this.#dataFor(container) });
    const news = description === undefined ? undefined : container.learn(description, 'file');
    if (description?.name !== undefined || container.asked >= maxAsked) {
      this.#open.delete(container);
    }
    return news;
  }
}

/** Who is in a container can say something of those inside it only: its root can call his programs, and folders, as he likes. */
export const speaksFor = (from: Container | undefined, container: Container | undefined): boolean =>
  from === undefined || container?.isInside(from) === true;

const keyOf = (runtime: string, root: string | undefined, id: string): string => `${runtime}\0${root ?? ''}\0${id}`;
