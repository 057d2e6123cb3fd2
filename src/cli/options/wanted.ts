import type { Command } from 'commander';
import { type FleetValues, isFleet, openFleet } from '../../fleet/stream/input.ts';
import { type InputValues, RecordingInput } from '../../input/recording.ts';
import type { OpenInput, WantedValues } from '../../input/wanted.ts';
import { addFilterOptions, type FilterValues } from './filter.ts';
import { addFleetOptions, oneOf, refuseFleetOptions } from './fleet.ts';
import { addReadOptions } from './input.ts';

/** Values of commands that make something else of records. */
export type AllValues = FilterValues &
  InputValues &
  Omit<FleetValues, 'since' | 'until'> &
  Omit<WantedValues, 'events'>;

/** Options of commands that make something else of the records of recordings, or of a fleet. */
export const addWantedOptions = (command: Command): Command =>
  addFleetOptions(
    addReadOptions(addFilterOptions(command, 'all')),
    'a recording, or nats://…: what the agents of a fleet have shipped',
  );

/**
 * What is to be read: the arguments, or --from.
 *
 * @throws NstraceError (2) if there is none, or both
 */
export const wordsOf = (files: readonly string[], values: AllValues, example: string): readonly string[] => {
  refuseFleetOptions(values);
  return values.from === undefined && files.length > 0 ? files : [oneOf(files[0], values.from, example)];
};

/** How it is opened. */
export const openerOf =
  (words: readonly string[], values: AllValues): OpenInput =>
  async (signal) =>
    isFleet(values.from)
      ? openFleet(values.from, values, { signal, follow: false })
      : new RecordingInput(words, values, signal);
