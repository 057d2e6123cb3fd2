import { describe, expect, it } from 'vitest';
import { allCapabilities } from '../../src/kernel/capabilities.ts';
import type { InspectRecord } from '../../src/now/schema.ts';
import { compareText, inspectText } from '../../src/view/inspect.ts';
import { UserNames } from '../../src/view/users.ts';
import { inspected } from '../fixtures/now.ts';
import { containerNs, hostNs, xyxy12 } from '../fixtures/records.ts';

const show = (changes: Partial<InspectRecord> = {}): string =>
  inspectText(inspected(changes), { users: new UserNames(), width: undefined });

/** What is said after a word. */
const fact = (text: string, name: string): string | undefined =>
  new RegExp(`^ *${name} +(.*)$`, 'm').exec(text)?.[1]?.trim();

const sectionOf = (text: string, name: string): string[] =>
  (new RegExp(`^${name}\\n((?: +.*\\n)*)`, 'm').exec(text)?.[1] ?? '').split('\n').slice(0, -1);

const ids = { uid: [0, 0, 0, 0], gid: [5, 5, 5, 5], groups: [5, 27], uid_map: [[0, 100_000, 65_536]], gid_map: [] };
const none = { effective: [], permitted: [], inheritable: [], bounding: [], ambient: [] };

