import type { Entrance, Entrances } from '../store/entrances.ts';
import type { Group, Life, Requester } from '../store/group.ts';
import type { Store } from '../store/store.ts';

/** The lives of one name, which may be several containers one after the other; or the host. */
export class Family {
  readonly key: string;
  /** The oldest first. */
  readonly groups: Group[] = [];

  constructor(key: string) {
    this.key = key;
  }

  get latest(): Group {
    return this.groups.at(-1)!;
  }

  get isHost(): boolean {
    return this.latest.ref === null;
  }

  get name(): string {
    return this.latest.ref?.name ?? 'host';
  }

  get life(): Life | undefined {
    return this.latest.life;
  }

  get lives(): Life[] {
    return this.groups.flatMap(({ lives }) => lives);
  }

  /** How often it began again while it was watched. */
  get restarts(): number {
    return Math.max(0, this.#sum((group) => group.lives.length + group.olderLives) - 1);
  }

  get alive(): number {
    return this.#sum(({ alive }) => alive);
  }

  get execs(): number {
    return this.#sum(({ execs }) => execs);
  }

  /** How often it was entered. */
  get entered(): number {
    return this.#sum(({ entrances }) => entrances.count);
  }

  /** Who or what entered last, what is repeated left out. */
  get lastEntrance(): Entrance | undefined {
    return this.groups.findLast(({ entrances }) => entrances.last !== undefined)?.entrances.last;
  }

  /** What enters again and again. */
  get repeated(): Entrances['repeated'] {
    return this.groups.findLast(({ entrances }) => entrances.repeated !== undefined)?.entrances.repeated;
  }

  get changedAt(): number {
    return Math.max(...this.groups.map(({ changedAt }) => changedAt));
  }

  get ended(): boolean {
    return this.latest.ended;
  }

  get lastExec(): Group['lastExec'] {
    return this.groups.findLast(({ lastExec }) => lastExec !== undefined)?.lastExec;
  }

  get lastExecAt(): number {
    return Math.max(...this.groups.map(({ lastExecAt }) => lastExecAt));
  }

  get startedBy(): Requester | undefined {
    return this.lives.findLast(({ startedBy }) => startedBy !== undefined)?.startedBy;
  }

  perSecond(nowSeconds: number): number {
    return this.#sum(({ rate }) => rate.perSecond(nowSeconds));
  }

  #sum(of: (group: Group) => number): number {
    return this.groups.reduce((sum, group) => sum + of(group), 0);
  }
}

const made = new WeakMap<Store, { groupings: number; families: Map<string, Family> }>();

/** All of them by key, in the order in which they came. */
export const familiesOf = (store: Store): ReadonlyMap<string, Family> => {
  const last = made.get(store);
  if (last?.groupings === store.groupings) {
    return last.families;
  }
  const families = new Map<string, Family>();
  for (const group of new Set(store.groups.values())) {
    const key = group.nameKey;
    let family = families.get(key);
    if (family === undefined) {
      family = new Family(key);
      families.set(key, family);
    }
    family.groups.push(group);
  }
  made.set(store, { groupings: store.groupings, families });
  return families;
};

/** When its life began, in ms of the wall clock; undefined where that is not known. */
export const startedMs = ({ latest }: Family, store: Store): number | undefined => {
  const { info, life } = latest;
  if (info?.started !== undefined) {
    return Date.parse(info.started);
  }
  const init = info?.init === undefined ? undefined : store.processes.get(info.init, latest.source);
  if (init?.program?.type === 'process') {
    return Date.parse(init.program.started);
  }
  const at = life?.startedAt ?? (life === undefined || life.before ? undefined : life.createdAt);
  return at === undefined ? undefined : store.wallMs(at);
};

/** What it is doing, in a word or two, and whether that is bad. */
export const stateOf = ({ latest }: Family): { text: string; bad: boolean; running: boolean } => {
  const { life, ref, alive } = latest;
  if (ref === null) {
    return { text: '-', bad: false, running: true };
  }
  if (life?.endedAt !== undefined && (alive === 0 || life.code !== undefined || life.signal !== undefined)) {
    return { ...endingOf(life), running: false };
  }
  if (life !== undefined && !life.before && life.startedAt === undefined && alive === 0) {
    return { text: 'created', bad: false, running: false };
  }
  return { text: 'running', bad: false, running: true };
};

/** How a life ended. */
export const endingOf = (life: Life): { text: string; bad: boolean } => {
  if (life.oom) {
    return { text: 'OOM killed', bad: true };
  }
  if (life.startedAt === undefined && !life.before) {
    return { text: 'never started', bad: true };
  }
  if (life.signal !== undefined) {
    return { text: life.signal, bad: true };
  }
  return life.code === undefined
    ? { text: 'ended', bad: false }
    : { text: `exited ${life.code}`, bad: life.code !== 0 };
};

/** Ends of lives in a row, the last first: `1 1 137`. */
export const endCode = (life: Life): string =>
  life.oom ? 'OOM' : (life.signal ?? (life.code === undefined ? '?' : String(life.code)));
