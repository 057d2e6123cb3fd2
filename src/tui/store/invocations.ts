import type { Role } from '../../record/schema.ts';
import { addTo, type Invocation, type ViewEvent, type ViewProcess } from './event.ts';

/** Events of one invocation that wait for what they lead to. */
const maxWaiting = 200;

class Call implements Invocation {
  /** Who was called. */
  readonly #process: ViewProcess;
  readonly isMonitor: boolean;
  readonly #above: Invocation | undefined;
  result: ViewEvent | undefined;
  #waiting: ViewEvent[] = [];
  #began = false;

  constructor(process: ViewProcess, role: Role, above: Invocation | undefined) {
    this.#process = process;
    this.isMonitor = role === 'monitor';
    this.#above = above;
  }

  take(event: ViewEvent): boolean {
    if (event.kind === 'container' || event.kind === 'join' || this.#isCall(event)) {
      return false;
    }
    if (this.result !== undefined) {
      fold(event, this.result);
      return true;
    }
    if (!this.#process.before && this.#waiting.length < maxWaiting) {
      this.#waiting.push(event);
    }
    // A monitor's `runc start` or `runc delete` leads to nothing else.
    const result = this.#above?.result;
    return result !== undefined && this.#isGoodEnd(event) && this.leadsTo(result);
  }

  leadsTo(result: ViewEvent): boolean {
    const isFirst = this.result === undefined && !this.#process.before;
    if (isFirst) {
      this.result = result;
      for (const event of this.#waiting) {
        fold(event, result);
      }
      this.#waiting = [];
    }
    return (this.#above?.leadsTo(result) ?? false) || isFirst;
  }

  #isGoodEnd({ record, process }: ViewEvent): boolean {
    return (
      record.type === 'exit' && record.signal === undefined && (record.code ?? 0) === 0 && process === this.#process
    );
  }

  /** Of a runtime that no monitor calls, the command that was typed, and its end: they keep their lines. */
  #isCall({ kind, process }: ViewEvent): boolean {
    if (this.isMonitor || this.#above !== undefined || process !== this.#process) {
      return false;
    }
    const isExec = kind === 'exec' && !this.#began;
    this.#began ||= isExec;
    return isExec || kind === 'exit';
  }
}

const fold = (event: ViewEvent, result: ViewEvent): void => {
  event.foldedInto ??= result;
  result.work = addTo(result.work, event);
};

/**
 * The invocation of a process that runs a program.
 *
 * @param role how it works for a container from outside, if it does
 */
export const invocationOf = (process: ViewProcess, role: Role | undefined): Invocation | undefined => {
  const { invocation } = process;
  if (role === undefined) {
    return undefined;
  }
  // `runc init` belongs to the `runc create` that it comes from.
  const goesOn = invocation !== undefined && role !== 'monitor' && !invocation.isMonitor;
  return goesOn ? invocation : new Call(process, role, invocation);
};
