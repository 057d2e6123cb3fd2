import type { Nanoseconds } from '../kernel/time.ts';
import type { Bundle, CgroupReading, Description } from '../runtimes/runtime.ts';
import type { Container } from './container.ts';

/** So often a runtime's files are asked about a container, a tenth of a second apart, before its id is its name. */
const maxAsked = 8;
/** Names told by helpers of containers that are not there yet. */
const maxHints = 1000;

/** What runtimes know: their cgroups by path, and their files about a container. */
export interface RuntimeKnowledge {
  readonly readCgroup: (path: string) => CgroupReading;
  readonly describe: (runtime: string, id: string, bundle: Bundle | undefined) => Description | undefined;
}

/** Names of containers: nobody waits for one, and one that comes late is told. */
export class Naming {
  readonly #describe: RuntimeKnowledge['describe'];
  readonly #tell: (container: Container, time: Nanoseconds) => void;
  /** Those whose names may still become known. */
  readonly #open = new Set<Container>();
  /** What a helper said of a container, by id. */
  readonly #hints = new Map<string, Description>();

  constructor(describe: RuntimeKnowledge['describe'], tell: (container: Container, time: Nanoseconds) => void) {
    this.#describe = describe;
    this.#tell = tell;
  }

  /** Looks up what is known of a container that has just appeared, or of which more is known now. */
  begin(container: Container): void {
    container.asked = 0;
    this.#open.add(container);
    this.#ask(container);
  }

  /** @returns whether something new is known */
  again(container: Container): boolean {
    return this.#open.has(container) && this.#ask(container);
  }

  /** Asks again about all that have no name yet: files of a runtime can come later than its first process. */
  beat(time: Nanoseconds): void {
    for (const container of this.#open) {
      if (this.#ask(container)) {
        this.#tell(container, time);
      }
    }
  }

  /** Something stands by a container, and its command line says what the container is called. */
  hint({ id, name, image }: { id?: string; name?: string; image?: string }, time: Nanoseconds): void {
    if (id === undefined || (name === undefined && image === undefined)) {
      return;
    }
    if (this.#hints.size >= maxHints) {
      this.#hints.delete(this.#hints.keys().next().value!);
    }
    const description = { ...(name === undefined ? {} : { name }), ...(image === undefined ? {} : { image }) };
    this.#hints.set(id, description);
    for (const container of this.#open) {
      if (container.ref.id === id && container.learn(description)) {
        this.#tell(container, time);
      }
    }
  }

  forget(container: Container): void {
    this.#open.delete(container);
  }

  #ask(container: Container): boolean {
    const { id, runtime } = container.ref;
    const hint = this.#hints.get(id);
    const hinted = hint !== undefined && container.learn(hint);
    container.asked += 1;
    const description = this.#describe(runtime, id, container.bundle);
    const news = description !== undefined && container.learn(description);
    if (description?.name !== undefined || container.asked >= maxAsked) {
      this.#open.delete(container);
    }
    return hinted || news;
  }
}
