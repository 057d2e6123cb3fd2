import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import type { LineSink } from '../../../src/recording/write/sink.ts';
import { RecordWriter } from '../../../src/recording/write/writer.ts';
import { exec, header, lost } from '../../fixtures/records.ts';

const MiB = 1024 * 1024;
const now = { time: '2026-01-02T03:04:09.000000000Z', mono: '9000000000' };
const probe = { made: 0, delivered: 0, lost: 0 };
const at = (second: number) => ({ time: `2026-01-02T03:04:0${second}.000000000Z`, mono: `${second}000000000` });

class MemorySink implements LineSink {
  pending = 0;
  text = '';
  ended = false;
  put(text: string): void {
    this.text += text;
  }
  flush(): void {}
  async end(): Promise<void> {
    this.ended = true;
  }
  get records(): NstraceRecord[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

describe('RecordWriter', () => {
  it('writes numbered records and ends with a footer', async () => {
    const sink = new MemorySink();
    const writer = new RecordWriter(sink, 'disk');
    writer.write(header());
    writer.write(exec());
    await writer.end(now, 'duration', probe);
    expect(sink.records.map(({ type, seq }) => [type, seq])).toEqual([
      ['header', 1],
      ['exec', 2],
      ['footer', 3],
    ]);
    expect(sink.records.at(-1)).toMatchObject({
      reason: 'duration',
      events: { header: 1, exec: 1 },
      lost: 0,
      complete: true,
    });
    expect(sink.ended).toBe(true);
  });

  it('drops records while the sink is full, and says where, when and how many', async () => {
    const sink = new MemorySink();
    const writer = new RecordWriter(sink, 'pipe');
    writer.write(exec(at(1)));
    sink.pending = 65 * MiB;
    writer.write(exec(at(2)));
    writer.write(exec(at(3)));
    sink.pending = 0;
    writer.write(exec(at(4)));
    await writer.end(now, 'Ctrl-C', probe);
    const [first, gap, next, footer] = sink.records;
    expect(first).toMatchObject({ type: 'exec', seq: 1 });
    expect(gap).toMatchObject({
      ...{ type: 'lost', seq: 2, count: 2, exact: true, stage: 'pipe' },
      ...{ from: at(2).time, to: at(3).time, mono: at(3).mono },
    });
    expect(next).toMatchObject({ type: 'exec', seq: 3, ...at(4) });
    expect(footer).toMatchObject({ lost: 2, complete: false, events: { exec: 2, lost: 1 } });
  });

  it('goes on only when there is room for more than one record', () => {
    const sink = new MemorySink();
    const writer = new RecordWriter(sink, 'disk');
    sink.pending = 65 * MiB;
    writer.write(exec());
    sink.pending = 60 * MiB;
    writer.write(exec());
    expect(sink.records).toEqual([]);
    sink.pending = 40 * MiB;
    writer.write(exec());
    expect(sink.records.map(({ type }) => type)).toEqual(['lost', 'exec']);
  });

  it('never reports a loss that ends before it begins, and keeps that a number is not known', async () => {
    const sink = new MemorySink();
    const writer = new RecordWriter(sink, 'disk');
    sink.pending = 65 * MiB;
    // Forks come a little late, and a loss that is dropped is as long as it was.
    writer.write(exec(at(3)));
    writer.write(exec(at(2)));
    writer.write(lost({ ...at(5), from: at(1).time, to: at(4).time, count: 5, exact: false }));
    await writer.end(now, 'failed', probe);
    expect(sink.records[0]).toMatchObject({
      ...{ type: 'lost', count: 7, exact: false, from: at(1).time, to: at(4).time },
      time: at(5).time,
    });
  });

  it('reports at the end what was still dropped', async () => {
    const sink = new MemorySink();
    const writer = new RecordWriter(sink, 'disk');
    sink.pending = 65 * MiB;
    writer.write(exec());
    await writer.end(now, 'failed', probe);
    expect(sink.records).toMatchObject([
      { type: 'lost', count: 1, stage: 'disk' },
      { type: 'footer', lost: 1, complete: false },
    ]);
  });
});
