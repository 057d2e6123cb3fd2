import { describe, expect, it } from 'vitest';
import { type GroupKind, groupKinds, groupOf } from '../../src/filter/group.ts';
import { Knowledge } from '../../src/filter/subject.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import {
  container,
  containerNs,
  exec,
  exit,
  hostNs,
  inContainer,
  lost,
  namespace,
  xyxy12Info,
} from '../fixtures/records.ts';

const info = { ...xyxy12Info, image: 'nginx', pod: { id: 'u1', name: 'web-0' } };

/** The group of the last of these records. */
const group = (kind: GroupKind, ...records: NstraceRecord[]): string => {
  const knowledge = new Knowledge();
  return records.map((record) => groupOf(kind, knowledge.take(record))).at(-1)!;
};

describe('groupOf', () => {
  it.each([
    ['container', 'xyxy12'],
    ['pid', String(containerNs.pid)],
    ['net', String(containerNs.net)],
    ['time', String(containerNs.time)],
    ['pod', 'web-0'],
    ['image', 'nginx'],
    ['user-id', '7'],
  ] as const)('by %s of what happens in a container is %s', (kind, expected) => {
    const created = container({ op: 'created', container: info });
    const ran = exec({ ...inContainer, uid: 7 });
    expect(group(kind, created, ran)).toBe(expected);
    // What says itself nothing of it: a container's end, and the exit of a process.
    expect(group(kind, created, ran, container({ op: 'stopped', container: info }))).toBe(expected);
    expect(group(kind, created, ran, exit(inContainer))).toBe(expected);
  });

  it.each([
    ['container', 'host'],
    ['pid', String(hostNs.pid)],
    ['pod', '-'],
    ['image', '-'],
    ['user-id', '0'],
  ] as const)('by %s of what happens on the host is %s', (kind, expected) => {
    expect(group(kind, exec())).toBe(expected);
  });

  it.each(groupKinds)('by %s is - where nothing is known', (kind) => {
    expect(group(kind, lost())).toBe('-');
    if (kind !== 'container') {
      expect(group(kind, namespace({ ns: {}, pid: 99 }))).toBe('-');
    }
  });

  it('does not take a container that is called host for the host', () => {
    const odd = { id: 'host', name: 'host', runtime: 'runc' };
    expect(group('container', exec({ ...inContainer, container: odd }))).toBe('runc/host');
  });

  it('of a container is that of its init, not of the first process', () => {
    const early = exec({ ...inContainer, pid: 10122, ns: hostNs, uid: 5 });
    const init = exec({ ...inContainer, uid: 7 });
    const records = [container({ container: info }), early, init, container({ op: 'stopped', container: info })];
    expect(group('net', ...records)).toBe(String(containerNs.net));
    expect(group('user-id', ...records)).toBe('7');
  });
});
