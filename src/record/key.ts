/** A container as records name it. Recordings of 0.1 have no instance. */
export interface Ref {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  readonly instance?: number | undefined;
}

/** Several hosts' records in one stream name the recording that each is from. */
export interface RecordingRef {
  readonly recording?: string | undefined;
}

/** What distinguishes one life of a container from all others: the instance, or where there is none runtime and id. */
export const containerKey = ({ id, runtime, instance }: Ref, { recording }: RecordingRef = {}): number | string => {
  if (instance === undefined) {
    return recording === undefined ? `${runtime}\0${id}` : `${recording}\0${runtime}\0${id}`;
  }
  return recording === undefined ? instance : `${recording}\0${instance}`;
};

/** The same for what runs outside of containers. */
export const hostKey = ({ recording }: RecordingRef): string => (recording === undefined ? '' : `${recording}\0`);
