import { describe, expect, it } from 'vitest';
import { containerInFull, containerName } from '../../src/view/container.ts';

describe('containerName', () => {
  it.each([
    ['host', null],
    ['web', { name: 'web', runtime: 'docker' }],
    ['runc/host', { name: 'host', runtime: 'runc' }],
    ['a\\x1bb', { name: 'a\x1bb', runtime: 'runc' }],
  ])('is %s', (expected, container) => {
    expect(containerName(container)).toBe(expected);
  });
});

describe('containerInFull', () => {
  it('says all that distinguishes a container from others of its name', () => {
    const info = { id: '52f0', name: 'web', runtime: 'docker', root: '/x', init: 77 };
    expect(containerInFull(info)).toBe('web (docker, id 52f0, root /x, pid 77)');
    expect(containerInFull({ id: 'web', name: 'web', runtime: 'runc' })).toBe('web (runc)');
  });
});
