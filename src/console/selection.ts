import type { WantedHosts } from '../filter/hosts.ts';
import type { ContainerSelection } from '../filter/selector.ts';
import { nearestFew } from '../kernel/did-you-mean.ts';
import { containerInFull } from '../view/container.ts';
import { escapeText } from '../view/escape.ts';
import { say } from './say.ts';

/** Says which selectors mean several containers, and which mean none because they are too short. */
export const sayAmbiguous = (selection: ContainerSelection): void => {
  for (const { text, kind, candidates } of selection.ambiguous()) {
    const names = candidates.map(({ id, name }) => escapeText(id === name ? id : `${id} (${name})`)).join(', ');
    say(
      kind === 'prefix'
        ? `${escapeText(text)} could be any of ${names}: give more of it`
        : `${escapeText(text)} is ${candidates.length} containers, all are taken: ${candidates.map(containerInFull).join(', ')}`,
    );
  }
};

/** What was asked for by name. */
interface Asked {
  readonly selection: ContainerSelection;
  readonly hosts: WantedHosts;
}

/** Says which containers and hosts a recording did not have, and that it may only look so. Returns whether one was missing. */
export const sayMissing = ({ selection, hosts }: Asked, losses = new Losses()): boolean => {
  sayAmbiguous(selection);
  const missing = selection.waitingFor();
  for (const text of missing) {
    say(`there was no container ${escapeText(text)}${losses.remark}`);
  }
  const absent = hosts.absent();
  for (const text of absent) {
    say(`there was no host ${escapeText(text)}`);
  }
  if (absent.length > 0 && hosts.names.length > 0) {
    say(`  hosts: ${listed(hosts.names)}`);
  }
  return missing.length > 0 || absent.length > 0;
};

/** What `lost` records say, added up. */
export class Losses {
  #count = 0;
  #exact = true;
  #any = false;

  take({ count, exact }: { count: number; exact: boolean }): void {
    this.#any = true;
    this.#count += count;
    this.#exact &&= exact;
  }

  get any(): boolean {
    return this.#any;
  }

  /** `; 3 events were lost`; empty if none was. */
  get remark(): string {
    if (!this.#any) {
      return '';
    }
    if (this.#count === 0) {
      return '; events were lost, nobody knows how many';
    }
    const many = `${this.#exact ? '' : 'at least '}${this.#count}`;
    return `; ${many} ${this.#count === 1 ? 'event was' : 'events were'} lost`;
  }
}

/** Says which containers are not there yet, what else there is, and what was perhaps meant. */
export const sayWaiting = (selection: ContainerSelection): void => {
  sayAmbiguous(selection);
  const names = [...selection.containers.all()].filter(({ ended }) => !ended).map(({ info }) => info.name);
  for (const text of selection.waitingFor()) {
    say(`waiting for a container ${escapeText(text)}`);
    const near = nearestFew(text, names, maxNear);
    if (near.length > 0) {
      say(`  did you mean ${near.map(escapeText).join(' or ')}?`);
    }
    say(names.length === 0 ? '  no container is running' : `  running: ${listed(names)}`);
  }
};

/** Names that are asked about, and names that are listed. */
const maxNear = 3;
const maxListed = 20;

const listed = (names: readonly string[]): string =>
  `${names.slice(0, maxListed).map(escapeText).join(', ')}${names.length > maxListed ? `, and ${names.length - maxListed} more` : ''}`;
