import { expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { ReportCollector } from '../../../src/report/collect.ts';
import { buildModel } from '../../../src/report/page/model.ts';
import { processTree } from '../../../src/report/page/tree.ts';
import { unpack } from '../../../src/report/page/unpack.ts';
import { containerNs, exec, exit, footer, fork, header, process } from '../../fixtures/records.ts';
import { at, inTime, lifeOf } from '../../fixtures/story.ts';
import { begin, modelOf } from './support.ts';

it('has the processes of a container in a tree, with those that work for it', () => {
  const { boxes } = modelOf([process({ pid: 400, ...begin }), ...lifeOf()]);
  expect(boxes.map(({ name }) => name)).toEqual(['xyxy12', 'host']);
  const [box] = boxes;
  const tree = processTree(box!).map(({ item, depth }) => [depth, item.name, item.pid]);
  expect(tree).toEqual([
    [0, 'runc', 500],
    [1, 'runc', 510],
    [1, 'sh', 10123],
    [2, 'ls', 10130],
    [0, 'runc', 600],
    [1, 'runc', 610],
    [1, 'top', 611],
  ]);
  expect([...box!.helpers].map(({ pid }) => pid).sort()).toEqual([500, 600]);
});

it('says from when to when, how it ended, and who entered', () => {
  const { boxes, procs, data } = modelOf(lifeOf());
  const top = procs.find(({ pid }) => pid === 611)!;
  expect(top).toMatchObject({ from: 106e6, to: 200e6, joined: true, inner: 9, execs: [110e6] });
  expect(boxes[0]).toMatchObject({ from: 1e6, to: 1000e6, life: { code: 5, startup_ns: 19e6 } });
  expect(data.summary.joins).toMatchObject([{ at: 110e6, name: 'xyxy12', pid: 611, by: { pid: 600 } }]);
});

it('has the namespaces of a container: made, joined, shared', () => {
  const { boxes } = modelOf(lifeOf());
  const namespaces = Object.fromEntries(boxes[0]!.namespaces.map((namespace) => [namespace.type, namespace]));
  expect(namespaces.pid).toMatchObject({ inode: containerNs.pid, created: { at: 10e6 }, shared: [] });
  expect(namespaces.mnt!.joined.map((join) => join.at)).toEqual([105e6]);
  expect(namespaces.net!.joined).toEqual([{ at: 104e6, by: 'runc, pid 610' }]);
  expect(namespaces.user).toMatchObject({ shared: ['host'], created: undefined });
});

it('distinguishes the lives of one id', () => {
  const { boxes } = modelOf(inTime(...lifeOf({ base: 0 }), ...lifeOf({ base: 1000, from: 1500 })));
  expect(boxes.map(({ name, from, to }) => [name, from / 1e6, to / 1e6])).toEqual([
    ['xyxy12', 1, 1000],
    ['xyxy12', 1501, 2500],
    ['host', 0, 3000],
  ]);
  expect(boxes[1]!.procs.map(({ pid }) => pid)).toContain(11123);
});

it('distinguishes processes with the same pid, and draws deep chains', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) =>
    fork({ ...at(index / 10), pid: index + 2, ppid: index + 1 }),
  );
  const { procs, boxes } = modelOf([
    ...chain,
    exit({ ...at(2500), pid: 5 }),
    fork({ ...at(2600), pid: 5 }),
    exec({ ...at(2601), pid: 5 }),
  ]);
  expect(procs.filter(({ pid }) => pid === 5).map(({ name }) => name)).toEqual(['bash', 'ls']);
  expect(processTree(boxes[0]!).at(-2)!.depth).toBeGreaterThan(1000);
});

it('keeps the recordings of several hosts apart', () => {
  const collector = new ReportCollector();
  const story = [header(begin), process({ pid: 400, ...begin }), ...lifeOf(), footer({ ...at(1100), complete: true })];
  const hosts = ['a', 'b'].map((name) => ({ name, recording: `r-${name}` }));
  let seq = 0;
  for (const record of story) {
    for (const { name, recording } of hosts) {
      seq += 1;
      const own =
        record.type === 'header'
          ? { recording, host: { ...record.host, name }, mono: name === 'a' ? record.mono : '9000000000' }
          : { recording, host: name, mono: name === 'a' ? record.mono : String(BigInt(record.mono) + 4_000_000_000n) };
      collector.take({ ...record, ...own, seq, source_seq: seq } as NstraceRecord);
    }
  }
  const data = collector.finish(0)!;
  const { boxes, procs } = buildModel(data, unpack(data));
  expect(boxes.map(({ name, from, to }) => [name, from / 1e6, to / 1e6])).toEqual([
    ['a: xyxy12', 1, 1000],
    ['b: xyxy12', 1, 1000],
    ['a: host', 0, 1100],
    ['b: host', 0, 1100],
  ]);
  const inits = procs.filter(({ pid }) => pid === 10123);
  expect(inits.map(({ box, to }) => [box.name, to])).toEqual([
    ['a: xyxy12', 1000e6],
    ['b: xyxy12', 1000e6],
  ]);
  expect(boxes[0]!.namespaces.find(({ type }) => type === 'pid')?.shared).toEqual([]);
  expect(data.footer?.complete).toBe(true);
});
