import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordOf } from '../../record/schema.ts';
import type { Shipper } from '../sinks/shipper.ts';
import { listParts, PartReader, type SpoolPart } from './parts.ts';

/** A part that is being dropped: set aside until its loss is on record, with where in it that begins. */
const doomed = '.dropped';

/** What a dropped part held that not every sink has. */
interface Gap {
  count: number;
  exact: boolean;
  from: string;
  to: string;
  mono: string;
}

/** Parts of a spool that is full: the oldest of them is dropped at a time. */
const partsOfSpool = 32;
const maxPartBytes = 64 * 1024 * 1024;
const minPartBytes = 64 * 1024;

/** How large the parts of a spool become. */
export const partBytes = (limitBytes: number): number =>
  Math.max(minPartBytes, Math.min(maxPartBytes, Math.floor(limitBytes / partsOfSpool)));

/** Keeps a spool below its limit: drops the oldest part, and says what was in it. */
export class SpoolLimit {
  readonly #folder: string;
  readonly limitBytes: number;
  readonly #shippers: readonly Shipper[];
  /** Parts that were set aside since doomed() was asked; at the beginning those of an agent that was killed. */
  #doomed: string[];

  constructor(folder: string, limitBytes: number, shippers: readonly Shipper[]) {
    this.#folder = folder;
    this.limitBytes = limitBytes;
    this.#shippers = shippers;
    this.#doomed = readdirSync(folder).filter((name) => name.endsWith(doomed));
  }

  get bytes(): number {
    return listParts(this.#folder).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Removes what every sink has, and above the limit also what not every one has. @returns what is lost with it */
  trim(): RecordOf<'lost'>[] {
    const parts = listParts(this.#folder);
    // The last one is being written.
    const older = parts.slice(0, -1);
    let bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const lost: RecordOf<'lost'>[] = [];
    for (const part of older) {
      const isStored = this.#shippers.every(({ position }) => position.part > part.name);
      if (!isStored && bytes <= this.limitBytes) {
        break;
      }
      bytes -= part.bytes;
      lost.push(...this.#drop(part));
    }
    return lost;
  }

  /** The losses of parts that were set aside when an agent was killed, but for those that are on record. */
  recover(): RecordOf<'lost'>[] {
    const known = new Set(listParts(this.#folder).slice(-2).flatMap(lossesIn));
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(doomed))
      .sort()
      .flatMap((name) => this.#gapOf({ name, path: join(this.#folder, name) }, startOf(name)))
      .filter((gap) => !known.has(keyOf(gap)));
  }

  /** Parts that were set aside, each given once: what is lost with them was returned before. */
  doomed(): string[] {
    return this.#doomed.splice(0);
  }

  /** What is lost with these parts is on record, in a file: they may go. */
  forget(names: readonly string[]): void {
    for (const name of names) {
      rmSync(join(this.#folder, name), { force: true });
    }
  }

  #drop(part: SpoolPart): RecordOf<'lost'>[] {
    const from = Math.min(...this.#shippers.map((shipper) => shipper.drop(part.name)), Number.POSITIVE_INFINITY);
    if (from >= part.bytes) {
      rmSync(part.path, { force: true });
      return [];
    }
    const lost = this.#gapOf(part, from);
    const name = `${part.name}.${from}${doomed}`;
    renameSync(part.path, join(this.#folder, name));
    this.#doomed.push(name);
    return lost;
  }

  #gapOf(part: { name: string; path: string }, from: number): RecordOf<'lost'>[] {
    const gap = readGap(part, from);
    if (gap.count === 0) {
      return [];
    }
    const { count, exact, mono } = gap;
    const [since = '', to = ''] = [gap.from, gap.to].sort();
    return [
      {
        ...{ type: 'lost' as const, seq: 0, time: to, mono, count, exact },
        ...{ from: since, to, stage: 'spool' as const },
      },
    ];
  }
}

/** Where in a part that was set aside its loss begins, in bytes. */
const startOf = (name: string): number => Number(/\.(\d+)\.dropped$/.exec(name)?.[1] ?? 0);

const keyOf = ({ from, to, count }: { from?: unknown; to?: unknown; count?: unknown }): string =>
  `${String(from)} ${String(to)} ${String(count)}`;

/** Which losses of the spool are on record in a part. */
const lossesIn = (part: SpoolPart): string[] => {
  const keys: string[] = [];
  const reader = new PartReader(part);
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (line.startsWith('{"type":"lost"') && line.includes('"stage":"spool"')) {
      keys.push(keyOf(JSON.parse(line)));
    }
  }
  reader.close();
  return keys;
};

/** Events, not what frames or repeats them. */
const readGap = (part: { name: string; path: string }, from: number): Gap => {
  const gap: Gap = { count: 0, exact: true, from: '', to: '', mono: '0' };
  const reader = new PartReader(part, from);
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (/^\{"type":"(?:header|process|footer)"/.test(line) || line.includes('"carried":true')) {
      continue;
    }
    const time = /"time":"([^"]{30})"/.exec(line)?.[1];
    gap.count += countOf(line, gap);
    gap.from ||= time ?? '';
    gap.to = time ?? gap.to;
    gap.mono = /"mono":"(\d+)"/.exec(line)?.[1] ?? gap.mono;
  }
  reader.close();
  return gap;
};

/** What was lost before is lost still when its record goes. */
const countOf = (line: string, gap: Gap): number => {
  if (!line.startsWith('{"type":"lost"')) {
    return 1;
  }
  gap.exact &&= !line.includes('"exact":false');
  return Number(/"count":(\d+)/.exec(line)?.[1] ?? 1);
};
