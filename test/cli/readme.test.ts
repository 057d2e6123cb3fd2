import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Commands of nstrace in a page's blocks of code; in `console` ones they stand behind a prompt. */
const commandsIn = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```(sh|console)\n(.*?)^```$/gms)].flatMap(
    ([, kind, block = '']) =>
      block
        .replace(/\\\n/g, ' ')
        .split('\n')
        .map((line) => (kind === 'sh' ? /^(?:sudo )?(nstrace .*)$/ : /^\$ (?:sudo )?(nstrace .*)$/).exec(line)?.[1])
        .filter((line) => line !== undefined),
  );

/** Up to a pipe, a redirection, a comment or the next command. */
const wordsOf = (line: string): string[] => {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s'"|>;&#]|'[^']*'|"[^"]*")+|[|>;&#]/g)) {
    if (/^[|>;&#]$/.test(word)) {
      break;
    }
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  return words.slice(1);
};

/** All commands and their own, doing nothing. */
const idle = (command: Command): Command => {
  command
    .action(() => {})
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.commands.forEach(idle);
  return command;
};

const cases = pages.flatMap((page) => [...new Set(commandsIn(page))].map((line) => [page, line] as const));

describe('commands in the documentation', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases)('%s: %s', async (_, line) => {
    const program = buildProgram();
    for (const command of program.commands) {
      idle(command);
    }
    await program
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(wordsOf(line), { from: 'user' });
  });
});
