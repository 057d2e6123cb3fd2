import { containerKey, type RecordingRef, type Ref } from '../record/key.ts';
import type { ContainerInfo, NamespaceSet, NstraceRecord, RecordOf } from '../record/schema.ts';
import type { Lookahead } from './lookahead.ts';

/** Ended containers that are remembered: the last ones may still have records to come. */
const maxEnded = 1000;

/** A process that represents its container. */
export interface FirstProcess {
  readonly pid: number;
  readonly uid: number;
  readonly ns: NamespaceSet;
}

/** What records said of a container so far: of one instance of it, where they distinguish instances. */
export class KnownContainer {
  info: ContainerInfo;
  /** The id of the recording that it is in; empty where there is none. */
  readonly recording: string;
  /** Its instance, or its id where recordings have none: within its recording. */
  readonly key: number | string;
  /** All names that it bore, the last one now. */
  readonly names: string[];
  ended = false;
  /** When it was created, by the kernel's clock, if that was seen. */
  since: string | undefined;
  /** Its init, or the first process of it that was seen: whose user and namespaces are taken for its own. */
  first: FirstProcess | undefined;
  /** The name in its first records, and the one that it had in truth. */
  #late: { readonly from: string; readonly to: string } | undefined;

  constructor(info: ContainerInfo, recording = '') {
    this.info = info;
    this.recording = recording;
    this.key = info.instance ?? info.id;
    this.names = [info.name];
  }

  /** Its name when something happened, by the name in that record. */
  nameAt(name: string): string {
    return this.#late !== undefined && this.#late.from === name ? this.#late.to : name;
  }

  /** @param isLate whether the name holds for what happened before, too */
  rename(name: string, isLate: boolean): void {
    if (isLate) {
      this.#late = { from: this.info.name, to: name };
    }
    this.names.push(name);
    this.info = { ...this.info, name };
  }
}

/** Processes with a pid, by recording. */
type WhereIs = (pid: number) => ReadonlyMap<string | undefined, { container: KnownContainer | undefined }>;

/** Containers out of records: found by name, id and process. */
export class Containers {
  /** By instance, or by runtime and id where there is none; a runtime that was guessed first is a second key. */
  readonly #known = new Map<number | string, KnownContainer>();
  readonly #byName = new Map<string, Set<KnownContainer>>();
  readonly #byId = new Map<string, Set<KnownContainer>>();
  readonly #ended: KnownContainer[] = [];
  /** Pids that are asked for, and by recording the container that each is in. */
  readonly #members = new Map<number, Map<string | undefined, KnownContainer>>();
  readonly #whereIs: WhereIs;
  /** What selectors mean in the whole of what is read, where that is known. */
  lookahead: Lookahead | undefined;
  /** Of the recording that records are of which do not say it; its containers are none of those before it. */
  #recording: string | undefined;
  #scope = '';
  /** Counts changes, so that what was looked up can be kept. */
  version = 0;

  /** @param whereIs the processes that were there before their pid was asked for, if processes are known */
  constructor(whereIs: WhereIs = () => new Map()) {
    this.#whereIs = whereIs;
  }

