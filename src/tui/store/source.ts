import type { RecordOf } from '../../record/schema.ts';

/** The trace of one host. Pids, instances and inodes mean something within one only. */
export class Source {
  /** The recording that records of a merged stream name; undefined where there is one alone. */
  readonly recording: string | undefined;
  /** The host that records of a merged stream name. */
  readonly name: string | undefined;
  header: RecordOf<'header'> | undefined;

  constructor(recording: string | undefined, name: string | undefined) {
    this.recording = recording;
    this.name = name;
  }
}
