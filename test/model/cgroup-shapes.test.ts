import { describe, expect, it } from 'vitest';
import { CgroupShapes, parentOf } from '../../src/model/cgroup-shapes.ts';
import { CgroupSet } from '../../src/model/cgroups.ts';

const shapesOf = (...paths: string[]): CgroupShapes => {
  const shapes = new CgroupShapes();
  for (const path of paths) {
    shapes.note({ path, owner: { id: path, runtime: 'docker' }, labels: undefined });
  }
  return shapes;
};

const find = (shapes: CgroupShapes, paths: Readonly<Record<string, string>>, taken: readonly string[] = []) =>
  shapes.of(new CgroupSet(new Map(Object.entries(paths))), (path) => taken.includes(path))?.path;

describe('cgroups that look like a container’s', () => {
  it('are found from a cgroup inside them, the innermost first', () => {
    const shapes = shapesOf('/docker/a', '/docker/a/docker/b');
    expect(find(shapes, { '': '/docker/a/init' })).toBe('/docker/a');
    expect(find(shapes, { '': '/docker/a/docker/b/x/y' })).toBe('/docker/a/docker/b');
    expect(find(shapes, { '': '/docker' })).toBeUndefined();
    expect(find(shapes, { '': '/' })).toBeUndefined();
  });

  it('are found in whichever hierarchy', () => {
    const shapes = shapesOf('/docker/a', '/docker/a/docker/b');
    expect(find(shapes, { '': '/', memory: '/docker/a', pids: '/docker/a/docker/b' })).toBe('/docker/a/docker/b');
  });

  it('are not looked for beyond one that is taken', () => {
    const shapes = shapesOf('/docker/a');
    expect(find(shapes, { '': '/docker/a/x/y' }, ['/docker/a/x'])).toBeUndefined();
  });

  it('are forgotten with their cgroup', () => {
    const shapes = shapesOf('/docker/a');
    shapes.forget('/docker/a');
    expect(find(shapes, { '': '/docker/a' })).toBeUndefined();
  });
});

describe('cgroups of monitors', () => {
  it('are known by their path, also by the one that they are renamed to', () => {
    const shapes = new CgroupShapes();
    shapes.noteMonitor('/m/conmon');
    shapes.rename('/m', '/n');
    expect(shapes.isMonitor('/n/conmon')).toBe(true);
    // In other hierarchies it may have the old path still.
    expect(shapes.isMonitor('/m/conmon')).toBe(true);
    shapes.forget('/n/conmon');
    expect(shapes.isMonitor('/n/conmon')).toBe(false);
  });
});

describe('the path above a cgroup', () => {
  it('is that without its last name', () => {
    expect([parentOf('/a/b'), parentOf('/a'), parentOf('')]).toEqual(['/a', '', '']);
  });
});
