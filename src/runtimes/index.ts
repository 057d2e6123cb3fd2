import type { Text } from '../probe/event.ts';
import { textOf } from '../probe/text.ts';
import { runc } from './runc.ts';
import type { ContainerState, Runtime, RuntimeCommand } from './runtime.ts';

export const runtimes: readonly Runtime[] = [runc];

/** A runtime's command line is short; what follows is the container's own. */
const maxWords = 64;

/** What a command line asks a runtime for. */
export const readRuntimeCommand = (args: readonly Text[], exe: Text): RuntimeCommand | undefined => {
  const called = lastPart(args[0] ?? '');
  const executed = lastPart(exe);
  for (const runtime of runtimes) {
    if (runtime.isProgram(called) || runtime.isProgram(executed)) {
      return runtime.readCommand(args.slice(0, maxWords).map(textOf));
    }
  }
  return undefined;
};

const lastPart = (path: Text): string => {
  const text = textOf(path);
  return text.slice(text.lastIndexOf('/') + 1);
};

/** All containers that run now and whose runtime left a state file. */
export const listContainers = (): ContainerState[] => runtimes.flatMap((runtime) => runtime.list());