  all(): Set<KnownContainer> {
    return new Set(this.#known.values());
  }

  named(name: string): ReadonlySet<KnownContainer> {
    return this.#byName.get(name) ?? none;
  }

  withId(id: string): ReadonlySet<KnownContainer> {
    return this.#byId.get(id) ?? none;
  }

  /** The containers that processes with this pid are in, or were in last: on several hosts there can be several. */
  ofPid(pid: number): ReadonlySet<KnownContainer> {
    let places = this.#members.get(pid);
    if (places === undefined) {
      places = new Map();
      for (const [recording, { container }] of this.#whereIs(pid)) {
        if (container !== undefined) {
          places.set(recording, container);
        }
      }
      this.#members.set(pid, places);
    }
    return new Set(places.values());
  }

  /** Takes note of what a record says of its container, and that its process is in it. */
  learn(record: NstraceRecord): KnownContainer | undefined {
    if (record.type === 'header' && record.source_seq === undefined) {
      this.#begin(record.recording);
    }
    if (!('container' in record) || record.container === null) {
      return undefined;
    }
    const known = this.of(
      record.container,
      record as RecordingRef,
      record.type === 'container' && record.op === 'named',
    );
    if (record.type === 'exec' || record.type === 'process') {
      if (known.first === undefined || record.pid === known.info.init) {
        known.first = { pid: record.pid, uid: record.uid, ns: record.ns };
      }
    }
    if (record.type === 'container') {
      this.#update(known, record);
    } else if (record.type === 'cgroup' && record.op === 'rename' && record.new_path !== undefined) {
      // In one hierarchy: in others it may have the old path still.
      known.info = { ...known.info, cgroups: [...new Set([...(known.info.cgroups ?? []), record.new_path])] };
      this.version += 1;
    } else if (known.nameAt(record.container.name) !== known.info.name) {
      this.#rename(known, record.container.name, false);
    }
    const pid = 'pid' in record ? record.pid : undefined;
    const places = this.#members.size > 0 && pid !== undefined ? this.#members.get(pid) : undefined;
    if (places !== undefined && places.get((record as RecordingRef).recording) !== known) {
      places.set((record as RecordingRef).recording, known);
      this.version += 1;
    }
    return known;
  }

  /** @param isNamed a record gives it a name: where there are no instances, another runtime can come with it */
  of(container: Ref, source: RecordingRef = {}, isNamed = false): KnownContainer {
    const key =
      source.recording === undefined ? this.#inScope(containerKey(container)) : containerKey(container, source);
    let known = this.#known.get(key);
    if (known === undefined) {
      known =
        (isNamed ? this.#guessed(container) : undefined) ??
        new KnownContainer(container, source.recording ?? this.#recording);
      this.#known.set(key, known);
      put(this.#byName, known.info.name, known);
      put(this.#byId, known.info.id, known);
      this.version += 1;
    }
    return known;
  }

  /** Another recording follows in what is read. Its parts have one id. */
  #begin(recording: string): void {
    if (this.#recording !== undefined && this.#recording !== recording) {
      this.#scope = `${recording}\0`;
      this.#members.clear();
    }
    this.#recording = recording;
  }

  #inScope(key: number | string): number | string {
    return this.#scope === '' ? key : `${this.#scope}${key}`;
  }

  /** One that lives and whose runtime was guessed wrong: the id stays. */
  #guessed({ id, instance }: Ref): KnownContainer | undefined {
    return instance === undefined ? [...this.withId(id)].findLast(({ ended }) => !ended) : undefined;
  }

  #update(known: KnownContainer, record: RecordOf<'container'>): void {
    const { container, op } = record;
    if (container.name !== known.info.name) {
      const { reason } = record as { reason?: string };
      this.#rename(known, container.name, op === 'named' && reason !== 'renamed');
    }
    known.info = container;
    this.version += 1;
    if (op === 'removed') {
      known.ended = true;
      this.#forget(known);
    } else if (op === 'created') {
      known.ended = false;
      known.since = record.mono;
    }
  }

  #rename(known: KnownContainer, name: string, isLate: boolean): void {
    known.rename(name, isLate);
    put(this.#byName, name, known);
    this.version += 1;
  }

  #forget(ended: KnownContainer): void {
    this.#ended.push(ended);
    const oldest = this.#ended.length > maxEnded ? this.#ended.shift()! : undefined;
    // The same id can have been made again meanwhile.
    if (oldest === undefined || !oldest.ended || this.#ended.includes(oldest)) {
      return;
    }
    for (const [key, known] of this.#known) {
      if (known === oldest) {
        this.#known.delete(key);
      }
    }
    for (const name of oldest.names) {
      take(this.#byName, name, oldest);
    }
    take(this.#byId, oldest.info.id, oldest);
  }
}

const none: ReadonlySet<KnownContainer> = new Set();

const put = (index: Map<string, Set<KnownContainer>>, text: string, known: KnownContainer): void => {
  const set = index.get(text);
  if (set === undefined) {
    index.set(text, new Set([known]));
  } else {
    set.add(known);
  }
};

const take = (index: Map<string, Set<KnownContainer>>, text: string, known: KnownContainer): void => {
  const set = index.get(text);
  set?.delete(known);
  if (set?.size === 0) {
    index.delete(text);
  }
};
