import { readProcText } from './read.ts';

/** Majors of Unix98 pseudo terminals (Documentation/admin-guide/devices.txt). */
const firstPts = 136;
const lastPts = 143;
const minorBits = 20;
/** Virtual consoles are numbered from the minor 0, other drivers from their first. */
const consoles = 'tty';

interface Driver {
  readonly name: string;
  readonly major: number;
  readonly first: number;
  readonly last: number;
}

/** Names of terminals by number, as ps prints them: `pts/3`, `tty1`, `ttyS0`. */
export class Terminals {
  #drivers: readonly Driver[] | undefined;
  readonly #root: string;

  constructor(root = '/proc') {
    this.#root = root;
  }

  /** @param number 12 bits major, 20 bits minor; 0 for none */
  nameOf(number: number): string | undefined {
    if (number === 0) {
      return undefined;
    }
    const major = number >>> minorBits;
    const minor = number & ((1 << minorBits) - 1);
    if (major >= firstPts && major <= lastPts) {
      return `pts/${(major - firstPts) * 256 + minor}`;
    }
    this.#drivers ??= parseDrivers(readProcText(`${this.#root}/tty/drivers`) ?? '');
    const driver = this.#drivers.find((one) => one.major === major && minor >= one.first && minor <= one.last);
    if (driver === undefined) {
      return undefined;
    }
    const index = driver.name === consoles ? minor : minor - driver.first;
    return driver.first === driver.last ? driver.name : `${driver.name}${index}`;
  }
}

/** Lines as `serial /dev/ttyS 4 64-95 serial`. */
export const parseDrivers = (text: string): Driver[] =>
  text.split('\n').flatMap((line) => {
    const match = /\/dev\/(\S+)\s+(\d+)\s+(\d+)(?:-(\d+))?/.exec(line);
    return match === null
      ? []
      : [{ name: match[1]!, major: Number(match[2]), first: Number(match[3]), last: Number(match[4] ?? match[3]) }];
  });

/** The same number out of what stat(2) and /proc/PID/stat have, which lay major and minor out otherwise. */
export const fromStatDevice = (device: number): number =>
  (((device >>> 8) & 0xfff) << minorBits) | (device & 0xff) | ((device >>> 12) & 0xf_ff00);
