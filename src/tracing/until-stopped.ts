import { constants } from 'node:os';
import { usageError } from '../errors.ts';
import { ContainerSelection, parseSelector } from '../filter/selector.ts';
import { containerKey } from '../record/key.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';

/** After a container has stopped, its removal is waited for this long. */
const lingerMs = 2000;

/** Ends a recording when the container that -c names has stopped: `--until stopped`. */
export class UntilStopped {
  readonly #selection: ContainerSelection;
  /** Called once it has. */
  onEnd: () => void = () => {};
  #stopped: RecordOf<'container'> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @throws NstraceError (2) unless -c names one container, and no command is to run */
  constructor(containers: readonly string[], hasCommand: boolean) {
    const chosen = containers.filter((word) => !parseSelector(word).leaveOut);
    if (chosen.length !== 1 || chosen[0] === 'host') {
      throw usageError('--until stopped needs one container', 'nstrace record -c web --until stopped');
    }
    if (hasCommand) {
      throw usageError('--until stopped and a command contradict each other', 'leave one of them out');
    }
    this.#selection = new ContainerSelection(chosen);
  }

  take(record: NstraceRecord): void {
    this.#selection.learn(record);
    if (record.type !== 'container' || !this.#selection.wants(record.container, record as object)) {
      return;
    }
    if (record.op === 'stopped' && this.#stopped === undefined) {
      this.#stopped = record;
      this.#timer = setTimeout(() => this.onEnd(), lingerMs);
    } else if (record.op === 'removed' && this.#stopped !== undefined && isSame(record, this.#stopped)) {
      clearTimeout(this.#timer);
      this.onEnd();
    }
  }

  /** The container's exit code, 128 + N if signal N killed it; undefined if it did not stop, or nobody knows how. */
  get status(): number | undefined {
    const { code, signal } = this.#stopped ?? {};
    return code ?? (signal === undefined ? undefined : 128 + (constants.signals[signal as NodeJS.Signals] ?? 0));
  }
}

const isSame = (a: RecordOf<'container'>, b: RecordOf<'container'>): boolean =>
  containerKey(a.container) === containerKey(b.container);
