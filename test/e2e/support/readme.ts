import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');

/** What the README shows below a command that begins with these words, or, for none, in the block that has no command, line by line; `...` and keys that were pressed are left out. */
export const shown = (command: string): string[] => {
  for (const [, block = ''] of readme.matchAll(/^```console\n(.*?)^```$/gms)) {
    const [before, ...parts] = block.split(/^\$ /m);
    const part = command === '' ? before : parts.find((text) => text.startsWith(command));
    if (part !== undefined && part !== '') {
      const lines = part.split('\n');
      return (command === '' ? lines : lines.slice(1)).filter((line) => line !== '' && line !== '...' && line !== '^C');
    }
  }
  throw new Error(`the README has no command ${command}`);
};

/**
 * A line without what differs from run to run and from host to host: numbers, units of time, widths of columns, which
 * hierarchies of cgroups there are, and who else shares what is the host's.
 */
export const masked = (line: string): string =>
  line
    .replace(/(the host's) +\d.*$/, '$1')
    .replace(/\bhost, .*(?= \[kthreadd\])/, 'host')
    // Command lines of others on the host may be too long for a record.
    .replace(/nothing is missing; .* (?:was|were) cut: .*$/, 'complete')
    .replace('"complete":false', '"complete":true')
    .replace(/from files of .*$|no runtime keeps files here$/, 'from files')
    .replace(/\b(?:ext4|xfs|btrfs|overlay|tmpfs)\b/, 'FS')
    .replace(/, in \d+ hierarchies/g, '')
    // A container's cgroup lies below that of its runtime, which may be another in each hierarchy.
    .replace(/(\bcgroup (?:.* )?)\/\S*\/(?=\w+$)/, '$1/')
    .replace(/(\bcgroup +)(?:\/\S*, )+\/(?:\S*\/)?(?=\w+$)/, '$1/')
    .replace(/^( +\/)(?:\S*\/)?(\w+ +)\((?:[\w=]+, )*[\w=]+\)$/, '$1$2(hierarchies)')
    .replace(/\d+(?:\.\d+)?/g, '#')
    .replace(/# (?:ns|µs|ms|s|min)\b/g, '#T')
    .replace(/\s+/g, ' ')
    .trim();

/** The lines of the README that were not printed, masked. */
export const notPrinted = (command: string, printed: string): string[] => {
  const lines = new Set(printed.split('\n').map((line) => masked(line)));
  return shown(command)
    .map((line) => masked(line))
    .filter((line) => !lines.has(line));
};
