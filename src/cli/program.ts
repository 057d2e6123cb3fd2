import { Command } from 'commander';
import { showUtc } from '../console/zone.ts';
import { fullVersion } from '../version.ts';
import { addAgent } from './agent.ts';
import { addArchive } from './archive.ts';
import { addBaseline } from './baseline.ts';
import { addCheck } from './check.ts';
import { addCompletion } from './completion.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { addExport } from './export.ts';
import { addInspect } from './inspect.ts';
import { addLive } from './live.ts';
import { addNs } from './ns.ts';
import { addPs } from './ps.ts';
import { addQuery } from './query.ts';
import { addRecord } from './record.ts';
import { addReplay } from './replay.ts';
import { addReport } from './report.ts';
import { addTimeline } from './timeline.ts';
import { addWhy } from './why.ts';

const examples = `
Without a command: live, with its options (nstrace live --help).

Examples:
  sudo nstrace live                        what runs now, with its container and pid namespace
  sudo nstrace --container xyxy12          only that container, also if it starts later
  sudo nstrace record -o session.ndjson    keep all kinds of events, and prove that nothing is missing
  nstrace timeline session.ndjson          the life of each container in it
  nstrace query session.ndjson             ask it in SQL
  nstrace check session.ndjson             is anything missing in it?
  sudo nstrace ps                          what runs now, container by container
  sudo nstrace inspect xyxy12:7            one process: its namespaces, cgroups, ancestry, rights
  sudo nstrace why 4711                    why a process belongs to its container
  sudo nstrace doctor                      what does this machine lack?
`;

/**
 * All commands, with their options and help: what main runs, and the manual is made of.
 *
 * @param writeOut takes help and version where they are asked for
 */
export const buildProgram = (writeOut: (text: string) => void = () => {}): Command => {
  const program = new Command('nstrace')
    .description('See what runs in your containers: an exec and namespace tracer for Linux.')
    .version(fullVersion, '-V, --version')
    .configureOutput({
      writeOut,
      writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'nstrace: ')),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(nstrace --help shows what there is)')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', examples)
    .hook('preAction', (_, command) => {
      if (command.opts().utc) {
        showUtc();
      }
    });
  addLive(program);
  addRecord(program);
  addReplay(program);
  addTimeline(program);
  addReport(program);
  addExport(program);
  addQuery(program);
  addCheck(program);
  addDiff(program);
  addBaseline(program);
  addPs(program);
  addNs(program);
  addInspect(program);
  addWhy(program);
  addAgent(program);
  addArchive(program);
  addDoctor(program);
  addCompletion(program);
  for (const command of program.commands) {
    if (!timeless.has(command.name())) {
      command.option('--utc', 'times in UTC; without it they are local');
    }
    command.showHelpAfterError(`(nstrace ${command.name()} --help shows what there is)`);
  }
  return program;
};

/** Commands that show no times. */
const timeless: ReadonlySet<string> = new Set(['archive', 'completion', 'complete', 'doctor']);

/** Those that people call; commander has no other way to ask. */
export const visibleCommands = (program: Command): Command[] =>
  program.commands.filter((command) => !(command as unknown as { _hidden?: boolean })._hidden);
