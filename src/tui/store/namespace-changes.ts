import { addTo, type ViewEvent, type ViewProcess } from './event.ts';

/** Calls that follow each other faster than this belong together. */
const maxGapNs = 1e9;

/** `nsenter -a` calls setns for each type: one line has them all. Whether a change was folded into the first of its process. */
export const continuesChange = (process: ViewProcess, event: ViewEvent, at: number): boolean => {
  const { changes } = process;
  const { first } = changes ?? {};
  const isSame =
    first !== undefined &&
    event.foldedInto === undefined &&
    first.foldedInto === undefined &&
    first.group === event.group &&
    'op' in first.record &&
    'op' in event.record &&
    first.record.op === event.record.op &&
    at - changes!.at < maxGapNs;
  process.changes = { first: isSame ? first : event, at };
  if (isSame) {
    event.foldedInto = first;
    first.work = addTo(first.work, event);
  }
  return isSame;
};
