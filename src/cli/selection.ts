import type { ContainerSelection } from '../filter/selector.ts';
import { containerInFull } from '../view/container.ts';
import { escapeText } from '../view/escape.ts';
import { say } from './say.ts';

/** Says which selectors mean several containers, and which mean none because they are too short. */
export const tellAmbiguous = (selection: ContainerSelection): void => {
  for (const { text, kind, candidates } of selection.ambiguous()) {
    const list = candidates.map(containerInFull).join(', ');
    say(
      kind === 'prefix'
        ? `${escapeText(text)} could be any of ${list}: give more of it`
        : `${escapeText(text)} is ${candidates.length} containers, all are taken: ${list}`,
    );
  }
};

/** Says which containers a recording did not have. */
export const tellMissing = (selection: ContainerSelection): void => {
  tellAmbiguous(selection);
  for (const text of selection.waitingFor()) {
    say(`there was no container ${escapeText(text)}`);
  }
};

/** Says which containers are not there yet. */
export const tellWaiting = (selection: ContainerSelection): void => {
  tellAmbiguous(selection);
  for (const text of selection.waitingFor()) {
    say(`waiting for a container ${escapeText(text)}`);
  }
};
