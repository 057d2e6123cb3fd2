import type { Text } from '../../kernel/text.ts';
import type { ClientCommand } from '../../runtimes/client/client.ts';
import { labelNames } from '../../runtimes/client/client.ts';
import type { Container } from '../container.ts';
import { endsWithProgram, isSameProgram, type Program } from './program.ts';

/** Whether a client's command is about a container: `maybe` keeps others from being taken for it, and is never reported. */
export type Match = 'yes' | 'maybe' | 'no';

/** A client's command, and the arguments of the program that it names. */
export interface Wish {
  readonly command: ClientCommand;
  /** Undefined where its own arguments were cut. */
  readonly program: readonly Text[] | undefined;
}

/** Whether it asks for a program in a container. */
export const matchExec = ({ command, program }: Wish, container: Container, live: Live, ran: Program): Match => {
  if (command.action !== 'exec' || (program !== undefined && command.vague !== true && !isSameProgram(program, ran))) {
    return 'no';
  }
  const match = matchContainer(command, container, live);
  return program === undefined && match === 'yes' ? 'maybe' : match;
};

/**
 * Whether it asks for a container to start.
 *
 * @param ran the program of its init; undefined while that is not known: then only a name makes it certain
 */
export const matchStart = (wish: Wish, container: Container, live: Live, ran: Program | undefined): Match => {
  switch (wish.command.action) {
    case 'start':
      return matchContainer(wish.command, container, live);
    case 'run':
      return matchRun(wish, container, ran);
    default:
      return 'no';
  }
};

type Live = () => Iterable<Container>;

const matchRun = ({ command, program }: Wish, container: Container, ran: Program | undefined): Match => {
  if (!isOfRuntime(command, container)) {
    return 'no';
  }
  if (command.vague || command.image === undefined) {
    return 'maybe';
  }
  const { name, id } = container.ref;
  const isNamed = name !== id || command.name === id;
  const image = container.image === undefined ? 'maybe' : isSameImage(command.image, container.image) ? 'yes' : 'no';
  if (image === 'no' || (ran !== undefined && program !== undefined && !endsWithProgram(program, ran))) {
    return 'no';
  }
  if (command.name !== undefined) {
    return isNamed ? (command.name === name ? 'yes' : 'no') : 'maybe';
  }
  if (isNamed && !isMadeUp(name)) {
    return 'no';
  }
  return image === 'yes' && isNamed && ran !== undefined && program !== undefined ? 'yes' : 'maybe';
};

/** Names that engines give to containers without one: docker's `brave_bell`, nerdctl's `alpine-1a2b3`. */
const isMadeUp = (name: string): boolean => /^[a-z]+_[a-z]+\d*$|-[0-9a-f]{5}$/.test(name);

/** `bb` is `docker.io/library/bb:latest`. */
const isSameImage = (one: string, other: string): boolean => wholeImage(one) === wholeImage(other);

const wholeImage = (image: string): string => {
  const cut = image.indexOf('/');
  const first = image.slice(0, Math.max(0, cut));
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const path = hasHost ? image : `docker.io/${cut < 0 ? 'library/' : ''}${image}`;
  return path.includes('@') || path.lastIndexOf(':') > path.lastIndexOf('/') ? path : `${path}:latest`;
};

const isOfRuntime = ({ runtimes, root }: ClientCommand, { ref, labels, pod, root: place }: Container): boolean => {
  if (runtimes === 'pods') {
    return pod !== undefined || labels?.[labelNames.pod] !== undefined;
  }
  return runtimes.includes(ref.runtime) && root === place;
};

const matchContainer = (command: ClientCommand, container: Container, live: Live): Match => {
  if (!isOfRuntime(command, container)) {
    return 'no';
  }
  const match = matchWords(command, container);
  if (match !== 'yes') {
    return match;
  }
  for (const other of live()) {
    if (
      other !== container &&
      !other.stopped &&
      isOfRuntime(command, other) &&
      matchWords(command, other) === 'yes' &&
      !(command.labels !== undefined && other.pod !== undefined && other.pod.id === container.pod?.id)
    ) {
      return 'maybe';
    }
  }
  return 'yes';
};

const matchWords = ({ containers, labels, vague }: ClientCommand, container: Container): Match => {
  if (containers !== undefined) {
    return containers.reduce<Match>((best, word) => better(best, matchWord(word, container)), 'no');
  }
  const match = labels === undefined ? 'maybe' : matchLabels(labels, container, vague);
  return vague && match === 'yes' ? 'maybe' : match;
};

const better = (one: Match, other: Match): Match =>
  one === 'yes' || other === 'yes' ? 'yes' : one === 'maybe' || other === 'maybe' ? 'maybe' : 'no';

/** By name, by id, or by the beginning of an id. */
const matchWord = (written: string, { ref: { id, name } }: Container): Match => {
  const word = written.replace(/^\//, '');
  if (word === name || word === id || (isHex.test(word) && id.startsWith(word))) {
    return 'yes';
  }
  // Its name is not known.
  return name === id && isHex.test(id) ? 'maybe' : 'no';
};

const isHex = /^[0-9a-f]+$/;

const matchLabels = (
  wanted: Readonly<Record<string, string>>,
  { labels, ref }: Container,
  vague: true | undefined,
): Match => {
  if (labels === undefined && ref.name === ref.id) {
    return 'maybe';
  }
  const fits = Object.entries(wanted).every(([name, value]) =>
    vague ? labels?.[name] !== undefined : labels?.[name] === value,
  );
  return fits ? 'yes' : 'no';
};
