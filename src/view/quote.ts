/** Arguments as one command line that bash and zsh read back to the very same bytes. */
export const quoteCommand = (args: readonly string[], exact?: readonly string[]): string => {
  let line = '';
  for (let index = 0; index < args.length; index += 1) {
    const bytes = exact && Buffer.from(exact[index] ?? '', 'base64');
    line += `${index === 0 ? '' : ' '}${quoteArgument(bytes?.toString('latin1') ?? args[index]!, bytes, index === 0)}`;
  }
  return line;
};

const bare = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
/** As a command these would be something else: an assignment, a word of the shell's own. */
const special = /=|^(?:case|coproc|do|done|elif|else|esac|fi|for|function|if|in|select|then|time|until|while)$/;
const printable = /^[\x20-\x7e]*$/;

/** @param bytes if they are not those of the text: it has one character for each then */
const quoteArgument = (text: string, bytes: Buffer | undefined, isCommand: boolean): string => {
  if (bare.test(text) && !(isCommand && special.test(text))) {
    return text;
  }
  return printable.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : dollarQuote(bytes ?? Buffer.from(text));
};

/** $'…': every byte that is not plain text as an escape. */
const dollarQuote = (bytes: Buffer): string => {
  let quoted = '';
  for (const byte of bytes) {
    if (byte === 0x27 || byte === 0x5c) {
      quoted += `\\${String.fromCharCode(byte)}`;
    } else if (byte >= 0x20 && byte < 0x7f) {
      quoted += String.fromCharCode(byte);
    } else {
      quoted += named[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`;
    }
  }
  return `$'${quoted}'`;
};

const named: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 27: '\\e' };
