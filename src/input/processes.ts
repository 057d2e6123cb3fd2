import { hiddenProcess, noPastProcess, noRecording, noSuchContainer, noSuchProcess } from '../errors.ts';
import { inspectProcess } from '../now/inspect.ts';
import { RecordedProcesses } from '../now/recorded-processes.ts';
import type { InspectRecord } from '../now/schema.ts';
import { type NowProcess, type Snapshot, takeSnapshot } from '../now/snapshot.ts';
import { hidesOthers } from '../procfs/read.ts';
import { requireOne, sayHidden, selectNow } from './containers.ts';
import { RecordingInput } from './recording.ts';

/** `web:7`: which container, and which pid inside. */
const parseTarget = (word: string): { selector: string; nspid: number | undefined } => {
  const match = /^(.+):(\d+)$/s.exec(word);
  return match === null ? { selector: word, nspid: undefined } : { selector: match[1]!, nspid: Number(match[2]) };
};

/** Processes that run now.
 *
 * @throws NstraceError (1) if there is none, or if a word means several containers
 */
export const findNow = async (words: readonly string[]): Promise<InspectRecord[]> => {
  const snapshot = await takeSnapshot();
  sayHidden(snapshot.hidden);
  return words.map((word) => inspectProcess(pick(word, snapshot), snapshot));
};

const pick = (word: string, snapshot: Snapshot): NowProcess => {
  if (/^\d+$/.test(word) && snapshot.byPid.has(Number(word))) {
    return snapshot.byPid.get(Number(word))!;
  }
  if (/^\d+$/.test(word) && Number(word) < smallestInode) {
    throw hidesOthers() ? hiddenProcess(word) : noSuchProcess(word);
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
    throw hidesOthers() ? hiddenProcess(word) : noSuchProcess(word);
  }
  return found;
};

/** The kernel numbers namespaces from here on (include/linux/proc_ns.h): a smaller number is a pid. */
const smallestInode = 0xeffffff8;

/** Processes of a recording, as of its end or of a moment in it (RFC 3339, UTC, nine digits). */
export const findPast = async (words: readonly string[], file: string, at?: string): Promise<InspectRecord[]> => {
  const targets = words.map((word) => {
    const byPid = /^\d+$/.test(word);
    const { selector, nspid } = parseTarget(word);
    return { word, byPid, nspid, past: new RecordedProcesses(byPid ? [] : [selector]) };
  });
  const input = new RecordingInput(file, {}, new AbortController().signal);
  for await (const record of input.records()) {
    for (const { past } of at === undefined || record.time <= at ? targets : []) {
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
