import { Command, CommanderError } from 'commander';
import { exitStatus, usageError } from '../errors.ts';
import { version } from '../version.ts';
import { addCompletion } from './completion.ts';
import { addDoctor } from './doctor.ts';
import { addInspect } from './inspect.ts';
import { addLive } from './live.ts';
import { addNs } from './ns.ts';
import { addPs } from './ps.ts';
import { addRecord } from './record.ts';
import { addReplay } from './replay.ts';
import { sayError } from './say.ts';
import { addTimeline } from './timeline.ts';

const examples = `
Without a command: live, with its options (nstrace live --help).

Examples:
  sudo nstrace live                        what runs now, with its container and pid namespace
  sudo nstrace --container xyxy12          only that container, also if it starts later
  sudo nstrace record -o session.ndjson    keep everything, and prove that nothing is missing
  sudo nstrace doctor                      what does this machine lack?
`;

const buildProgram = (): Command => {
  const program = new Command('nstrace')
    .description('See what runs in your containers: an exec and namespace tracer for Linux.')
    .version(version, '-V, --version')
    .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'nstrace: ')) })
    .showSuggestionAfterError()
    .showHelpAfterError('(nstrace --help shows what there is)')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', examples);
  addLive(program);
  addRecord(program);
  addReplay(program);
  addTimeline(program);
  addPs(program);
  addNs(program);
  addInspect(program);
  addDoctor(program);
  addCompletion(program);
  return program;
};

/** Without a command it is live, which takes no words: one that is none of the commands is a slip. */
const refuseUnknown = (program: Command, word: string | undefined): void => {
  const names = [...program.commands.map((command) => command.name()), 'help'];
  if (word !== undefined && word !== '' && !word.startsWith('-') && !names.includes(word)) {
    throw usageError(`there is no command ${JSON.stringify(word)}`, `the commands are ${names.join(', ')}`);
  }
};

const main = async (): Promise<void> => {
  try {
    const program = buildProgram();
    refuseUnknown(program, process.argv[2]);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
    } else {
      process.exitCode = sayError(error);
    }
  }
};

await main();
// Whatever a stalled reader or a timer still holds must not keep us.
process.exit();
