import { expect, it } from 'vitest';
import { failedExec, footer, header, lost, process } from '../fixtures/records.ts';
import { lifeOf } from '../fixtures/story.ts';
import { exportedLines, numbered } from './support.ts';

/** Attributes of OCSF 1.9 that are used (ocsf/ocsf-schema: events and objects). */
const attributes: Readonly<Record<string, readonly string[]>> = {
  event: [
    ...['class_uid', 'class_name', 'category_uid', 'category_name', 'activity_id', 'activity_name', 'type_uid'],
    ...['severity_id', 'time', 'metadata', 'device', 'unmapped', 'status_id', 'status_code', 'launch_type_id'],
    ...['exit_code', 'actor', 'process', 'container'],
  ],
  process: [
    ...[
      'pid',
      'uid',
      'name',
      'path',
      'cmd_line',
      'working_directory',
      'created_time',
      'terminated_time',
      'user',
      'group',
    ],
    ...['euid', 'egid', 'auid', 'namespace_pid', 'container', 'parent_process'],
  ],
  container: ['uid', 'name', 'runtime', 'image', 'pod_uuid'],
  metadata: ['version', 'product', 'profiles', 'uid', 'sequence', 'original_time', 'is_truncated'],
  device: ['type_id', 'hostname', 'boot_uid', 'os'],
};
const required = ['activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id', 'time', 'metadata'];
const requiredOfProcesses = [...required, 'actor', 'device', 'process'];

interface Event {
  class_uid: number;
  activity_id: number;
  type_uid: number;
  time: number;
  metadata: { original_time: string };
  process?: { pid: number; name?: string; container?: object; parent_process?: object; namespace_pid?: number };
  status_id?: number;
  status_code?: string;
  launch_type_id?: number;
  exit_code?: number;
  unmapped: { nstrace: Record<string, unknown> };
}

const story = numbered([header(), process({ pid: 400 }), ...lifeOf(), failedExec({ pid: 9 }), lost(), footer()]);

const only = (object: object | undefined, kind: string): void => {
  for (const key of Object.keys(object ?? {})) {
    expect(attributes[kind], `${kind}.${key}`).toContain(key);
  }
};

it('has only attributes that the schema has, and all that it requires', async () => {
  const events = (await exportedLines('ocsf', story)) as (Event & Record<string, object>)[];
  expect(events.length).toBe(story.length);
  for (const event of events) {
    only(event, 'event');
    only(event.process, 'process');
    only(event.process?.parent_process, 'process');
    only(event.process?.container, 'container');
    only(event.metadata, 'metadata');
    only(event.device, 'device');
    for (const name of event.class_uid === 1007 ? requiredOfProcesses : required) {
      expect(event, name).toHaveProperty(name);
    }
    expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
    expect(new Date(event.time).toISOString().slice(0, 23)).toBe(event.metadata.original_time.slice(0, 23));
  }
});

it('maps execs, forks and exits to launches and terminations', async () => {
  const events = (await exportedLines('ocsf', story)) as Event[];
  const kinds = (type: string, launch?: number): Event[] =>
    events.filter(
      (event, index) => story[index]!.type === type && (launch === undefined || event.launch_type_id === launch),
    );
  expect(kinds('exec').every(({ type_uid, launch_type_id }) => type_uid === 100_701 && launch_type_id === 3)).toBe(
    true,
  );
  expect(kinds('fork', 2).length).toBe(kinds('fork').length);
  expect(kinds('exit').every(({ type_uid }) => type_uid === 100_702)).toBe(true);
  expect(kinds('namespace').every(({ activity_id }) => activity_id === 99)).toBe(true);
  expect(kinds('exit').map(({ exit_code }) => exit_code)).toContain(143);
  expect(events.filter(({ status_id }) => status_id === 2).map(({ status_code }) => status_code)).toEqual(['ENOENT']);
  expect(events.at(-2)).toMatchObject({ class_uid: 0, unmapped: { nstrace: { count: 3 } } });
});
