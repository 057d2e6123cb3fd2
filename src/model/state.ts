import type { NstraceRecord } from '../record/schema.ts';
import type { AskedFor } from './asked/asked.ts';
import type { ReadCommand } from './command.ts';
import type { ContainerRecords } from './container-records.ts';
import type { Containers } from './containers.ts';
import type { ContainerLives } from './lifecycle.ts';
import type { RuntimeKnowledge } from './naming.ts';
import type { ProcessTable } from './process.ts';
import type { Records } from './records.ts';

/** What the model knows: what each kind of event reads, and changes. */
export interface ModelState {
  readonly processes: ProcessTable;
  readonly containers: Containers;
  readonly lives: ContainerLives;
  readonly asked: AskedFor;
  readonly records: Records;
  readonly containerRecords: ContainerRecords;
  readonly readCommand: ReadCommand;
  readonly readCgroup: RuntimeKnowledge['readCgroup'];
  readonly emit: (record: NstraceRecord) => void;
}
