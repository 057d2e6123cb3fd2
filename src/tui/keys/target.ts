import type { RecordOf } from '../../record/schema.ts';
import type { Row } from '../rows/rows.ts';
import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { Group } from '../store/group.ts';

/** What a line or the details are about. */
export interface Target {
  readonly event: ViewEvent | undefined;
  readonly process: ViewProcess | undefined;
  readonly group: Group | undefined;
  readonly program: RecordOf<'exec'> | RecordOf<'process'> | undefined;
}

export const isEvent = (of: ViewEvent | ViewProcess): of is ViewEvent => 'record' in of;

export const targetOf = (of: Row | ViewEvent | ViewProcess | undefined): Target | undefined => {
  if (of === undefined) {
    return undefined;
  }
  if ('type' in of) {
    switch (of.type) {
      case 'family':
        return {
          event: of.last,
          process: undefined,
          group: of.family.latest,
          program: programOfGroup(of.family.latest, of.last),
        };
      case 'heading': {
        const group = of.heading.family?.latest;
        return { event: undefined, process: undefined, group, program: group?.lastExec };
      }
      case 'host':
        return { event: undefined, process: undefined, group: undefined, program: undefined };
      case 'event':
        return targetOf(of.event);
      default:
        return targetOf(of.process);
    }
  }
  if (isEvent(of)) {
    const { record, process, group } = of;
    const program = record.type === 'exec' || record.type === 'process' ? record : process?.program;
    return { event: of, process, group, program };
  }
  return { event: of.runs, process: of, group: of.group, program: of.program };
};

const programOfGroup = ({ lastExec }: Group, last: ViewEvent | undefined): Target['program'] =>
  last?.record.type === 'exec' ? last.record : lastExec;
