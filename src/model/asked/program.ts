import { type Text, textOf } from '../../kernel/text.ts';

/** A program that runs: the path as executed, and its arguments. */
export interface Program {
  readonly exe: Text;
  readonly args: readonly Text[];
}

/** Whether a program has just the arguments that somebody asked for. */
export const isSameProgram = (wanted: readonly Text[], { exe, args }: Program): boolean =>
  wanted.length > 0 && ((args.length === wanted.length && endsWith(args, wanted)) || isScript(wanted, exe, args, 2));

/** Whether its arguments end with those that somebody asked for: an entry point may stand before them. */
export const endsWithProgram = (wanted: readonly Text[], { exe, args }: Program): boolean =>
  endsWith(args, wanted) || isScript(wanted, exe, args, args.length);

/**
 * The kernel executes a script as its interpreter, with at most one argument of that, and the script's path, as it was found, in
 * the place of its name (execve(2)).
 */
const isScript = (wanted: readonly Text[], exe: Text, args: readonly Text[], most: number): boolean => {
  const before = args.length - wanted.length;
  return (
    wanted.length > 0 &&
    before >= 1 &&
    before <= most &&
    nameIn(wanted[0]!) === nameIn(exe) &&
    nameIn(args[before]!) === nameIn(exe) &&
    endsWith(args, wanted.slice(1))
  );
};

const endsWith = (args: readonly Text[], end: readonly Text[]): boolean => {
  const from = args.length - end.length;
  return from >= 0 && end.every((arg, index) => isSame(arg, args[from + index]!));
};

const isSame = (one: Text, other: Text): boolean =>
  typeof one === 'string' || typeof other === 'string'
    ? one === other
    : Buffer.compare(one.bytes as Uint8Array, other.bytes as Uint8Array) === 0;

const nameIn = (path: Text): string => {
  const text = textOf(path);
  return text.slice(text.lastIndexOf('/') + 1);
};
