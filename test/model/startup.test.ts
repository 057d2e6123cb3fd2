import { describe, expect, it } from 'vitest';
import type { Container, Init, Requester } from '../../src/model/container.ts';
import { startupParts } from '../../src/model/startup.ts';

const parts = (
  marks: { cgroupAt?: number; namespacesAt?: number; init: number; end: number },
  clientAt: number | undefined = undefined,
) =>
  startupParts(
    { cgroupAt: marks.cgroupAt, namespacesAt: marks.namespacesAt } as Container,
    { at: 100 } as Requester,
    { startAt: marks.init } as Init,
    { mono: String(marks.end), at: marks.end },
    clientAt,
  );

const sum = (values: object): number => Object.values(values).reduce((total: number, ns: number) => total + ns, 0);

describe('the parts of a start', () => {
  it('follow each other from the runtime’s exec to that of init', () => {
    const found = parts({ cgroupAt: 110, namespacesAt: 140, init: 145, end: 200 });
    expect(found).toEqual({ runtime_ns: 10, cgroup_ns: 30, namespaces_ns: 5, rest_ns: 55 });
    expect(sum(found)).toBe(100);
  });

  it('have no part for a cgroup where none was made', () => {
    expect(parts({ namespacesAt: 140, init: 145, end: 200 })).toEqual({
      ...{ runtime_ns: 40, namespaces_ns: 5, rest_ns: 55 },
    });
  });

  it('leave out what came before the mark ahead of it', () => {
    // Its cgroup was made after its namespaces.
    const found = parts({ cgroupAt: 150, namespacesAt: 120, init: 145, end: 200 });
    expect(found).toEqual({ runtime_ns: 50, rest_ns: 50 });
    expect(sum(found)).toBe(100);
  });

  it('have the client’s before them', () => {
    expect(parts({ init: 150, end: 200 }, 60)).toEqual({ client_ns: 40, namespaces_ns: 50, rest_ns: 50 });
    expect(parts({ init: 150, end: 200 }, 130)).toMatchObject({ client_ns: 0 });
  });

  it('are whole numbers, whatever the clock says', () => {
    expect(parts({ init: 150.4, end: 200.5 })).toEqual({ namespaces_ns: 50, rest_ns: 50 });
  });
});