describe('inspectText', () => {
  it('says what it is, where it is, and how it came there', () => {
    const text = show({ cwd: '/srv', started: '2026-01-02T03:04:05.000000000Z', origin: 'init' });
    expect(fact(text, 'pid')).toBe('10123, inside 1');
    expect(fact(text, 'command')).toBe('sh -c work');
    expect(fact(text, 'executable')).toBe('/bin/sh');
    expect(fact(text, 'folder')).toBe('/srv');
    expect(fact(text, 'container')).toBe('xyxy12 (runc)');
    expect(fact(text, 'came')).toBe('as the first process of its container');
    expect(text).not.toMatch(/^ended/m);
  });

  it('says the pids of all levels, and none where there is only one', () => {
    expect(fact(show({ nspid: [10123, 40, 7] }), 'pid')).toBe('10123, inside 40, 7');
    expect(fact(show({ nspid: [10123] }), 'pid')).toBe('10123');
  });

  it('says who brought it into its container', () => {
    const by = { pid: 600, uid: 0, comm: 'runc', args: ['runc', 'exec', 'xyxy12', 'top'] };
    expect(fact(show({ origin: 'joined', entered_by: by }), 'came')).toBe(
      'from outside, with setns: runc exec xyxy12 top, pid 600',
    );
    expect(fact(show({ origin: 'joined', entered_by: { pid: 600, comm: 'nsenter' } }), 'came')).toContain(
      ': nsenter, pid 600',
    );
  });

  it('says which person is behind that', () => {
    const person = { pid: 7, uid: 0, tty: 'pts/3', comm: 'docker', args: ['docker', 'exec', 'web'], evidence: [] };
    expect(fact(show({ origin: 'joined', entered_asked_by: person }), 'asked')).toBe(
      'from pts/3 by root, pid 7: docker exec web',
    );
  });

  it('says who runs it, with which rights, and who logged in', () => {
    const found = { uid: 1000, gid: 1000, euid: 0, auid: 0, session: 3, tty: 'pts/3', caps_gained: ['net_raw'] };
    const text = show({ ...found, ids: undefined });
    expect(fact(text, 'user')).toMatch(/^\S+ \(1000:1000\), with the rights of 0:1000, gained net_raw$/);
    expect(fact(text, 'login')).toBe('root (0), session 3');
    expect(fact(text, 'terminal')).toBe('pts/3');
  });

  it('says where the file that runs is not as its image has it', () => {
    const exeFile = { device: '0:49', inode: 7, layer: 'upper' } as const;
    expect(fact(show({ exe: '/tmp/x', exe_file: exeFile }), 'executable')).toBe(
      '/tmp/x, not as in its image (upper layer of the overlay)',
    );
    expect(fact(show({ exe: '/tmp/x' }), 'executable')).toBe('/tmp/x');
  });

  it('says how one ended that is gone', () => {
    const time = '2026-01-02T03:04:06.000000000Z';
    expect(fact(show({ gone: true, ended: { time, code: 0 } }), 'ended')).toBe(`${time}, code 0`);
    expect(fact(show({ gone: true, ended: { time, signal: 'SIGKILL' } }), 'ended')).toBe(`${time}, SIGKILL`);
    expect(fact(show({ gone: true, ended: { time } }), 'ended')).toBe(time);
  });

  it('has a name in brackets for what has no command line', () => {
    expect(fact(show({ args: [], comm: 'kthreadd' }), 'command')).toBe('[kthreadd]');
  });

  it('says whose each namespace is, and who else is in it', () => {
    const lines = sectionOf(show({ for_children: { pid: 4026539999 } }), 'namespaces');
    expect(lines.map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
      'TYPE INODE WHOSE PROCS ALSO IN IT',
      `pid ${containerNs.pid} its container's 2 its children will be in 4026539999`,
      `net ${hostNs.net} the host's 90 host`,
    ]);
  });

  it('names others in a namespace, and cuts the id of one that has no name', () => {
    const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
    const pid = { type: 'pid' as const, inode: 1, whose: 'other' as const };
    const shown = (with_names?: string[]): string =>
      show({ namespaces: [{ ...pid, with: ['host', one, other], ...(with_names && { with_names }) }] });
    expect(shown(['host', 'web', other])).toContain(`host, web, ${'b'.repeat(12)}\n`);
    expect(shown()).toContain(`host, ${'a'.repeat(12)}, ${'b'.repeat(12)}\n`);
  });

  it('says that namespaces are hidden, if they are', () => {
    expect(show({ namespaces: [] })).toMatch(
      process.geteuid?.() === 0 ? /none any more: it has ended/ : /hidden from you: run it as root/,
    );
  });

  it('has hierarchies with the same path together', () => {
    const text = show({ cgroups: { unified: '/', memory: '/web', 'cpu,cpuacct': '/web' } });
    expect(sectionOf(text, 'cgroups')).toEqual(['  /  (unified)', '  /web  (memory, cpu,cpuacct)']);
  });

  it('goes up the ancestry and says where a container ends', () => {
    const ancestry = [
      { pid: 10123, nspid: [10123, 1], comm: 'sh', args: ['sh'], container: xyxy12 },
      { pid: 500, nspid: [500], comm: 'runc', args: ['runc', 'run'], container: null },
      { pid: 2, nspid: [2], comm: 'kthreadd', args: [], container: null },
    ];
    expect(sectionOf(show({ pid: 10130, ancestry }), 'ancestry')).toEqual([
      ...['  10123 (1) sh', '  500 runc run  <- in the host', '  2 [kthreadd]'],
    ]);
  });

  it('says its users and their numbers outside', () => {
    const text = show({ ids });
    expect(fact(text, 'user')).toBe('root (0 0 0 0)');
    expect(fact(text, 'group')).toBe('5 5 5 5, also 5 27');
    expect(fact(text, 'uid map')).toBe('0 is 100000, 65536 of them');
    expect(fact(show({ ids: { ...ids, uid_map: [[0, 1000, 1]] } }), 'uid map')).toBe('0 is 1000');
  });

  it.each([
    [[], 'none'],
    [allCapabilities, 'all'],
    [['CAP_KILL', 'CAP_SYS_ADMIN'], 'kill sys_admin'],
    [allCapabilities.filter((name) => name !== 'CAP_SYS_ADMIN'), 'all but sys_admin'],
    [['CAP_KILL', 'CAP_77'], 'kill cap_77'],
  ])('says capabilities in words, %#', (effective, words) => {
    const said = fact(show({ capabilities: { ...none, effective: [...effective] } }), 'capabilities');
    expect(said?.replace('cap_77', '77')).toBe(words.replace('cap_77', '77'));
  });

  it('says ambient ones only if there are some', () => {
    expect(show({ capabilities: none })).not.toMatch(/ambient/);
    expect(fact(show({ capabilities: { ...none, ambient: ['CAP_KILL'] } }), 'ambient')).toBe('kill');
  });

  it('says what confines it', () => {
    const text = show({ seccomp: 'filter', no_new_privs: true, lsm: 'docker-default (enforce)' });
    expect(fact(text, 'seccomp')).toBe('filter');
    expect(fact(text, 'privileges')).toBe('can gain none (no_new_privs)');
    expect(fact(text, 'label')).toBe('docker-default (enforce)');
    expect(fact(show({ no_new_privs: false }), 'privileges')).toBe('can gain by exec');
  });

  it('says what is mounted, from where, and in which layers', () => {
    const mounts = [
      { where: '/', type: 'overlay', source: 'overlay', read_only: false, layers: ['/l/up', '/l/1'] },
      { where: '/data', type: 'ext4', source: '/dev/vda', read_only: true, from_host: '/srv/data' },
    ];
    expect(sectionOf(show({ root: '/merged', mounts }), 'mounts')).toEqual([
      ...['  its root is /merged', '  /  overlay, writable, from overlay, 2 layers:', '      /l/up', '      /l/1'],
      '  /data  ext4, read-only, from /srv/data of the host',
    ]);
  });

  it('says nothing of what is not known', () => {
    const text = show();
    for (const word of ['cgroups', 'rights', 'mounts', 'ancestry', 'seccomp']) {
      expect(text).not.toMatch(new RegExp(`^ *${word}`, 'm'));
    }
  });
});

