import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { familiesOf } from '../../../src/tui/rows/families.ts';
import { container, exec, exit, fork, header, process, usage } from '../../fixtures/records.ts';
import { at, castOf, endOf, lifeOf, startOf } from '../../fixtures/story.ts';
import { Desk } from '../support.ts';

const shown = (desk: Desk): string[] => desk.body.slice(1).map((line) => line.replace(/ +/g, ' '));

/** A life of a container of docker: each has an instance of its own, the name stays. */
const life = (instance: number, from: number, end: object): NstraceRecord[] => {
  const ref = { id: `id${instance}`, name: 'web', runtime: 'docker', instance };
  const pid = 100 + instance;
  const its = { ...castOf().inside(pid, 1), container: ref };
  const by = { pid: 5, uid: 0, comm: 'dockerd' };
  return [
    container({ ...at(from), op: 'created', container: ref, by }),
    container({ ...at(from + 100), op: 'started', pid, container: { ...ref, init: pid }, by }),
    exec({ ...at(from + 100), ...its, args: ['srv', String(instance)], origin: 'init' }),
    exit({ ...at(from + 900), ...its, ...end }),
    container({ ...at(from + 900), op: 'stopped', container: ref, ...end }),
    container({ ...at(from + 950), op: 'removed', container: ref }),
  ];
};

