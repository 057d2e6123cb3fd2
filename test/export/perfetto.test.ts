import { join } from 'node:path';
import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { exec, footer, header, lost, process } from '../fixtures/records.ts';
import { lifeOf, at as when } from '../fixtures/story.ts';
import { exported, numbered } from './support.ts';

const root = protobuf.loadSync(join(import.meta.dirname, '../fixtures/perfetto.proto'));
const Trace = root.lookupType('Trace');

interface Entry {
  iid: string;
  name: string;
}
interface Packet {
  timestamp?: string;
  sequenceFlags?: number;
  tracePacketDefaults?: { timestampClockId: number };
  clockSnapshot?: { clocks: { clockId: number; timestamp: string }[] };
  trackDescriptor?: { uuid: string; name: string; parentUuid?: string; counter?: object };
  internedData?: Record<string, Entry[]>;
  trackEvent?: {
    type: string;
    trackUuid: string;
    nameIid?: string;
    counterValue?: string;
    flowIds?: string[];
    terminatingFlowIds?: string[];
    debugAnnotations?: { nameIid: string; intValue?: string; stringValueIid?: string; boolValue?: boolean }[];
  };
}

interface Slice {
  track: string;
  name: string;
  from: bigint;
  to?: bigint;
  depth: number;
  args: Record<string, unknown>;
  flowIds: string[];
  terminatingFlowIds: string[];
}

/** A reader of the format as its documents have it, sequence state included. */
const read = (bytes: Buffer) => {
  const { packet } = Trace.toObject(Trace.decode(bytes), { longs: String, enums: String }) as { packet: Packet[] };
  const interned: Record<string, Map<string, string>> = {};
  const tracks = new Map<string, { path: string; counter: boolean }>();
  const open = new Map<string, Slice[]>();
  const slices: Slice[] = [];
  const counters: { track: string; at: string; value: number }[] = [];
  let resets = 0;
  const text = (kind: string, iid: string): string => {
    const found = interned[kind]?.get(iid);
    if (found === undefined) {
      throw new Error(`${kind} ${iid} is not interned`);
    }
    return found;
  };
  for (const { trackDescriptor, trackEvent, internedData, sequenceFlags = 0, timestamp } of packet) {
    if (sequenceFlags & 1) {
      resets += 1;
      for (const kind of Object.keys(interned)) {
        delete interned[kind];
      }
    }
    for (const [kind, entries] of Object.entries(internedData ?? {})) {
      interned[kind] ??= new Map();
      for (const { iid, name } of entries) {
        interned[kind].set(iid, name);
      }
    }
    if (trackDescriptor !== undefined) {
      const { uuid, name, parentUuid, counter } = trackDescriptor;
      const above = parentUuid === undefined ? '' : `${tracks.get(parentUuid)!.path}/`;
      tracks.set(uuid, { path: above + name, counter: counter !== undefined });
    }
    if (trackEvent !== undefined) {
      const { type, trackUuid, nameIid, debugAnnotations = [], flowIds = [], terminatingFlowIds = [] } = trackEvent;
      const track = tracks.get(trackUuid)!.path;
      const stack = open.get(trackUuid) ?? [];
      open.set(trackUuid, stack);
      const args = Object.fromEntries(
        debugAnnotations.map(({ nameIid: name, stringValueIid, intValue, boolValue }) => [
          text('debugAnnotationNames', name),
          stringValueIid === undefined
            ? (boolValue ?? Number(intValue))
            : text('debugAnnotationStringValues', stringValueIid),
        ]),
      );
      if (type === 'TYPE_COUNTER') {
        counters.push({ track, at: timestamp!, value: Number(trackEvent.counterValue) });
      } else if (type === 'TYPE_SLICE_END') {
        const slice = stack.pop()!;
        slice.to = BigInt(timestamp!);
        Object.assign(slice.args, args);
      } else {
        const name = text('eventNames', nameIid!);
        const from = BigInt(timestamp!);
        const slice: Slice = { track, name, from, depth: stack.length, args, flowIds, terminatingFlowIds };
        slices.push(slice);
        if (type === 'TYPE_INSTANT') {
          slice.to = from;
        } else {
          stack.push(slice);
        }
      }
    }
  }
  return { packet, tracks, slices, counters, resets, open: [...open.values()].flat() };
};