const evil = 'e\x1b[2J\nevil\u202e';
const evilRecord = (): InspectRecord =>
  inspected({
    ...{ comm: evil, exe: evil, cwd: evil, args: [evil, evil], started: evil, ended: { time: evil, signal: evil } },
    container: { id: evil, name: evil, runtime: evil },
    ...{ origin: 'joined', entered_by: { pid: 1, comm: evil, args: [evil] } },
    namespaces: [{ type: 'net', inode: 1, whose: 'other', with: [evil] }],
    cgroups: { [evil]: evil },
    ancestry: [
      { pid: 1, comm: evil, args: [evil], container: null },
      { pid: 1, comm: evil, args: [], container: { id: 'x', name: evil, runtime: evil } },
    ],
    ...{ seccomp: evil, lsm: evil, root: evil },
    mounts: [{ where: evil, type: evil, source: evil, read_only: false, from_host: evil, layers: [evil] }],
  });

/** Blank lines, sections and facts are of the table; all else was escaped. */
const expectPlain = (text: string): void => {
  for (const line of text.split('\n')) {
    expect(line).toMatch(/^[\x20-\x7e]*$/);
    expect(line).not.toMatch(/^ *evil/);
  }
};

describe('hostile text', () => {
  it('reaches the terminal only escaped, whatever it is in', () => {
    expectPlain(inspectText(evilRecord(), { users: new UserNames(), width: undefined }));
  });

  it('does so where two are compared too', () => {
    expectPlain(compareText(evilRecord(), { ...evilRecord(), pid: 2, args: [], container: xyxy12 }));
  });
});

describe('compareText', () => {
  const rights = { ids, capabilities: none, seccomp: 'off', cgroups: { unified: '/web' }, mounts: [] };
  const compare = (a: Partial<InspectRecord>, b: Partial<InspectRecord>) =>
    compareText(inspected({ ...rights, ...a }), inspected({ ...rights, pid: 20_000, ...b }));

  it('says which namespaces they share and which differ', () => {
    const namespaces = [
      { type: 'pid', inode: containerNs.pid, whose: 'container' },
      { type: 'net', inode: containerNs.net, whose: 'container' },
    ] as const;
    const lines = compare({}, { namespaces: [...namespaces] }).split('\n');
    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual(
      expect.arrayContaining([
        'TYPE 10123 20000',
        `pid ${containerNs.pid} ${containerNs.pid} shared`,
        `net ${hostNs.net} ${containerNs.net} DIFFERS`,
      ]),
    );
  });

  it('says that a namespace of one is not known of the other', () => {
    expect(compare({}, { namespaces: [] })).toMatch(/^pid +\d+ +- +DIFFERS$/m);
  });

  it('says in which containers they are', () => {
    expect(fact(compare({}, {}), 'container')).toBe('both in xyxy12');
    expect(fact(compare({ container: null }, { container: null }), 'container')).toBe('both in host');
    expect(fact(compare({}, { container: null }), 'container')).toBe('xyxy12 and host');
  });

  it('does not take two containers of the same name for one', () => {
    const container = { id: 'f'.repeat(64), name: xyxy12.name, runtime: 'docker' };
    expect(fact(compare({}, { container }), 'container')).not.toContain('both');
  });

  it.each([
    ['cgroups', { cgroups: { unified: '/db' } }],
    ['users', { ids: { ...ids, uid: [1, 1, 1, 1] } }],
    ['capabilities', { capabilities: { ...none, effective: ['CAP_KILL'] } }],
    ['seccomp', { seccomp: 'filter' }],
    ['mounts', { mounts: [{ where: '/', type: 'ext4', source: 'x', read_only: false }] }],
  ] as const)('says whether their %s differ', (name, change) => {
    expect(fact(compare({}, {}), name)).toBe('the same');
    expect(fact(compare({}, change as Partial<InspectRecord>), name)).toBe('differ');
  });

  it('does not call the same what a recording does not know', () => {
    const text = compareText(inspected(), inspected({ pid: 20_000 }));
    for (const name of ['cgroups', 'users', 'capabilities', 'seccomp', 'mounts']) {
      expect(fact(text, name) ?? '').not.toBe('the same');
    }
  });
});