describe('the table of containers', () => {
  it('has lives of one name in one row, with how often and how the last one ended', () => {
    const desk = new Desk({ columns: 120 }).take(
      ...life(1, 0, { code: 1 }),
      ...life(2, 1000, { signal: 'SIGKILL', oom: true }),
      ...life(3, 2000, { code: 42 }),
    );
    desk.store.passed(at(10_000).mono);
    expect(shown(desk)).toEqual(['web exited 42 2 7s 7s - - - - srv 3']);
    desk.press('enter');
    expect(desk.text).toMatch(
      /^ended {4}3 times, the last first: code 42 after 800\.0 ms; OOM after 800\.0 ms; code 1 after 800\.0 ms$/m,
    );
    expect(desk.text).toMatch(/^started {2}7s ago by root: dockerd$/m);
    // All of its lives are there, the oldest first.
    expect(desk.text.indexOf('srv 1')).toBeLessThan(desk.text.indexOf('srv 3'));
    expect(desk.text).toContain('srv 1');
  });

  it.each([
    [{ code: 0 }, 'exited 0'],
    [{ code: 42 }, 'exited 42'],
    [{ signal: 'SIGTERM' }, 'SIGTERM'],
    [{ signal: 'SIGKILL', oom: true }, 'OOM killed'],
  ])('says of an end %j: %s', (end, wanted) => {
    expect(shown(new Desk().take(...life(1, 0, end)))[0]).toMatch(new RegExp(`^web ${wanted} `));
  });

  it('says of one that could not start that it never did, and of one that is made that it is created', () => {
    const ref = { id: 'x', name: 'bad', runtime: 'runc', instance: 1 };
    const desk = new Desk().take(container({ ...at(0), op: 'created', container: ref }));
    expect(shown(desk)[0]).toMatch(/^bad created /);
    desk.take(
      container({ ...at(5), op: 'stopped', container: ref }),
      container({ ...at(6), op: 'removed', container: ref }),
    );
    expect(shown(desk)[0]).toMatch(/^bad never started /);
  });

  it('counts ages from the start of a container, not from when it was first seen', () => {
    const ref = { id: 'x', name: 'old', runtime: 'runc' };
    const started = '2026-01-01T03:04:05.000000000Z';
    const desk = new Desk().take(
      header(at(0)),
      container({ ...at(0), op: 'seen', container: { ...ref, init: 77 } }),
      process({ ...at(0), ...castOf().inside(77, 1), container: ref, started }),
    );
    desk.store.passed(at(60_000).mono);
    expect(shown(desk)[0]).toMatch(/^old running - 1d - /);
    const begun = new Desk().take(header(at(0)), container({ ...at(0), op: 'seen', container: { ...ref, started } }));
    expect(shown(begun)[0]).toMatch(/^old running - 1d - /);
  });

  it('says who entered last, the person where that is known', () => {
    const by = { pid: 600, uid: 0, comm: 'runc', args: ['runc', 'exec', 'xyxy12', 'sh'] };
    const asked_by = {
      pid: 9,
      uid: 0,
      auid: 1000,
      tty: 'pts/3',
      comm: 'docker',
      args: ['docker', 'exec', 'web', 'sh'],
    };
    const join = container({ ...at(100), op: 'joined', pid: 611, container: castOf().info, by });
    const desk = new Desk({ columns: 180 }).take(...startOf(), join);
    expect(shown(desk)[0]).toContain('0s ago root: runc exec xyxy12 sh');
    desk.take({ ...join, asked_by: { ...asked_by, evidence: [] } });
    expect(shown(desk)[0]).toContain('0s ago 1000 as root, pts/3: ');
    desk.press('enter');
    expect(desk.text).toContain(
      'entered  2 times, last 0s ago by 1000 as root, pts/3: docker exec web sh (through runc)',
    );
  });

  it('marks how many are below, and keeps its order while they come and go', () => {
    const seen = (id: string) => container({ ...at(0), op: 'seen', container: { id, name: id, runtime: 'runc' } });
    const names = Array.from({ length: 40 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    const desk = new Desk().take(...names.map(seen));
    desk.press('s', 'n');
    expect(desk.body[1]).toMatch(/^c00/);
    expect(desk.body.at(-1)).toBe('  21 more below');
    desk.take(seen('zz-new'), exec({ ...at(10), ...castOf({ id: 'c30' }).inside(7, 1) }));
    expect(desk.body[1]).toMatch(/^zz-new/);
    expect(desk.body[2]).toMatch(/^c00/);
    desk.press('G');
    expect(desk.underCursor).toMatch(/^c39/);
    expect(desk.body.at(-1)).toBe('  22 above');
  });

  it('shows with a filter only where something matches, and what that was last', () => {
    const { ref } = castOf({ id: 'other' });
    const desk = new Desk({ columns: 110 }).take(
      ...startOf(),
      exec({ ...at(100), ...castOf().inside(10140, 8), args: ['rm', '-rf', '/data'] }),
      exec({ ...at(110), ...castOf().inside(10140, 8), args: ['ls'] }),
      exec({ ...at(120), ...castOf().inside(10150, 9), container: ref, args: ['ls'] }),
    );
    desk.type('/rm').press('enter');
    expect(shown(desk)).toHaveLength(1);
    expect(shown(desk)[0]).toMatch(/^xyxy12 .* rm -rf \/data$/);
  });

  it('knows the lives of recordings of 0.1, which have no instances', () => {
    const desk = new Desk().take(...lifeOf(), ...startOf({ from: 5000 }), ...endOf({ from: 5000 }));
    const [family] = [...familiesOf(desk.store).values()].filter(({ isHost }) => !isHost);
    expect(family).toMatchObject({ restarts: 1, lives: [{ code: 5 }, { code: 5 }] });
  });

  it('says which process is busy', () => {
    const worker = castOf().inside(10140, 8);
    const desk = new Desk().take(...startOf(), fork({ ...at(100), ...worker, ppid: 10123 }));
    for (let index = 0; index < 20; index += 1) {
      const child = { ...castOf().inside(20_000 + index, 100 + index), ppid: 10140 };
      desk.take(fork({ ...at(200 + index), ...child }), exec({ ...at(200 + index), ...child, args: ['work'] }));
    }
    desk.press('enter');
    expect(desk.text).toMatch(/^busy {5}pid 10140, 20 programs started, 4\.0\/s now: sh -c ls -l; sleep 1$/m);
  });

  it('says which process is busy, and how much of a core it uses, in a replay too', () => {
    const { ref, info } = castOf();
    const used = (ms: number, cpu_ns: number, more = {}) =>
      usage({ ...at(ms), container: ref, cpu_ns, memory_bytes: 5 * 1024 * 1024, ...more });
    const desk = new Desk({ columns: 120 }).take(
      ...startOf(),
      used(1000, 1e9),
      used(3000, 2e9, { busiest: [{ pid: castOf().pids.init, cpu_ns: 900_000_000 }], interval_ns: 2_000_000_000 }),
    );
    expect(shown(desk)[0]).toMatch(/^xyxy12 running .* 50\.0 5\.0M /);
    desk.press('enter');
    expect(desk.text).toMatch(/^busy {5}pid 10123 uses 45% of a core: sh -c ls -l; sleep 1$/m);
    desk.take(container({ ...at(3500), op: 'stopped', container: info, code: 0 }));
    expect(desk.text).not.toContain('of a core');
    expect(desk.text).not.toContain('memory');
  });

  it('says why there is no CPU time to show: it was not recorded, or the container has no cgroup', () => {
    const desk = new Desk().take(header(at(0)), ...startOf());
    desk.press('enter');
    desk.store.passed(at(2000).mono);
    expect(desk.text).not.toContain('not recorded');
    desk.store.passed(at(60_000).mono);
    expect(desk.text).toMatch(/^cpu, mem not recorded: /m);
    desk.take(usage({ ...at(61_000), container: castOf({ id: 'other' }).ref, cpu_ns: 1 }));
    expect(desk.text).toMatch(/^cpu, mem not known: it has no cgroup/m);
  });
});
