import '../session/v8.ts';
import { type Command, CommanderError } from 'commander';
import { survivesHangup } from '../console/hangup.ts';
import { sayError } from '../console/say.ts';
import { write } from '../console/stdout.ts';
import { exitStatus, stoppedEarly, usageError } from '../errors.ts';
import { nearest } from '../kernel/did-you-mean.ts';
import { buildProgram, visibleCommands } from './program.ts';

/** Without a command it is live, which takes no words: one that is none of the commands is a slip. */
const refuseUnknown = (program: Command, word: string | undefined): void => {
  const names = [...program.commands.map((command) => command.name()), 'help'];
  if (word !== undefined && word !== '' && !word.startsWith('-') && !names.includes(word)) {
    const visible = [...visibleCommands(program).map((command) => command.name()), 'help'];
    const near = nearest(word, visible);
    throw usageError(
      `there is no command ${JSON.stringify(word)}`,
      `${near === undefined ? '' : `did you mean ${near}? `}the commands are ${visible.join(', ')}`,
    );
  }
};

const main = async (): Promise<void> => {
  let help = '';
  try {
    const program = buildProgram((text) => {
      help += text;
    });
    refuseUnknown(program, process.argv[2] === 'help' ? process.argv[3] : process.argv[2]);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
      await write(help).catch((failure) => {
        process.exitCode = sayError(failure);
      });
    } else {
      process.exitCode = sayError(error);
    }
  }
};

// Beyond `ulimit -f` a write then fails with a reason, where the signal would end us without a word.
process.on('SIGXFSZ', () => {});
survivesHangup();

// What waits for something that cannot come any more would end as if all were well.
process.on('beforeExit', () => process.exit(sayError(stoppedEarly())));

await main();
// Whatever a stalled reader or a timer still holds must not keep us.
process.exit();
