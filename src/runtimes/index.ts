import { runc } from './runc.ts';
import type { ContainerState, Runtime, RuntimeCommand } from './runtime.ts';

export const runtimes: readonly Runtime[] = [runc];

/** What a command line asks a runtime for. */
export const readRuntimeCommand = (args: readonly string[], exe: string): RuntimeCommand | undefined => {
  for (const runtime of runtimes) {
    const command = runtime.readCommand(args, exe);
    if (command !== undefined) {
      return command;
    }
  }
  return undefined;
};

/** All containers that run now and whose runtime left a state file. */
export const listContainers = (): ContainerState[] => runtimes.flatMap((runtime) => runtime.list());
