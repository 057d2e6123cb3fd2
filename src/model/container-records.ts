import type { Nanoseconds } from '../kernel/time.ts';
import type { RecordOf } from '../record/schema.ts';
import type { Asked, AskedFor } from './asked/asked.ts';
import type { Container, Init, NameRank, Requester } from './container.ts';
import type { Process } from './process.ts';
import { requesterRecord } from './requester.ts';
import { startupParts } from './startup.ts';
import type { WallClock } from './wall-clock.ts';

type ContainerRecord = RecordOf<'container'>;

/** Reports what happens to containers, with the evidence for it and who asked. */
export class ContainerRecords {
  readonly #clock: WallClock;
  readonly #asked: AskedFor;
  readonly #emit: (record: ContainerRecord) => void;

  constructor(clock: WallClock, asked: AskedFor, emit: (record: ContainerRecord) => void) {
    this.#clock = clock;
    this.#asked = asked;
    this.#emit = emit;
  }

  seen(container: Container, time: Nanoseconds): void {
    this.#emit({ ...this.#record('seen', container, time), evidence: evidenceOf(container) });
  }

  created(container: Container, time: Nanoseconds): void {
    const { requester } = container;
    const record = this.#record('created', container, time);
    if (requester !== undefined) {
      record.by = requesterRecord(requester);
      putAskedBy(record, this.#asked.created(container, requester));
    }
    record.evidence = evidenceOf(container);
    this.#emit(record);
  }

  named(container: Container, time: Nanoseconds, reason: NonNullable<ContainerRecord['reason']>): void {
    this.#emit({ ...this.#record('named', container, time), reason });
  }

  /**
   * @param seen how: by the exec of its init, or by its birth only
   * @param process init, where its program is known
   */
  started(container: Container, init: Init, time: Nanoseconds, seen: 'exec' | 'birth', process?: Process): void {
    const { requester } = container;
    const record = this.#record('started', container, time, init);
    record.start_seen = seen;
    record.evidence = evidenceOf(container);
    if (requester !== undefined) {
      const at = seen === 'exec' ? time.at : Math.max(init.startAt, container.namespacesAt ?? 0);
      const asked = this.#asked.started(container, requester, process);
      putAskedBy(record, asked);
      record.by = requesterRecord(requester);
      record.startup_ns = Math.max(0, Math.round(at - requester.at));
      record.startup = startupParts(container, requester, init, { mono: time.mono, at }, asked?.clientAt);
    }
    this.#emit(record);
  }

  /** @param process who joined, a member of it */
  joined(container: Container, time: Nanoseconds, process: Process, by: Requester): void {
    const record = this.#record('joined', container, time, process);
    record.by = requesterRecord(by);
    putAskedBy(record, this.#asked.joined(container, by, process));
    if (process.membership !== undefined) {
      record.evidence = [process.membership.evidence];
    }
    this.#emit(record);
  }

  stopped(container: Container, time: Nanoseconds): void {
    this.#emit({ ...this.#record('stopped', container, time), ...container.initEnd });
  }

  removed(container: Container, time: Nanoseconds): void {
    this.#emit(this.#record('removed', container, time));
  }

  #record(
    op: ContainerRecord['op'],
    container: Container,
    time: Nanoseconds,
    process?: Pick<Process, 'pid'> & { readonly nspid: readonly number[] },
  ): ContainerRecord {
    const { init } = container;
    const started = init === undefined ? undefined : this.#clock.time(String(Math.max(0, Math.round(init.startAt))));
    return {
      type: 'container',
      seq: 0,
      time: this.#clock.time(time.mono),
      mono: time.mono,
      ...(process === undefined ? {} : { pid: process.pid, nspid: [...process.nspid] }),
      op,
      container: container.info(started),
    };
  }
}

const putAskedBy = (record: ContainerRecord, asked: Asked | undefined): void => {
  if (asked?.record !== undefined) {
    record.asked_by = asked.record;
  }
};

/** Why it is a container, and where its name comes from. */
const evidenceOf = ({ madeBy, command, rank, init }: Container): string[] => [
  ...(madeBy === undefined ? [] : [madeBy]),
  ...(init === undefined ? [] : [`init ${init.pid}`]),
  ...(command === undefined ? [] : [`command ${command.runtime} ${command.id ?? command.name ?? ''}`.trimEnd()]),
  `name from ${rank === 'command' && command === undefined ? 'its namespace' : nameSources[rank]}`,
];

const nameSources: Readonly<Record<NameRank, string>> = {
  shape: 'the path of its cgroup',
  command: 'the command of its runtime',
  monitor: 'its monitor',
  file: 'a file of its runtime',
};
