import type { Command } from 'commander';
import { usageError } from '../../errors.ts';
import { type FleetValues, isFleet } from '../../fleet/stream/input.ts';
import { addAccessOptions } from './access.ts';

/** @param what what --from is to the command */
export const addFleetOptions = (command: Command, what: string): Command =>
  addAccessOptions(
    command
      .option('--from <file|url>', what)
      .option('--cluster <name>', 'with --from nats://…: only hosts of this cluster'),
  );

/** @throws NstraceError (2) for options of a fleet where none is read */
export const refuseFleetOptions = ({ from, cluster, creds, nkey, tlsCa, tlsCert, tlsKey }: FleetValues): void => {
  if (!isFleet(from) && [cluster, creds, nkey, tlsCa, tlsCert, tlsKey].some((value) => value !== undefined)) {
    throw usageError(
      '--cluster, --creds, --nkey and --tls-… are for the stream of a fleet',
      'add --from nats://HOST:4222',
    );
  }
};

/** The recording that a command reads: its argument, or --from. @throws NstraceError (2) for both, or none */
export const oneOf = (file: string | undefined, from: string | undefined, example: string): string => {
  if ((file === undefined) === (from === undefined)) {
    throw usageError(file === undefined ? 'it needs a recording' : 'a file and --from are two recordings', example);
  }
  return (file ?? from)!;
};
