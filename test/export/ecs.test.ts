import { expect, it } from 'vitest';
import { container, exec, exit, failedExec, footer, header, inContainer, lost, process } from '../fixtures/records.ts';
import { lifeOf } from '../fixtures/story.ts';
import { exportedLines, numbered, pathsOf } from './support.ts';

/** Fields of the Elastic Common Schema that are used, with their types (elastic/ecs, generated/csv/fields.csv). */
const fields: Readonly<Record<string, 'date' | 'keyword' | 'long' | 'object'>> = {
  '@timestamp': 'date',
  'ecs.version': 'keyword',
  'agent.type': 'keyword',
  'agent.version': 'keyword',
  'event.kind': 'keyword',
  'event.category': 'keyword',
  'event.type': 'keyword',
  'event.action': 'keyword',
  'event.module': 'keyword',
  'event.dataset': 'keyword',
  'event.sequence': 'long',
  'event.id': 'keyword',
  'event.outcome': 'keyword',
  'event.duration': 'long',
  'host.hostname': 'keyword',
  'host.name': 'keyword',
  'host.architecture': 'keyword',
  'host.boot.id': 'keyword',
  'host.os.type': 'keyword',
  'host.os.kernel': 'keyword',
  'host.pid_ns_ino': 'keyword',
  'process.pid': 'long',
  'process.vpid': 'long',
  'process.entity_id': 'keyword',
  'process.start': 'date',
  'process.end': 'date',
  'process.name': 'keyword',
  'process.executable': 'keyword',
  'process.args': 'keyword',
  'process.args_count': 'long',
  'process.command_line': 'keyword',
  'process.working_directory': 'keyword',
  'process.exit_code': 'long',
  'process.user.id': 'keyword',
  'process.real_user.id': 'keyword',
  'process.group.id': 'keyword',
  'process.parent.pid': 'long',
  'process.parent.entity_id': 'keyword',
  'process.parent.name': 'keyword',
  'process.parent.executable': 'keyword',
  'user.id': 'keyword',
  'container.id': 'keyword',
  'container.name': 'keyword',
  'container.runtime': 'keyword',
  'container.image.name': 'keyword',
  'container.labels': 'object',
  'orchestrator.type': 'keyword',
  'orchestrator.resource.type': 'keyword',
  'orchestrator.resource.id': 'keyword',
  'orchestrator.resource.name': 'keyword',
};
/** Allowed values of event.type by event.category, as far as they are used. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  process: ['access', 'change', 'end', 'info', 'start'],
  host: ['access', 'change', 'end', 'info', 'start'],
};

const at = (event: unknown, path: string): unknown =>
  path.split('.').reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], event);

const story = numbered([header(), process({ pid: 400 }), ...lifeOf(), failedExec({ pid: 9 }), lost(), footer()]);

it('has only fields that the schema has, with their types', async () => {
  const events = await exportedLines('ecs', story);
  expect(events.length).toBe(story.length);
  for (const event of events) {
    for (const path of pathsOf(event).filter(
      (name) => !name.startsWith('nstrace.') && !name.startsWith('container.labels.'),
    )) {
      expect(fields, path).toHaveProperty([path]);
      const values = [at(event, path)].flat();
      for (const value of values) {
        expect(typeof value, path).toBe(fields[path] === 'long' ? 'number' : 'string');
      }
    }
    const { category, type } = (event as { event: { category: string[]; type: string[] } }).event;
    expect(allowed[category[0]!]).toContain(type[0]);
  }
});

it('says of each process who it is, also at its exit', async () => {
  const events = (await exportedLines('ecs', story)) as {
    event: { action: string };
    process?: Record<string, unknown>;
  }[];
  const [top] = events.filter(({ event, process }) => event.action === 'exec' && process?.name === 'top');
  const [gone] = events.filter(({ event, process }) => event.action === 'exit' && process?.name === 'top');
  expect(top!.process).toMatchObject({
    pid: 611,
    vpid: 9,
    args: ['top'],
    command_line: 'top',
    parent: { pid: 600, name: 'runc' },
  });
  expect(gone!.process).toMatchObject({ pid: 611, executable: '/usr/bin/top', exit_code: 143 });
  expect(gone!.process!.entity_id).toBe(top!.process!.entity_id);
  expect(top!.process!.entity_id).toMatch(/^e0f1:611:\d+$/);
});

it('keeps nanoseconds, pids of other hosts apart, and failures', async () => {
  const other = [
    header({ recording: 'other', host: { name: 'two', boot_id: 'two', kernel: '', arch: '' } }),
    exec({ pid: 7, ppid: 611, recording: 'other' }),
  ];
  const events = (await exportedLines('ecs', [...story, ...other, exit({ pid: 7, recording: 'b7c1d0a2' })])) as {
    '@timestamp': string;
    host: { name: string };
    event: { outcome?: string };
    process?: { name?: string; parent?: { name?: string } };
  }[];
  expect(events[0]!['@timestamp']).toBe('2026-01-02T03:04:05.123456789Z');
  expect(events.at(-2)).toMatchObject({ host: { name: 'two' }, process: { name: 'ls' } });
  expect(events.at(-2)!.process!.parent!.name).toBeUndefined();
  expect(events.at(-1)!.host.name).toBe('box');
  expect(events.filter(({ event }) => event.outcome === 'failure').length).toBe(1);
});

it('gives what the schema has no place for under its own name', async () => {
  const [event] = (await exportedLines('ecs', [exec({ ...inContainer, origin: 'joined' })])) as { nstrace: object }[];
  expect(event!.nstrace).toMatchObject({ origin: 'joined', ns: { pid: 4026532572 }, ret: 0 });
  const [named] = (await exportedLines('ecs', [container()])) as { nstrace: object; container: object }[];
  expect(named).toMatchObject({ container: { id: 'xyxy12' }, nstrace: { container: { pidns: 4026532572 } } });
});
