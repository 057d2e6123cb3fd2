import type { Command } from 'commander';
import { exitStatus, noPastProcess, noRecording, noSuchContainer, noSuchProcess } from '../errors.ts';
import { inspectProcess } from '../now/inspect.ts';
import { PastProcesses } from '../now/past.ts';
import type { InspectRecord } from '../now/schema.ts';
import { type NowProcess, type Snapshot, takeSnapshot } from '../now/snapshot.ts';
import { compareText, inspectText } from '../view/inspect.ts';
import { UserNames } from '../view/users.ts';
import { RecordingInput } from './input.ts';
import { addJsonOptions, type NowValues, requireOne, selectNow, tellHidden, write } from './now.ts';
import { requireJsonOrTable } from './options.ts';

interface InspectValues extends Pick<NowValues, 'output' | 'json'> {
  from?: string;
}

const examples = `
Examples:
  nstrace inspect 4711             a process by its pid on the host
  nstrace inspect web              the first process of a container
  nstrace inspect web:7            the one that is pid 7 inside: tells its pid on the host, and the other way round
  nstrace inspect web:7 4711       what two processes share, and where they differ
  nstrace inspect --from session.ndjson 4711   one that has ended since
`;

export const addInspect = (program: Command): void => {
  const command = program
    .command('inspect')
    .description('show one process with its namespaces, cgroups, ancestry and rights, or compare two')
    .argument('<process>', 'a host pid, or a container and a pid inside: NAME or NAME:PID')
    .argument('[other]', 'another one, to compare with')
    .option('--from <file>', 'answer out of a recording, also for processes that are gone')
    .addHelpText('after', examples)
    .action(async (first: string, second: string | undefined, values: InspectValues) => {
      process.exitCode = await inspect(second === undefined ? [first] : [first, second], values);
    });
  addJsonOptions(command);
};

const inspect = async (words: readonly string[], values: InspectValues): Promise<number> => {
  const format = requireJsonOrTable(values);
  const found = values.from === undefined ? await findNow(words) : await findPast(words, values.from);
  if (format === 'json') {
    await write(found.map((record) => `${JSON.stringify(record)}\n`).join(''));
  } else if (found.length === 2) {
    await write(compareText(found[0]!, found[1]!));
  } else {
    await write(inspectText(found[0]!, { users: new UserNames(), width: undefined }));
  }
  return exitStatus.ok;
};

/** `web:7`: which container, and which pid inside. */
const parseTarget = (word: string): { selector: string; nspid: number | undefined } => {
  const match = /^(.+):(\d+)$/s.exec(word);
  return match === null ? { selector: word, nspid: undefined } : { selector: match[1]!, nspid: Number(match[2]) };
};

const findNow = async (words: readonly string[]): Promise<InspectRecord[]> => {
  const snapshot = await takeSnapshot();
  tellHidden(snapshot.hidden);
  return words.map((word) => inspectProcess(pick(word, snapshot), snapshot));
};

const pick = (word: string, snapshot: Snapshot): NowProcess => {
  if (/^\d+$/.test(word) && snapshot.byPid.has(Number(word))) {
    return snapshot.byPid.get(Number(word))!;
  }
  if (/^\d+$/.test(word) && Number(word) < smallestInode) {
    throw noSuchProcess(word);
  }
  const { selector, nspid } = parseTarget(word);
  const selection = selectNow([selector], snapshot, requireOne);
  const members = snapshot.processes.filter(({ record }) => selection.wants(record.container));
  const init = snapshot.containers.find((container) => selection.wants(container))?.init;
  // Pids inside are those of the container's own namespace, also for processes that are nested deeper.
  const level = (snapshot.byPid.get(init ?? 0)?.proc.nspid.length ?? 0) - 1;
  const found =
    nspid === undefined
      ? (snapshot.byPid.get(init ?? 0) ?? members[0])
      : members.find(({ proc }) => (level > 0 ? proc.nspid[level] : proc.nspid.at(-1)) === nspid);
  if (found === undefined) {
    throw noSuchProcess(word);
  }
  return found;
};

/** The kernel numbers namespaces from here on (include/linux/proc_ns.h): a smaller number is a pid. */
const smallestInode = 0xeffffff8;

const findPast = async (words: readonly string[], file: string): Promise<InspectRecord[]> => {
  const targets = words.map((word) => {
    const byPid = /^\d+$/.test(word);
    const { selector, nspid } = parseTarget(word);
    return { word, byPid, nspid, past: new PastProcesses(byPid ? [] : [selector]) };
  });
  const input = new RecordingInput(file, {}, new AbortController().signal);
  for await (const record of input.records()) {
    for (const { past } of targets) {
      past.take(record);
    }
  }
  if (!input.isRecording) {
    throw noRecording(file);
  }
  input.status();
  return targets.map(({ word, byPid, nspid, past }) => {
    requireOne(past.selection);
    const record = byPid ? past.withPid(Number(word)) : past.inContainer(nspid);
    if (record !== undefined) {
      return record;
    }
    const container = past.selection.waitingFor()[0];
    if (container !== undefined) {
      throw noSuchContainer(
        container,
        past.containers.map(({ name }) => name),
        file,
      );
    }
    throw noPastProcess(word, file);
  });
};
