import { Engine } from '../../src/query/engine.ts';
import { openSources } from '../../src/query/sources.ts';
import type { Take } from '../../src/query/unpacked.ts';
import { type Plain, plainOf } from '../../src/query/value.ts';

export interface Asked {
  readonly notices: string[];
  rows(sql: string): Promise<Plain[][]>;
  column(sql: string): Promise<Plain[]>;
  readonly engine: Engine;
}

/** Asks recordings, and closes them. */
export const asking = async (
  files: readonly string[],
  work: (asked: Asked) => Promise<void>,
  take?: Take,
  out?: number,
): Promise<void> => {
  const notices: string[] = [];
  const sources = await openSources(files, {
    take,
    signal: new AbortController().signal,
    onNotice: (_, what) => notices.push(what),
    onDamage: (_, { what }) => notices.push(what),
  });
  const engine = await Engine.open(sources, out === undefined ? [] : [out]);
  const rows = async (sql: string): Promise<Plain[][]> => {
    const result = await engine.run(sql);
    return (await result.getRows()).map((row) => row.map((value) => plainOf(value)));
  };
  try {
    await work({ notices, engine, rows, column: async (sql) => (await rows(sql)).map(([value]) => value ?? null) });
  } finally {
    engine.close();
  }
};
