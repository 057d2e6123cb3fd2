import type { Timeline } from '../timeline/schema.ts';
import { shortMoment } from './clock.ts';
import { containerName } from './container.ts';
import { seconds } from './durations.ts';
import { endingText } from './ending.ts';
import { escapeText } from './escape.ts';
import { type TableColumn, tableText } from './table.ts';

/** One line per life: when, how long, how it ended, how long it took to start. */
export const livesText = (lives: readonly Timeline[], width: number | undefined): string => {
  const hosts = lives.some(({ host }) => host !== undefined);
  return tableText(hosts ? [hostColumn, ...columns] : columns, lives, { header: true, width });
};

const hostColumn: TableColumn<Timeline> = {
  ...{ name: 'host', title: 'HOST', about: 'its host', most: 16 },
  value: ({ host }) => escapeText(host ?? '-'),
};

const columns: readonly TableColumn<Timeline>[] = [
  {
    ...{ name: 'container', title: 'CONTAINER', about: 'its name', most: 32 },
    value: ({ container }) => containerName(container),
  },
  {
    ...{ name: 'began', title: 'BEGAN', about: 'when it was asked for or made' },
    value: ({ begin, seen }) => (seen ? 'before tracing' : shortMoment(begin)),
  },
  {
    ...{ name: 'ran', title: 'RAN', about: 'from the start of its program to its end', right: true },
    value: ({ seen, started_ns, stopped_ns }) =>
      seen || started_ns === undefined || stopped_ns === undefined ? '-' : seconds(stopped_ns - started_ns),
  },
  {
    ...{ name: 'startup', title: 'STARTUP', about: 'from the runtime’s exec to its program', right: true },
    value: ({ startup_ns }) => (startup_ns === undefined ? '-' : seconds(startup_ns)),
  },
  { ...{ name: 'ended', title: 'ENDED', about: 'how it ended' }, value: (life) => ended(life) },
];

const ended = ({ seen, started_ns, stopped_ns, removed_ns, ...end }: Timeline): string => {
  const how = endingText(end);
  if (stopped_ns === undefined) {
    return removed_ns === undefined ? 'goes on' : 'removed';
  }
  if (!seen && started_ns === undefined) {
    return how === '' ? 'never started' : `never started, ${how}`;
  }
  return how === '' ? 'ended' : how;
};
