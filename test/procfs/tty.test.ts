import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { fromStatDevice, parseDrivers, Terminals } from '../../src/procfs/tty.ts';

const drivers = `/dev/tty             /dev/tty        5       0 system:/dev/tty
/dev/console         /dev/console    5       1 system:console
unknown              /dev/tty        4 1-63 console
serial               /dev/ttyS       4 64-95 serial
usbserial            /dev/ttyUSB   188 0-511 serial
`;

describe('the name of a terminal', () => {
  const nameOf = (major: number, minor: number): string | undefined => {
    const root = mkdtempSync(`${tmpdir()}/nstrace-tty-`);
    mkdirSync(`${root}/tty`);
    writeFileSync(`${root}/tty/drivers`, drivers);
    const name = new Terminals(root).nameOf((major << 20) | minor);
    rmSync(root, { recursive: true });
    return name;
  };

  it.each([
    [136, 3, 'pts/3'],
    [136, 70_000, 'pts/70000'],
    [4, 1, 'tty1'],
    [4, 64, 'ttyS0'],
    [188, 12, 'ttyUSB12'],
    [5, 1, 'console'],
    [99, 1, undefined],
    [0, 0, undefined],
  ])('of %d:%d is %s', (major, minor, name) => {
    expect(nameOf(major, minor)).toBe(name);
  });

  it('has its number in two layouts', () => {
    expect(fromStatDevice(34_819)).toBe((136 << 20) | 3);
    // Minor 256 and more have their upper bits above the major.
    expect(fromStatDevice((1 << 20) | (136 << 8) | 5)).toBe((136 << 20) | 261);
  });

  it('is looked up in the list of drivers', () => {
    expect(parseDrivers(drivers)).toContainEqual({ name: 'ttyS', major: 4, first: 64, last: 95 });
    expect(parseDrivers('nonsense\n')).toEqual([]);
  });
});
