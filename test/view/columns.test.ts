import { afterEach, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { columns, defaultColumns } from '../../src/view/columns.ts';
import { UserNames } from '../../src/view/users.ts';
import { container, containerNs, exec, failedExec, fork, hostNs, inContainer } from '../fixtures/records.ts';

const context = {
  style: { quote: false, maxArgs: 20 },
  kinds: false,
  startedMono: '1000000000',
  users: new UserNames(),
};

const cell = (name: string, record: NstraceRecord, changes: Partial<typeof context> = {}): string =>
  columns.find((column) => column.name === name)!.value(record, { ...context, ...changes });

describe('columns', () => {
  const timeZone = process.env.TZ;
  afterEach(() => {
    process.env.TZ = timeZone ?? '';
    if (timeZone === undefined) {
      delete process.env.TZ;
    }
  });

  it('have names of their own', () => {
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  });

  it('are by default those of the contract', () => {
    const titles = defaultColumns.map((name) => columns.find((column) => column.name === name)!.title);
    expect(titles).toEqual(['CONTAINER', 'PIDNS', 'PID', 'NSPID', 'PPID', 'RET', 'ARGS']);
  });

  it('show a process of a container', () => {
    const record = exec(inContainer);
    expect(defaultColumns.map((name) => cell(name, record))).toEqual([
      'xyxy12',
      String(containerNs.pid),
      '10123',
      '1',
      '400',
      '0',
      'ls -l',
    ]);
  });

  it('show who ran it, with which rights, where', () => {
    const login = { euid: 0, auid: 0, session: 3, tty: 'pts/3', cwd: '/a\n', caps_gained: ['net_raw', 'kill'] };
    const names = ['euid', 'egid', 'auid', 'login', 'session', 'tty', 'cwd', 'caps'];
    const shown = names.map((name) => cell(name, exec({ uid: 1000, ...login })));
    expect(shown).toEqual(['0', '-', '0', 'root', '3', 'pts/3', '/a\\n', 'net_raw,kill']);
    expect(names.map((name) => cell(name, exec()))).toEqual(names.map(() => '-'));
  });

  it('show where the file that runs is not as its image has it', () => {
    const file = { device: '0:49', inode: 7 } as const;
    expect(cell('file', exec())).toBe('-');
    expect(cell('file', exec({ exe_file: { ...file, layer: 'upper' } }))).toBe('upper');
    expect(cell('file', exec({ exe_file: { ...file, layer: 'upper', deleted: true } }))).toBe('upper,deleted');
  });

  it('show a process of the host, without a pid in a namespace', () => {
    const record = exec();
    expect(defaultColumns.map((name) => cell(name, record))).toEqual([
      'host',
      String(hostNs.pid),
      '500',
      '-',
      '400',
      '0',
      'ls -l',
    ]);
  });

  it('show the innermost pid, and the whole chain in a column of its own', () => {
    const record = exec({ ...inContainer, nspid: [10123, 7, 1] });
    expect(cell('nspid', record)).toBe('1');
    expect(cell('nspids', record)).toBe('10123,7,1');
  });

  it('show the id whole', () => {
    const id = 'f'.repeat(64);
    expect(cell('id', exec({ ...inContainer, container: { id, name: 'web', runtime: 'docker' } }))).toBe(id);
  });

  it('show the negative errno of a failed exec', () => {
    expect(cell('ret', failedExec())).toBe('-2');
  });

  it('show a dash for what a record does not have', () => {
    expect(['ret', 'uid', 'user', 'exe', 'origin'].map((name) => cell(name, fork()))).toEqual([
      '-',
      '-',
      '-',
      '-',
      '-',
    ]);
  });

  it('begin ARGS with the kind of line if there is more than one', () => {
    expect(cell('args', exec(), { kinds: true })).toBe('exec ls -l');
    expect(cell('args', container(), { kinds: true })).toBe('container seen xyxy12 (runc)');
  });

  it('show the pid namespace of a container record', () => {
    expect(cell('pidns', container())).toBe(String(containerNs.pid));
  });

  it('show users by name, and by number if they have none', () => {
    expect(cell('user', exec({ uid: 0 }))).toBe('root');
    expect(cell('user', exec({ uid: 4_000_000_000 }))).toBe('4000000000');
    expect(cell('uid', exec({ uid: 1000 }))).toBe('1000');
  });

  it('show seconds since tracing began, exact where the kernel clock passes 2^53', () => {
    const record = exec({ mono: '9007199254740993001' });
    expect(cell('timestamp', record, { startedMono: '9007199253490993001' })).toBe('1.250');
  });

  it('show local time with microseconds', () => {
    process.env.TZ = 'Asia/Kolkata';
    expect(cell('time', exec({ time: '2026-01-02T20:04:05.123456789Z' }))).toBe('01:34:05.123456');
  });

  it('make every text safe that a process chose', () => {
    const evil = '\x1b]0;x\x07\u202e';
    const record = exec({
      ...inContainer,
      container: { id: evil, name: evil, runtime: evil },
      comm: evil,
      pcomm: evil,
      exe: evil,
      args: [evil],
    });
    for (const { name } of columns) {
      expect(cell(name, record), name).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });
});
