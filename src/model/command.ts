import { type Text, textOf } from '../kernel/text.ts';
import type { RuntimeCommand } from '../runtimes/runtime.ts';
import { isItselfAgain, isSandboxTool, isSystemPath } from '../runtimes/trust.ts';
import type { Command, Process } from './process.ts';
import { requesterOf } from './requester.ts';

export type ReadCommand = (args: readonly Text[], exe: Text) => RuntimeCommand | undefined;

/**
 * What a program asks a runtime for. A command line can say anything: it counts if a runtime's program runs it, from where
 * only root can have put that, or if root runs it. It can make a container; it never says that it is one that lives.
 */
export const readCommand = (process: Process, read: ReadCommand): Command | undefined => {
  const command = read(process.args, process.exe);
  if (command === undefined) {
    return undefined;
  }
  const before = process.command;
  const again = isItselfAgain(process.exe);
  if (again && before !== undefined && before.action === command.action && before.id === command.id) {
    // It was called the first time.
    return before;
  }
  const isRuntime = isSystemPath(process.exe) && read([nameOf(process.exe), ...process.args.slice(1)], process.exe);
  // An engine that executes itself is what it was; its name now is only what it calls itself.
  const isEngine = again && process.engine !== undefined && command.action === 'sandbox';
  if (!isRuntime && !isEngine && command.action === 'sandbox') {
    return undefined;
  }
  if (!isRuntime && !isEngine && process.uid !== 0 && !(again && before !== undefined)) {
    return undefined;
  }
  const same = before?.action === command.action && before.id === command.id && before.owner === process;
  if (same) {
    return before;
  }
  const by = requesterOf(process);
  const sure = isRuntime !== undefined && isRuntime !== false && process.uid === 0;
  return { ...command, by, owner: process, sure, from: process.membership?.container, made: undefined };
};

/** Of processes that were there before: a child that has its parent's command line was sent by that, and called nobody itself. */
export const inheritCommand = (process: Process, parent: Process | undefined): void => {
  if (parent?.command !== undefined && isSameLine(process, parent)) {
    process.command = parent.command;
    process.invocation = parent.invocation;
  }
};

const isSameLine = (one: Process, other: Process): boolean =>
  textOf(one.exe) === textOf(other.exe) &&
  one.args.length === other.args.length &&
  one.args.every((arg, index) => textOf(arg) === textOf(other.args[index]!));

const nameOf = (exe: Text): string => {
  const path = textOf(exe);
  return path.slice(path.lastIndexOf('/') + 1);
};

/** A stage of a runtime that executes itself again. A container can have a program that is called the same. */
export const isStage = ({ command, exe }: Process): boolean => command?.action === 'helper' && isItselfAgain(exe);

/** Whether it, and its children until they run something else, are part of that call. */
export const startsInvocation = (action: RuntimeCommand['action'] | undefined): boolean =>
  action === 'start' || action === 'enter' || action === 'sandbox';

/** flatpak executes in its own process what makes the sandbox. */
export const keepsInvocation = ({ invocation, exe, pid }: Process): boolean =>
  invocation?.action === 'sandbox' &&
  invocation.made === undefined &&
  invocation.owner.pid === pid &&
  isSandboxTool(exe);

/** The command that asked for a container is at most N processes above: runc init is 3 below runc run. */
const maxAncestors = 8;

/** The runtime's command that a process comes from. */
export const commandAbove = (process: Process, action: 'start' | 'enter'): Command | undefined => {
  let at: Process | undefined = process;
  for (let up = 0; at !== undefined && up < maxAncestors; up += 1) {
    const command: Command | undefined = at.invocation ?? at.command;
    if (command?.action === action) {
      return command;
    }
    at = at.parent;
  }
  return undefined;
};

/** The nearest process of an engine that a process comes from. */
export const engineAbove = (process: Process, engine: string): Process | undefined => {
  let at: Process | undefined = process;
  for (let up = 0; at !== undefined && up < maxAncestors; up += 1, at = at.parent) {
    if (at.engine === engine) {
      return at;
    }
  }
  return undefined;
};

/** The monitor of a container is the parent of its runtime: conmon. */
export const monitorOf = (command: Command): Command | undefined => {
  let at: Process | undefined = command.owner;
  for (let up = 0; at !== undefined && up < maxAncestors; up += 1) {
    if (at.command?.action === 'monitor' && at.command.id === command.id) {
      return at.command;
    }
    at = at.parent;
  }
  return undefined;
};

/** What names the namespaces that a process makes, once. */
export const sandboxOf = (process: Process, how: 'created' | 'seen'): Command | undefined => {
  const { invocation } = process;
  const isOwn = how === 'seen' && invocation?.owner === process;
  return invocation?.action === 'sandbox' && invocation.made === undefined && !isOwn ? invocation : undefined;
};
