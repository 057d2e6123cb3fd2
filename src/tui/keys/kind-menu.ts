import { type ViewKind, viewKinds } from '../store/event.ts';

/** Shown from the start; forks and cgroups are many and say little. */
const usualKinds: readonly ViewKind[] = ['exec', 'failed', 'exit', 'join', 'namespace', 'container'];

/** Which kinds of events are shown, and the list where they are chosen. */
export class KindMenu {
  /** A new set after every change. */
  shown: ReadonlySet<ViewKind>;
  cursor = 0;

  constructor(shown: readonly ViewKind[] = usualKinds) {
    this.shown = new Set(shown);
  }

  press(key: string): void {
    if (key === 'down' || key === 'j') {
      this.cursor = Math.min(viewKinds.length - 1, this.cursor + 1);
    } else if (key === 'up' || key === 'k') {
      this.cursor = Math.max(0, this.cursor - 1);
    } else if (key === ' ' || key === 'enter') {
      this.#toggle(viewKinds[this.cursor]!);
    } else if (Number(key) >= 1 && Number(key) <= viewKinds.length) {
      this.#toggle(viewKinds[Number(key) - 1]!);
    }
  }

  #toggle(kind: ViewKind): void {
    const next = new Set(this.shown);
    if (!next.delete(kind)) {
      next.add(kind);
    }
    this.shown = next;
  }
}
