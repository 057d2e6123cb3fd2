import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ProgressLine } from '../console/progress.ts';
import { say, sayError } from '../console/say.ts';
import { Stop } from '../console/stop.ts';
import { exitStatus, usageError } from '../errors.ts';
import type { FleetAccess } from '../fleet/access.ts';
import { isFleet } from '../fleet/stream/input.ts';
import { escapeText } from '../view/escape.ts';
import { addAccessOptions } from './options/access.ts';
import { parsePlace } from './options/parse.ts';

interface ArchiveValues extends FleetAccess {
  from: string;
  output: string;
  cluster?: string;
  share?: string;
  follow?: boolean;
}

const examples = `
Examples:
  nstrace archive --from nats://127.0.0.1:4222 -o archive          what is new since the last time, for a timer
  nstrace archive --from nats://127.0.0.1:4222 -o archive -f       without end, once a minute
  nstrace archive --from nats://127.0.0.1:4222 -o archive -f --share 1/2   one of two writers; the other has 2/2
  nstrace query archive "SELECT host, count(*) FROM execs GROUP BY host"
  nstrace query archive/cluster=prod/day=2026-11-27 'FROM failed'
`;

export const addArchive = (program: Command): void => {
  const command = program
    .command('archive')
    .description('write what a fleet has shipped as Parquet by cluster and day, and go on where it stopped')
    .requiredOption('--from <url>', 'nats://HOST:4222')
    .requiredOption('-o, --output <folder>', 'where to', parsePlace)
    .option('--cluster <name>', 'only hosts of this cluster')
    .option('--share <n/m>', 'only the Nth of M shares of the hosts: for several writers to one folder')
    .option('-f, --follow', 'look for more once a minute, until Ctrl-C')
    .addHelpText('after', examples)
    .action(async (values: ArchiveValues) => {
      process.exitCode = await run(values);
    });
  addAccessOptions(command);
};

const everyMs = 60_000;

const run = async (values: ArchiveValues): Promise<number> => {
  const { from, output: folder, cluster, follow = false } = values;
  if (!isFleet(from)) {
    throw usageError(
      'archive --from takes the stream of a fleet',
      'nats://HOST:4222; nstrace export FILE --to parquet is for a recording',
    );
  }
  const [{ natsAccess }, { archive }, { lockArchive }, { parseShare }, { shareEnding }] = await Promise.all([
    import('../fleet/access.ts'),
    import('../fleet/archive/archive.ts'),
    import('../fleet/archive/lock.ts'),
    import('../fleet/stream/host-share.ts'),
    import('../fleet/archive/state.ts'),
  ]);
  const share = values.share === undefined ? undefined : parseShare(values.share);
  const stop = new Stop();
  const access = natsAccess(from, values);
  const { signal } = stop;
  const lock = await lockArchive(folder, shareEnding(share));
  let damage = 0;
  do {
    const progress = process.stderr.isTTY ? new ProgressLine(escapeText(from)) : undefined;
    let bytes = 0;
    try {
      const records = await archive({
        ...{ folder, access, cluster, share, signal },
        onDamage: (what) => {
          damage += 1;
          if (damage <= maxReported) {
            say(`${escapeText(from)}: ${escapeText(what)}`);
          }
        },
        onBytes: (count) => {
          bytes += count;
          progress?.show({ bytes, total: 0 });
        },
      });
      progress?.clear();
      if (records > 0 || !follow) {
        say(`${records} new records in ${escapeText(folder)}`);
      }
    } catch (error) {
      progress?.clear();
      if (!follow || (error as { status?: number }).status !== exitStatus.system) {
        return sayError(error as Error);
      }
      // Servers come back.
      sayError(error as Error);
    }
    if (follow) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  } while (follow && !signal.aborted);
  lock.close();
  return exitStatus.ok;
};

/** How many damages are reported one by one. */
const maxReported = 10;
