import { signalName } from '../../kernel/signals.ts';
import type { ExitEvent } from '../../probe/event.ts';
import type { End } from '../container.ts';
import { RecentSet } from '../recent.ts';
import type { ModelState } from '../state.ts';
import type { ExecEvents } from './exec.ts';
import type { ForkEvents } from './fork.ts';
import type { NamespaceEvents } from './namespace.ts';

/** Exits among which a second one of the same process is recognised. */
const maxRecentlyEnded = 1024;

interface Others {
  readonly forks: ForkEvents;
  readonly execs: ExecEvents;
  readonly namespaces: NamespaceEvents;
}

/** How processes end. */
export class ExitEvents {
  readonly #known: ModelState;
  readonly #others: Others;
  readonly #ended = new RecentSet(maxRecentlyEnded);

  constructor(known: ModelState, others: Others) {
    this.#known = known;
    this.#others = others;
  }

  event(event: ExitEvent): void {
    const { processes, containers, lives, asked, records, emit } = this.#known;
    const key = `${event.pid} ${event.start.mono}`;
    let process = processes.of(event);
    if (process === undefined && this.#ended.has(key)) {
      // Two threads that left at once both reported it (probes/exit.bt).
      return;
    }
    this.#ended.add(key);
    if (process === undefined && event.vfork !== 0) {
      process = this.#others.forks.living(event, event, event.ppid);
    }
    const end = endOf(event);
    if (process !== undefined) {
      this.#others.namespaces.reportUnchanged(process, event);
    }
    emit(records.exit(event, end, process, containers.ofPidns(event.pidns)));
    this.#others.execs.forget(event.pid);
    if (process !== undefined) {
      processes.remove(process);
      asked.ended(process, event, end);
      lives.ended(process, event, end);
    }
  }
}

const endOf = ({ status, oom }: ExitEvent): End => {
  const signal = status & 0x7f;
  const end: End = signal === 0 ? { code: (status >>> 8) & 0xff } : { signal: signalName(signal) };
  if (oom === true && signal !== 0) {
    end.oom = true;
  }
  return end;
};
