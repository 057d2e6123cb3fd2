import { say } from '../console/say.ts';
import { sayAmbiguous } from '../console/selection.ts';
import { exitStatus, noSuchContainer, severalContainers } from '../errors.ts';
import { ContainerSelection } from '../filter/selector.ts';
import { type Snapshot, takeSnapshot } from '../now/snapshot.ts';
import type { ContainerInfo } from '../record/schema.ts';
import { containerInFull } from '../view/container.ts';
import { escapeText } from '../view/escape.ts';

/**
 * The containers that selectors mean now.
 *
 * @param check refuses what can mean several
 * @throws NstraceError (1) if there is none
 */
export const selectNow = (
  words: readonly string[],
  snapshot: Snapshot,
  check: (selection: ContainerSelection) => void = refuseShort,
): ContainerSelection => {
  const selection = new ContainerSelection(words);
  const common = { seq: 0, time: snapshot.time, mono: '0' };
  for (const container of snapshot.containers) {
    selection.learn({ type: 'container', ...common, op: 'seen', container });
  }
  for (const { record } of snapshot.processes) {
    selection.learn(record);
  }
  check(selection);
  const missing = selection.waitingFor()[0];
  if (missing !== undefined) {
    throw noSuchContainer(
      missing,
      snapshot.containers.map(({ name }) => name),
    );
  }
  return selection;
};

/**
 * The state of now and the containers that selectors mean in it, as often as it is called; what is to be said of them is said once.
 *
 * @throws NstraceError (1) if there is no such container
 */
export const readNow = (
  words: readonly string[],
): (() => Promise<{ snapshot: Snapshot; selection: ContainerSelection }>) => {
  let said = false;
  return async () => {
    const snapshot = await takeSnapshot();
    const selection = selectNow(words, snapshot);
    if (!said) {
      said = true;
      sayHidden(snapshot.hidden);
      sayAmbiguous(selection);
    }
    return { snapshot, selection };
  };
};

const inFull = (container: ContainerInfo): { name: string; full: string } => ({
  name: container.name,
  full: containerInFull(container),
});

/** @throws NstraceError (2) if a prefix fits several */
const refuseShort = (selection: ContainerSelection): void => {
  const short = selection.ambiguous().find(({ kind }) => kind === 'prefix');
  if (short !== undefined) {
    throw severalContainers(short.text, short.candidates.map(inFull), exitStatus.usage);
  }
};

/** @throws NstraceError (1) if a selector of a command about one container means several */
export const requireOne = (selection: ContainerSelection): void => {
  const [several] = selection.ambiguous();
  if (several !== undefined) {
    throw severalContainers(several.text, several.candidates.map(inFull));
  }
};

export const sayHidden = (hidden: readonly string[]): void => {
  for (const text of hidden) {
    say(escapeText(text));
  }
};
