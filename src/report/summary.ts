import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { type Join, type Loss, lifeKey, type Ranked, type ReportSummary, scopedKey } from './data.ts';

/** Names that are counted one by one; beyond it they are counted together. */
const maxNames = 20_000;
const maxRanked = 20;
const maxWhere = 3;
const maxJoins = 500;
const maxLosses = 500;
/** Steps of the activity. */
const steps = 240;

/** Counts what the first screen of a report answers, over all records of a recording. */
export class SummaryCounter {
  readonly #counts: Record<string, number> = {};
  readonly #programs = new Ranking();
  readonly #failures = new Ranking();
  readonly #joins: Join[] = [];
  readonly #losses: Loss[] = [];
  readonly #activity = new Activity();
  /** What living processes execute, by pid: an exit says only the kernel's comm. */
  readonly #living = new Map<number | string, string>();
  #failedExecs = 0;
  #badExits = 0;
  #joinCount = 0;
  #lost = 0;
  #lostExact = true;

  take(record: NstraceRecord, at: number): void {
    this.#counts[record.type] = (this.#counts[record.type] ?? 0) + 1;
    switch (record.type) {
      case 'process':
        this.#living.set(scopedKey(record.pid, record.recording), calledName(record));
        return;
      case 'fork': {
        const name = this.#living.get(scopedKey(record.ppid, record.recording)) ?? record.comm;
        this.#living.set(scopedKey(record.pid, record.recording), name);
        return;
      }
      case 'exec':
        return this.#exec(record, at);
      case 'exit':
        return this.#exit(record);
      case 'container':
        return record.op === 'joined' ? this.#joined(record, at) : undefined;
      case 'lost':
        return this.#loss(record, at);
      default:
    }
  }

  finish(end: number): ReportSummary {
    return {
      counts: this.#counts,
      failedExecs: this.#failedExecs,
      badExits: this.#badExits,
      programs: this.#programs.top(),
      failures: this.#failures.top(),
      joins: this.#joins,
      joinCount: this.#joinCount,
      lost: this.#lost,
      lostExact: this.#lostExact,
      losses: this.#losses,
      activity: this.#activity.finish(end),
    };
  }

  #exec(record: RecordOf<'exec'>, at: number): void {
    const where = record.container?.name ?? 'host';
    const name = calledName(record);
    if (record.ret === 0) {
      this.#living.set(scopedKey(record.pid, record.recording), name);
      this.#programs.add(name, where);
      this.#activity.add(at);
    } else {
      this.#failedExecs += 1 + (record.folded ?? 0);
      this.#failures.add(`${name}: ${record.errno ?? record.ret}`, where);
    }
  }

  #exit(record: RecordOf<'exit'>): void {
    const key = scopedKey(record.pid, record.recording);
    const name = this.#living.get(key) ?? record.comm ?? '?';
    this.#living.delete(key);
    if (record.signal !== undefined || (record.code ?? 0) !== 0) {
      this.#badExits += 1;
      const how = record.signal ?? `code ${record.code}`;
      this.#failures.add(`${name}: ${how}${record.oom ? ', out of memory' : ''}`, record.container?.name ?? 'host');
    }
  }

  #joined({ container, pid, by, asked_by: askedBy, recording }: RecordOf<'container'>, at: number): void {
    this.#joinCount += 1;
    if (this.#joins.length < maxJoins) {
      this.#joins.push({ at, recording, key: lifeKey(container, recording), name: container.name, pid, by, askedBy });
    }
  }

  #loss({ count, exact, stage }: RecordOf<'lost'>, at: number): void {
    this.#lost += count;
    this.#lostExact &&= exact;
    if (this.#losses.length < maxLosses) {
      this.#losses.push({ at, count, exact, stage });
    }
  }
}

/** What it was called with, without its folder. */
export const calledName = ({ args, exe, comm }: { args: readonly string[]; exe: string; comm: string }): string => {
  const called = args[0] || exe;
  return called.slice(called.lastIndexOf('/') + 1).replace(/^-/, '') || comm;
};

/** How often names were there, and where. */
class Ranking {
  readonly #names = new Map<string, { count: number; where: Map<string, number> }>();
  #others = 0;

  add(name: string, where: string): void {
    let entry = this.#names.get(name);
    if (entry === undefined) {
      if (this.#names.size >= maxNames) {
        this.#others += 1;
        return;
      }
      entry = { count: 0, where: new Map() };
      this.#names.set(name, entry);
    }
    entry.count += 1;
    if (entry.where.size < maxRanked || entry.where.has(where)) {
      entry.where.set(where, (entry.where.get(where) ?? 0) + 1);
    }
  }

  top(): Ranked[] {
    const ranked = [...this.#names]
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, maxRanked)
      .map(([name, { count, where }]) => ({
        name,
        count,
        where: [...where]
          .sort(([, a], [, b]) => b - a)
          .slice(0, maxWhere)
          .map(([place]) => place),
      }));
    return this.#others > 0 ? [...ranked, { name: 'others', count: this.#others, where: [] }] : ranked;
  }
}

/** Counts in steps that grow with the recording, so that its length need not be known before. */
class Activity {
  #stepNs = 1_000_000;
  #counts: number[] = [];

  add(at: number): void {
    let step = Math.max(0, Math.floor(at / this.#stepNs));
    while (step >= steps * 2) {
      const halved: number[] = [];
      for (let index = 0; index < this.#counts.length; index += 2) {
        halved.push((this.#counts[index] ?? 0) + (this.#counts[index + 1] ?? 0));
      }
      this.#counts = halved;
      this.#stepNs *= 2;
      step = Math.floor(at / this.#stepNs);
    }
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
  }

  finish(end: number): number[] {
    const length = Math.min(steps * 2, Math.max(1, Math.ceil(end / this.#stepNs)));
    return Array.from({ length }, (_, index) => this.#counts[index] ?? 0);
  }
}
