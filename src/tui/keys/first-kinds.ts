import type { EventKind } from '../../filter/kinds.ts';
import type { ViewKind } from '../store/event.ts';

/** Which kinds of events the view lists at first, as -e and -x ask; undefined for the usual ones. */
export const kindsOf = ({
  events,
  failed,
}: {
  events?: readonly EventKind[];
  failed?: boolean;
}): ViewKind[] | undefined =>
  events === undefined
    ? undefined
    : [
        ...events.flatMap((kind): ViewKind[] =>
          kind === 'container' ? ['container', 'join'] : kind === 'usage' ? [] : [kind],
        ),
        ...(failed ? (['failed'] as const) : []),
      ];
