import { join } from 'node:path';
import { RecordFilter } from '../src/filter/filter.ts';
import { eventKinds } from '../src/filter/kinds.ts';
import type { Bookmark } from '../src/recording/read/reader.ts';
import { Reading } from '../src/recording/read/reader.ts';
import { Account, type Moment } from '../src/replay/moment.ts';
import { Player } from '../src/replay/player.ts';
import { Store } from '../src/tui/store/store.ts';
import { writeRecording } from './recording.ts';

/** Plays a million records to their end, and goes back. */
export const measureSeek = async (folder: string): Promise<void> => {
  const file = join(folder, 'long.ndjson');
  writeRecording(file, 1_000_000);
  const reading = new Reading(file, { onDamage: ({ what }) => console.log(what) });
  const makeFilter = () =>
    new RecordFilter({
      ...{ containers: [], namespaces: [], pids: [], uids: [], names: [], lines: [] },
      ...{ failed: true, events: new Set(eventKinds) },
    });
  let filter = makeFilter();
  let store = new Store();
  let account = new Account();
  const player = new Player<Bookmark, Moment>({
    open: (signal, from) => reading.batches(signal, from),
    speed: Number.POSITIVE_INFINITY,
    onRecord: (record) => {
      account.take(record);
      if (filter.wants(record)) {
        store.take(record);
      }
    },
    onTime: () => {},
    save: () => account.save(),
    onRestart: (moment) => {
      filter = makeFilter();
      account = new Account(moment);
      store = new Store();
      if (moment !== undefined) {
        store.begin(moment);
      }
    },
  });
  const aborter = new AbortController();
  const began = performance.now();
  const done = player.run(aborter.signal);
  await until(() => player.ended);
  console.log(`read: a replay of 1,000,000 records to its end: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  for (const seconds of [-5, -60, -150, -1000]) {
    const to = Math.max(0, player.position + seconds);
    const from = performance.now();
    const cpu = process.cpuUsage();
    player.seek(seconds);
    await until(() => !player.ended && Math.abs(player.position - to) < 0.01);
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `read: back by ${-seconds} s in it: ${(performance.now() - from).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU time`,
    );
  }
  aborter.abort();
  await done;
  reading.close();
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
