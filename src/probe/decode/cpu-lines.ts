import type { Credentials, ExecFile, LineEvent } from '../event.ts';
import type { Assembly } from './assembly/assembly.ts';
import { ExecAssembly } from './assembly/exec.ts';
import { NestedAssembly } from './assembly/nested.ts';
import type { Fields } from './fields.ts';

/**
 * The lines of one CPU, which come in order: an event ends when it is whole, or with the next line that does not continue it. Nothing
 * waits longer than it must: the next line may be long in coming.
 */
export class CpuLines {
  /** Each CPU uses one object for all its execs: execs are what a busy host makes most of. */
  readonly exec = new ExecAssembly();
  /** Of the exec whose line comes next. */
  credentials: Credentials | undefined;
  file: ExecFile | undefined;
  readonly #out: { event(event: LineEvent): void };
  #unfinished: Assembly | undefined;

  constructor(out: { event(event: LineEvent): void }) {
    this.#out = out;
  }

  /** The event whose other lines are still coming. */
  get unfinished(): LineEvent | undefined {
    return this.#unfinished?.event;
  }

  /** An event of one line. */
  emit(event: LineEvent): void {
    this.#out.event(event);
  }

  /** An event of several lines, of which the first has come. */
  begin(assembly: Assembly): void {
    if (assembly.whole) {
      this.#out.event(assembly.finish());
    } else {
      this.#unfinished = assembly;
    }
  }

  /**
   * An event that waits for the pids of the namespaces in between, if there are any.
   *
   * @param level of pid namespaces below the host's
   */
  beginNested(event: LineEvent & { nspid: number[] }, level: number): void {
    if (level < 2) {
      this.#out.event(event);
    } else {
      this.#unfinished = new NestedAssembly(event);
    }
  }

  /**
   * A line that continues an event. Where there is none, its beginning was lost, and that was reported.
   *
   * @returns false if it makes no sense there
   */
  continue(letter: string, fields: Fields): boolean {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) {
      return true;
    }
    const fits = unfinished.add(letter, fields);
    if (unfinished.whole) {
      this.end();
    }
    return fits;
  }

  /** Lines were lost: they could have continued what is unfinished, or been the exec that is waited for. */
  lost(): void {
    this.end();
    this.credentials = undefined;
    this.file = undefined;
  }

  /** No other line of the unfinished event comes. */
  end(): void {
    const unfinished = this.#unfinished;
    if (unfinished !== undefined) {
      this.#unfinished = undefined;
      this.#out.event(unfinished.finish());
    }
  }
}
