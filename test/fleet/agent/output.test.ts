import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Agent } from '../../../src/fleet/agent/agent.ts';
import { AgentOutput } from '../../../src/fleet/agent/output.ts';
import { RetryLater } from '../../../src/fleet/sinks/sink.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { header as begin, exec } from '../../fixtures/records.ts';
import { execs, footer, header, TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

/** An agent that ships nothing, over a spool whose disk takes what is written when it is said to. */
const agentWithDisk = () => {
  const put: NstraceRecord[] = [];
  const disk = { size: 0, pending: 0 };
  const agent = new Agent({
    ...{ folder: spool.folder, limitBytes: 1, perSecond: undefined, redact: true, hostName: undefined },
    ...{ onNotice: () => {}, onFailure: () => {} },
    sinks: [
      {
        ...{ name: 'deaf', target: 'nowhere' },
        send: async () => {
          throw new RetryLater('not now', 10);
        },
        close: async () => {},
      },
    ],
  });
  const output = new AgentOutput(agent, {
    record: (record) => {
      put.push(record);
      disk.size += 100;
      disk.pending += 100;
    },
    flush: () => {},
    get size() {
      return disk.size;
    },
    get pending() {
      return disk.pending;
    },
    close: async () => {},
    end: async () => {},
  });
  return { output, put, disk };
};

const setAside = (): string[] => readdirSync(spool.folder).filter((name) => name.endsWith('.dropped'));

describe('the output of an agent', () => {
  it('keeps a part that it dropped until its loss is in a file', () => {
    spool.part(1, [header(), ...execs(5), footer()]);
    spool.part(2, execs(1));
    const { output, put, disk } = agentWithDisk();
    output.record(begin());
    output.flush('1');
    expect(put).toMatchObject([{ type: 'header' }, { type: 'lost', count: 5, stage: 'spool' }]);
    output.record(exec());
    output.flush('2');
    expect(setAside()).toHaveLength(1);
    disk.pending = 100;
    output.flush('3');
    expect(setAside()).toEqual([]);
  });

  it('keeps one that was dropped before it was killed until the header came, and its loss with it', () => {
    spool.part(1, [header(), ...execs(5), footer()]);
    spool.part(2, execs(1));
    agentWithDisk().output.flush('1');
    expect(setAside()).toHaveLength(1);
    const { output, put, disk } = agentWithDisk();
    output.flush('1');
    output.flush('2');
    expect(setAside()).toHaveLength(1);
    output.record(begin());
    output.flush('3');
    expect(put).toMatchObject([{ type: 'header' }, { type: 'lost', count: 5, stage: 'spool' }]);
    disk.pending = 0;
    output.flush('4');
    expect(setAside()).toEqual([]);
  });
});