const traceOf = async (records: readonly NstraceRecord[]) => read(await exported('perfetto', numbered(records)));

const begin = { ...when(0), mono: '5000000000' };
const story = [header(begin), process({ pid: 400, ...begin }), ...lifeOf(), lost(when(1006)), footer(when(1010))];

it('has tracks of containers, and of processes under them', async () => {
  const { tracks, packet } = await traceOf(story);
  const paths = [...tracks.values()].map(({ path }) => path);
  expect(paths).toContain('host/pid 500');
  expect(paths).toContain('xyxy12 (runc)/pid 10123 (1 inside)');
  expect(paths).toContain('xyxy12 (runc)/startup');
  const clocks = packet[0]!.clockSnapshot!.clocks;
  expect(clocks).toEqual([
    { clockId: 6, timestamp: '5000000000' },
    { clockId: 1, timestamp: '1767323045000000000' },
  ]);
  expect(packet.find(({ tracePacketDefaults }) => tracePacketDefaults)!.tracePacketDefaults!.timestampClockId).toBe(6);
});

it('has lives, programs in them, and how they ended', async () => {
  const { slices } = await traceOf(story);
  const top = slices.filter(({ track }) => track === 'xyxy12 (runc)/pid 611 (9 inside)');
  expect(top.map(({ name, depth }) => [name, depth])).toEqual([
    ['runc:[1:CHILD]', 0],
    ['top', 1],
  ]);
  expect(top[0]).toMatchObject({
    args: { signal: 'SIGTERM', duration_ns: 94e6 },
    from: 5_106_000_000n,
    to: 5_200_000_000n,
  });
  expect(top[1]!.args).toMatchObject({ command: 'top', exe: '/usr/bin/top', origin: 'joined' });
  const life = slices.find(({ track }) => track === 'xyxy12 (runc)')!;
  expect(life).toMatchObject({ name: 'xyxy12', args: { code: 5 }, to: 6_000_000_000n });
});

it('has the parts of a startup one behind the other', async () => {
  const { slices } = await traceOf(story);
  const parts = slices.filter(({ track }) => track === 'xyxy12 (runc)/startup');
  expect(parts.map(({ name, from, to }) => [name, Number(to! - from) / 1e6])).toEqual([
    ['startup', 19],
    ['runtime', 6],
    ['cgroup', 3],
    ['namespaces', 1],
    ['rest', 9],
  ]);
});

it('leads from who entered to what ran', async () => {
  const { slices } = await traceOf(story);
  const enters = slices.find(({ name }) => name === 'joins xyxy12')!;
  const top = slices.find(({ name }) => name === 'top')!;
  expect(enters.track).toBe('host/pid 600');
  expect(enters.flowIds.length).toBe(1);
  expect(top.terminatingFlowIds).toEqual(enters.flowIds);
});

it('counts execs a second and what was lost', async () => {
  const { counters } = await traceOf(story);
  const lostEvents = counters.filter(({ track }) => track === 'lost events');
  expect(lostEvents.map(({ value }) => value)).toEqual([0, 3]);
  const rates = counters.filter(({ track }) => track === 'execs/s').map(({ value }) => value);
  expect(rates).toEqual([50, 30, 0]);
});

it('keeps each nanosecond at any uptime', async () => {
  for (const mono of ['9007199254740993', '18446744073709551614', '1']) {
    const { slices } = await traceOf([header({ mono }), exec({ mono, pid: 5 })]);
    expect(slices.map(({ from }) => String(from))).toEqual([mono, mono]);
  }
});

it('forgets texts when there are too many, and says so to its readers', async () => {
  const many = Array.from({ length: 22_000 }, (_, index) => exec({ pid: 5, args: ['x', String(index)] }));
  const { slices, resets } = await traceOf([header(), ...many]);
  expect(resets).toBe(2);
  expect(slices.at(-1)!.args.command).toBe('x 21999');
});

it('survives names that are none', async () => {
  const evil = '\ud800\x00\u202e"</script>';
  const { slices } = await traceOf([header(), exec({ pid: 0, comm: evil, args: [evil], exe: evil, ppid: 0 })]);
  expect(slices.length).toBe(2);
});
