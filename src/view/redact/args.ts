import { isSecretName } from './names.ts';
import { type ProgramRule, ruleOf } from './programs.ts';
import { isSuspicious, mask, maskInside } from './text.ts';

/**
 * The arguments of a command with its secrets masked: argument by argument, since a joined line does not say where one ends.
 * Masks rather too much than too little. Time grows with the length of the arguments only.
 *
 * @returns the same array if there is nothing to mask
 */
export const redactArgs = (args: readonly string[]): readonly string[] =>
  args.every(isPlain) ? args : redactWords(args, 0);

/** Arguments that neither hold a secret nor say that others do: most are seen again and again. */
const plain = new Set<string>();
const maxPlain = 20_000;
const maxPlainLength = 200;

const isPlain = (arg: string): boolean => {
  if (plain.has(arg)) {
    return true;
  }
  if (isSuspicious(arg) || mayHoldCommand(arg) || ruleOf(arg) !== undefined) {
    return false;
  }
  if (arg.length <= maxPlainLength) {
    if (plain.size >= maxPlain) {
      plain.clear();
    }
    plain.add(arg);
  }
  return true;
};

/** A command inside an argument (`sh -c 'mysql -pSECRET'`) is looked into, and one inside that. */
const maxDepth = 2;

const redactWords = (args: readonly string[], depth: number): readonly string[] => {
  let out: string[] | undefined;
  let rule: ProgramRule | undefined;
  let armed = false;
  let place = 0;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index]!;
    let masked = arg;
    if (rule !== undefined && (armed || rule.after === undefined)) {
      masked = byProgram(rule, arg, args[index - 1] ?? '', place);
    }
    const program = masked === arg ? ruleOf(arg) : undefined;
    if (program !== undefined) {
      rule = program;
      armed = false;
      place = 0;
    } else if (rule !== undefined) {
      if (arg === rule.after) {
        armed = true;
        place = 0;
      } else if (!arg.startsWith('-')) {
        place += 1;
      }
    }
    if (
      masked === arg &&
      index > 0 &&
      !(out !== undefined && out[index - 1] !== args[index - 1]) &&
      takesSecret(args[index - 1]!) &&
      !isOption(arg)
    ) {
      masked = arg === '' ? arg : mask;
    }
    if (masked === arg && (isSuspicious(arg) || (depth < maxDepth && mayHoldCommand(arg)))) {
      masked = redactOne(arg, depth);
    }
    if (masked !== arg) {
      out ??= [...args];
      out[index] = masked;
    }
  }
  return out ?? args;
};

/** `--password`, `-password`: a name of a secret whose value is the next argument. */
const takesSecret = (arg: string): boolean =>
  arg.length > 3 && arg.startsWith('-') && !arg.includes('=') && isSuspicious(arg) && isSecretName(arg);

/** What looks like an option is none of another one's value: `psql --password --host=db`. */
const isOption = (arg: string): boolean => /^(?:--?[a-z][a-z-]*(?:=|$)|-[A-Za-z]$)/.test(arg);

const byProgram = (rule: ProgramRule, arg: string, before: string, place: number): string => {
  if (rule.next?.includes(before) && !isOption(arg)) {
    return mask;
  }
  if (rule.pair?.flags.includes(before)) {
    return maskPair(arg, rule.pair.separator);
  }
  const glued = rule.glued?.find((flag) => arg.startsWith(flag) && arg.length > flag.length);
  if (glued !== undefined && !isWordOption(arg)) {
    return `${glued}${mask}`;
  }
  const pair = rule.pair?.flags.find((flag) => arg.startsWith(flag) && arg.length > flag.length);
  if (pair !== undefined) {
    const joint = pair.startsWith('--') ? '=' : '';
    return arg.startsWith(pair + joint)
      ? pair + joint + maskPair(arg.slice(pair.length + joint.length), rule.pair!.separator)
      : arg;
  }
  return rule.places?.includes(place) && !arg.startsWith('-') ? mask : arg;
};

/** `-password` of a program that writes its long options with one dash is not `-p` and a secret. */
const isWordOption = (arg: string): boolean =>
  /^-(?:password|pass|port|protocol|profile|plugin|print|pretty)\b/.test(arg);

const maskPair = (text: string, separator: string): string => {
  const at = text.indexOf(separator);
  return at < 0 || at + 1 === text.length ? text : `${text.slice(0, at + 1)}${mask}`;
};

/** A command of a shell: several words, of which one may be a program that is known. */
const mayHoldCommand = (arg: string): boolean => arg.includes(' ') && arg.includes('-');

/** What was made of arguments that look as if they held a secret: `sh -c` with the same command again and again. */
const seen = new Map<string, string>();
const maxSeen = 5000;
const maxSeenLength = 2000;

const redactOne = (arg: string, depth: number): string => {
  const known = depth === 0 ? seen.get(arg) : undefined;
  if (known !== undefined) {
    return known;
  }
  const masked = lookInto(arg, depth);
  if (depth === 0 && arg.length <= maxSeenLength) {
    if (seen.size >= maxSeen) {
      seen.clear();
    }
    seen.set(arg, masked);
  }
  return masked;
};

const lookInto = (arg: string, depth: number): string => {
  const inside = depth < maxDepth && /\s/.test(arg) ? redactLine(arg, depth + 1) : arg;
  return maskInside(inside);
};

/** Words and what is between them, quotes as a shell reads them. What is masked loses its quotes. */
const redactLine = (line: string, depth: number): string => {
  const pieces = line.match(wordsAndGaps) ?? [];
  const words = pieces.filter((_, index) => isWord(pieces[index]!));
  const bare = words.map(unquote);
  const masked = redactWords(bare, depth);
  if (masked === bare) {
    return line;
  }
  let next = 0;
  return pieces
    .map((piece) => {
      if (!isWord(piece)) {
        return piece;
      }
      const index = next++;
      return masked[index] === bare[index] ? piece : requote(piece, masked[index]!);
    })
    .join('');
};

/** A quoted word, blanks and operators, or a word that may have quoted parts. Each begins where the last one ended. */
const wordsAndGaps = /[\s|&;()<>]+|"[^"]*"?|'[^']*'?|[^\s|&;()<>"']+(?:"[^"]*"?|'[^']*'?)?/g;
const isWord = (piece: string): boolean => !/^[\s|&;()<>]/.test(piece);
const unquote = (word: string): string => (/^(["']).*\1$/s.test(word) ? word.slice(1, -1) : word);
const requote = (before: string, word: string): string =>
  /^(["']).*\1$/s.test(before) && !(word === mask) ? `${before[0]}${word}${before[0]}` : word;

/** Text that may quote command lines: labels, evidence. */
export const redactText = (text: string): string =>
  isSuspicious(text) || mayHoldCommand(text) ? redactOne(text, 0) : text;
