import { textOf } from '../kernel/text.ts';
import { imageOfRun } from '../runtimes/client/podman.ts';
import { engineAbove } from './command.ts';
import type { Identity } from './container.ts';
import type { Command, Process } from './process.ts';

/** @param id of a container whose runtime has none */
export const identityOf = (command: Command, id = ''): Identity => ({
  id: command.id ?? id,
  name: command.name ?? command.id ?? `${command.runtime} ${id}`,
  runtime: command.runtime,
  ...(command.root === undefined ? {} : { root: command.root }),
  ...(command.image === undefined ? {} : { image: command.image }),
});

/** The engine above a monitor has the image in its arguments, where it was asked to run one. */
export const imageAskedOf = (monitor: Command): string | undefined => {
  const engine = engineAbove(monitor.owner, 'podman');
  return engine === undefined || engine.argsCut ? undefined : imageOfRun(engine.args.map(textOf));
};

/** A name and an image, as far as a command says them. */
export const namesOf = ({ name, image }: Command): { name?: string; image?: string } => ({
  ...(name === undefined ? {} : { name }),
  ...(image === undefined ? {} : { image }),
});

/**
 * What a process is called: by its comm, or by how it was called where that says only `exe`, as of busybox' applets. runc calls its
 * stages `runc:[0:PARENT]`, whatever its own file is called (libcontainer/nsenter/nsexec.c).
 */
export const toolName = ({ comm, args }: Process): string => {
  const name = textOf(comm).replace(/^runc:\[\d:[A-Z]+\]$/, 'runc');
  const called = textOf(args[0] ?? '');
  return name === 'exe' && called !== '' ? called.slice(called.lastIndexOf('/') + 1) : name;
};
