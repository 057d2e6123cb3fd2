import { Argument, type Command } from 'commander';
import { completionScripts, type Shell, shells } from '../completion/scripts.ts';
import { asked, complete } from '../completion/words.ts';
import { write } from '../console/stdout.ts';

const examples = `
Examples:
  source <(nstrace completion bash)                                 in this shell
  nstrace completion bash > /etc/bash_completion.d/nstrace
  nstrace completion zsh > /usr/local/share/zsh/site-functions/_nstrace
  nstrace completion fish > ~/.config/fish/completions/nstrace.fish
`;

export const addCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('print a completion script that knows the running containers')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: Shell) => {
      await write(completionScripts[shell]);
    });
  // What the scripts call: the words so far, the last one being completed.
  program
    .command(asked, { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[]) => {
      await write(await complete(program, words.length === 0 ? [''] : words));
    });
};
