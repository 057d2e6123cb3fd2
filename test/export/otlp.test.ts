import { expect, it } from 'vitest';
import { exec, footer, header, lost, process } from '../fixtures/records.ts';
import { lifeOf } from '../fixtures/story.ts';
import { exportedLines, numbered } from './support.ts';

/** Attributes of the semantic conventions that are used (open-telemetry/semantic-conventions, model/*). */
const conventions = new Set([
  ...[
    'log.record.uid',
    'process.pid',
    'process.vpid',
    'process.parent_pid',
    'process.creation.time',
    'process.exit.time',
  ],
  ...[
    'process.executable.path',
    'process.executable.name',
    'process.command_args',
    'process.args_count',
    'process.exit.code',
  ],
  ...['process.working_directory', 'process.user.id', 'process.real_user.id'],
  ...[
    'container.id',
    'container.name',
    'container.runtime.name',
    'container.image.name',
    'k8s.pod.uid',
    'k8s.pod.name',
  ],
]);
const ofResources = new Set(['service.name', 'service.version', 'host.name', 'host.arch', 'os.type', 'os.version']);

type Attribute = { key: string; value: Record<string, unknown> };
interface Request {
  resourceLogs: {
    resource: { attributes: Attribute[] };
    scopeLogs: { scope: { name: string }; logRecords: LogRecord[] }[];
  }[];
}
interface LogRecord {
  timeUnixNano: string;
  eventName: string;
  severityNumber: number;
  attributes: Attribute[];
}

const story = numbered([header(), process({ pid: 400 }), ...lifeOf(), lost(), footer()]);
const recordsOf = (requests: readonly unknown[]): LogRecord[] =>
  (requests as Request[]).flatMap(({ resourceLogs }) =>
    resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  );

it('is OTLP/JSON: camel case, 64-bit numbers as text, keys once', async () => {
  const requests = await exportedLines('otlp-json', story);
  const records = recordsOf(requests);
  expect(records.length).toBe(story.length);
  expect(records[0]!.timeUnixNano).toBe('1767323045123456789');
  for (const record of records) {
    const keys = record.attributes.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, value } of record.attributes) {
      expect(conventions.has(key) || key.startsWith('nstrace.') || key.startsWith('container.label.'), key).toBe(true);
      expect(Object.keys(value).length).toBe(1);
      expect(typeof (value.intValue ?? '')).toBe('string');
    }
    expect(record.eventName).toMatch(/^nstrace(\.[a-z]+)+$/);
  }
  for (const { key } of (requests[0] as Request).resourceLogs[0]!.resource.attributes) {
    expect(ofResources.has(key) || key.startsWith('nstrace.'), key).toBe(true);
  }
  expect(records.filter(({ severityNumber }) => severityNumber === 13).length).toBe(1);
});

it('gives each record an id of its own, so that a receiver recognises repeats', async () => {
  const ids = recordsOf(await exportedLines('otlp-json', story)).map(
    ({ attributes }) => attributes.find(({ key }) => key === 'log.record.uid')!.value.stringValue,
  );
  expect(new Set(ids).size).toBe(story.length);
  expect(ids[0]).toBe('b7c1d0a2:1');
});

it('puts at most 500 records into a request', async () => {
  const many = numbered([header(), ...Array.from({ length: 1200 }, () => exec())]);
  const requests = (await exportedLines('otlp-json', many)) as Request[];
  expect(requests.map(({ resourceLogs }) => resourceLogs[0]!.scopeLogs[0]!.logRecords.length)).toEqual([500, 500, 201]);
});
