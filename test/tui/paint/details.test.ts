import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { copyEffect } from '../../../src/tui/keys/copy.ts';
import { detailLines } from '../../../src/tui/paint/details.ts';
import { Store } from '../../../src/tui/store/store.ts';
import { container, exec, exit, failedExec, header, hostNs, process, xyxy12Info } from '../../fixtures/records.ts';
import { at, castOf, enterOf, inTime, startOf } from '../../fixtures/story.ts';
import { aBusyMachine, Desk, eventOf, hostileText, inWeb, unsafe, users, web } from '../support.ts';

/** The details of the last event of these. */
const detailsOf = (...records: readonly NstraceRecord[]): string[] => {
  const store = new Store();
  for (const record of records) {
    store.take(record);
  }
  return detailLines(store.events.all.at(-1)!, store, users);
};

const sectionOf = (lines: readonly string[], title: string): string[] => {
  const from = lines.indexOf(title) + 1;
  const rest = lines.slice(from);
  const end = rest.indexOf('');
  return from === 0 ? [] : rest.slice(0, end < 0 ? undefined : end).map((line) => line.trim());
};

const { inside, info } = castOf();

describe('detailLines', () => {
  it('show all that is known of a process that entered a container', () => {
    const desk = new Desk().take(...aBusyMachine());
    const joined = eventOf(desk, ({ record }) => record.type === 'exec' && record.origin === 'joined');
    expect(detailLines(joined, desk.store, users).join('\n')).toMatchInlineSnapshot(`
      "exec at 2026-01-02T03:04:05.110000000Z

      command
        $ top

      who
        container  xyxy12 (runc), id xyxy12
        pid        611, inside 9
        user       root (0:0)
        executable /usr/bin/top
        came       from outside, joined by root: runc exec xyxy12 top, pid 600

      ancestry
        600 runc exec xyxy12 top  <- in the host
        400 -bash
        1 /sbin/init

      namespaces
        pid     4026532572  the container's
        mnt     4026532569  the container's
        net     4026532574  the container's
        ipc     4026532571  the container's
        uts     4026532570  the container's
        user    4026531837  the host's
        cgroup  4026531835  the host's
        time    4026531834  the host's

      cgroups
        /xyxy12

      get there
        runc exec -t xyxy12 sh
        nsenter -t 10123 -a"
    `);
  });

  it('have one argument a line, also empty ones, and the line that a shell takes', () => {
    const lines = detailsOf(exec({ args: ['sh', '-c', 'echo "a  b"', '', "it's"] }));
    expect(sectionOf(lines, 'command').slice(0, 5)).toEqual([
      ...['0  sh', '1  -c', '2  echo "a  b"', '3  (empty)', "4  it's"],
    ]);
    expect(lines).toContain(`  $ sh -c 'echo "a  b"' '' 'it'\\''s'`);
  });

  it('say that arguments were cut, and how long they were', () => {
    const lines = detailsOf(exec({ args: ['ls', 'x'.repeat(100)], args_truncated: true, args_bytes: 2_000_000 }));
    expect(lines.join('\n')).toContain('cut: the whole is 2000000 bytes');
  });

  it('show the exact bytes of arguments that are no text', () => {
    const args_base64 = [Buffer.from('ls').toString('base64'), Buffer.from([0xff, 0x41]).toString('base64')];
    const lines = detailsOf(exec({ args: ['ls', '\ufffdA'], args_base64 }));
    expect(sectionOf(lines, 'command')[1]).toBe('1  \\xffA');
    expect(lines).toContain("  $ ls $'\\xffA'");
  });

  it('say why an exec failed', () => {
    expect(detailsOf(failedExec({ errno: 'EACCES', ret: -13 }))[0]).toMatch(/^exec failed: EACCES at 2026/);
    expect(detailsOf(failedExec({ errno: undefined, ret: -222 } as never))[0]).toMatch(/^exec failed: -222 at 2026/);
  });

  it('go up to the first process that is known, and say where they cross a border', () => {
    const lines = detailsOf(
      process({ pid: 1, ppid: 0, args: ['init'] }),
      process({ pid: 40, ppid: 1, args: ['runc', 'run'] }),
      process({ ...inside(41, 1), ppid: 40, args: ['sh'] }),
      exec({ ...inside(42, 2), ppid: 41, args: ['ls'] }),
    );
    expect(sectionOf(lines, 'ancestry')).toEqual(['41 sh', '40 runc run  <- in the host', '1 init']);
  });

  it('say where the ancestry is not known any further', () => {
    expect(sectionOf(detailsOf(exec({ ppid: 4242 })), 'ancestry')).toEqual(['4242 (not known)']);
  });

  it('find an ancestor that has ended by now', () => {
    const lines = detailsOf(process({ pid: 40, args: ['gone'] }), exit({ pid: 40 }), exec({ pid: 41, ppid: 40 }));
    expect(sectionOf(lines, 'ancestry')[0]).toBe('40 gone');
  });

  it('come to an end where processes are each other’s parents', () => {
    const lines = detailsOf(
      process({ pid: 40, ppid: 41 }),
      process({ pid: 41, ppid: 40 }),
      exec({ pid: 42, ppid: 40 }),
    );
    expect(sectionOf(lines, 'ancestry')).toHaveLength(2);
  });

  it('go up that many steps at most', () => {
    const chain = Array.from({ length: 1000 }, (_, index) => process({ pid: index + 10, ppid: index + 9 }));
    expect(sectionOf(detailsOf(...chain, exec({ pid: 5000, ppid: 1009 })), 'ancestry').length).toBeLessThan(100);
  });

  it('say of each namespace whose it is', () => {
    const ns = { ...hostNs, pid: 4026532572, mnt: 4026539999 };
    const lines = detailsOf(
      header(),
      container({ op: 'seen', container: { ...xyxy12Info, init: 10 } }),
      process({ ...inside(10, 1), ns: { ...hostNs, pid: 4026532572, mnt: 4026532000 } }),
      exec({ ...inside(11, 2), ns }),
    );
    const found = Object.fromEntries(sectionOf(lines, 'namespaces').map((line) => line.split(/ +\d+ +/)));
    expect(found).toMatchObject({ pid: "the container's", mnt: 'its own', net: "the host's", user: "the host's" });
  });

  it('show how a process ended, and later the end of the one that ran', () => {
    const left = { pid: 40, duration_ns: 1_500_000_000 };
    expect(sectionOf(detailsOf(exit({ ...left, code: 3 })), 'exit')).toEqual(['code 3 after 1.50 s']);
    expect(sectionOf(detailsOf(exit({ ...left, signal: 'SIGSEGV', core: true })), 'exit')).toEqual([
      'SIGSEGV, core dumped after 1.50 s',
    ]);
    expect(sectionOf(detailsOf(exit({ ...left, signal: 'SIGKILL', oom: true })), 'exit')).toEqual([
      'SIGKILL, out of memory after 1.50 s',
    ]);
    const store = new Store();
    store.take(exec({ pid: 40 }));
    const event = store.events.all[0]!;
    expect(sectionOf(detailLines(event, store, users), 'exit')).toEqual([]);
    store.take(exit({ pid: 40, code: 9 }));
    expect(sectionOf(detailLines(event, store, users), 'exit')).toEqual(['later: 9']);
  });

  it('do not take a process for another one that has its pid by now', () => {
    const store = new Store();
    store.take(exec({ ...at(0), pid: 40, exe: '/bin/first' }));
    store.take(exit({ ...at(10), pid: 40, code: 1 }));
    store.take(exec({ ...at(20), pid: 40, exe: '/bin/second' }));
    const ofFirst = [0, 1].map((id) => detailLines(store.events.all[id]!, store, users));
    expect(sectionOf(ofFirst[0]!, 'exit')).toEqual(['later: 1']);
    expect(ofFirst[1]!.join('\n')).not.toContain('/bin/second');
    store.take(exit({ ...at(30), pid: 40, code: 2 }));
    expect(sectionOf(detailLines(store.events.all[0]!, store, users), 'exit')).toEqual(['later: 1']);
  });

  it.each([
    ['runc', 'runc exec -t the-id sh'],
    ['crun', 'crun exec -t the-id sh'],
    ['docker', 'docker exec -it the-name sh'],
    ['podman', 'podman exec -it the-name sh'],
    ['lxc', 'lxc-attach -n the-name'],
  ])('say how to get into a container of %s', (runtime, wanted) => {
    const ref = { id: 'the-id', name: 'the-name', runtime };
    const lines = detailsOf(
      container({ op: 'seen', container: { ...ref, init: 77 } }),
      exec({ ...inside(80, 2), container: ref }),
    );
    expect(sectionOf(lines, 'get there')).toEqual([wanted, 'nsenter -t 77 -a']);
  });

  it('quote names so that a shell takes them as names', () => {
    const ref = { id: 'x; reboot', name: "a'b $(c)", runtime: 'docker' };
    const lines = sectionOf(detailsOf(exec({ ...inside(80, 2), container: ref })), 'get there');
    expect(lines[0]).toBe(`docker exec -it 'a'\\''b $(c)' sh`);
  });

  it('say nothing of how to get into one that has ended: its pids may be those of others', () => {
    const ref = { id: 'the-id', name: 'the-name', runtime: 'docker' };
    const lines = detailsOf(
      container({ op: 'seen', container: { ...ref, init: 77 } }),
      container({ op: 'stopped', container: { ...ref, init: 77 }, code: 1 }),
      exec({ ...inside(80, 2), container: ref }),
    );
    expect(sectionOf(lines, 'get there')).toEqual([]);
  });

  it('say nothing of how to get to the host', () => {
    expect(sectionOf(detailsOf(exec()), 'get there')).toEqual([]);
  });

  it('name the image, the user, the folder and the unit', () => {
    const lines = sectionOf(detailsOf(...aBusyMachine(), exec({ ...inWeb, uid: 0, cwd: '/srv' })), 'who');
    expect(lines.join('\n')).toMatch(/image +nginx:1/);
    expect(lines.join('\n')).toMatch(/user +root \(0:0\)/);
    expect(lines.join('\n')).toMatch(/folder +\/srv/);
    expect(sectionOf(detailsOf(exec({ unit: 'ssh.service' })), 'who')[0]).toBe('on the host, unit ssh.service');
  });

  it('never give raw what somebody chose to fool who reads it', () => {
    const ref = { id: hostileText, name: hostileText, runtime: hostileText };
    const bad = {
      ...{ comm: hostileText, exe: hostileText, args: [hostileText], cwd: hostileText, unit: hostileText },
      ...{ errno: hostileText, container: ref },
    };
    const hostileInfo = { ...ref, image: hostileText, cgroups: [hostileText] };
    const lines = detailsOf(
      header(),
      container({ op: 'created', container: hostileInfo }),
      process({ ...inside(10, 1), ...bad, ppid: 1 }),
      failedExec({ ...inside(11, 2), ...bad, ppid: 10 }),
    );
    const more = detailsOf(
      process({ pid: 9, comm: hostileText, args: [] }),
      exit({ pid: 8, ppid: 9, signal: hostileText, comm: hostileText }),
    );
    expect([...lines, ...more].join('')).not.toMatch(unsafe);
  });

  it('are there for every kind of record', () => {
    const store = new Store();
    const records = inTime(...startOf(), ...enterOf());
    for (const record of records) {
      store.take(record);
    }
    for (const event of store.events.all) {
      const [first] = detailLines(event, store, users);
      expect(first).toContain(event.record.time);
    }
    expect(info.name).toBe('xyxy12');
    expect(web.name).toBe('web');
  });
});

describe('a copied command', () => {
  const pasted = (record: NstraceRecord): string | undefined => {
    const store = new Store();
    store.take(record);
    return copyEffect('command', store.events.all[0]!).text;
  };

  it('is the command line, quoted for a shell', () => {
    expect(pasted(exec({ args: ['echo', "it's", '$HOME'] }))).toBe(`echo 'it'\\''s' '$HOME'`);
    expect(pasted(exec({ args: ['echo', '\x1b[31m'] }))).toBe(`echo $'\\e[31m'`);
  });

  it('is nothing for what has no command line', () => {
    expect(pasted(exit())).toBeUndefined();
    expect(pasted(exec({ args: [] }))).toBeUndefined();
  });
});
