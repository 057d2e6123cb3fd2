/** Options that a command knows: those that take a value, and those that stand alone. One letter is a short one. */
export interface Grammar {
  readonly values: ReadonlySet<string>;
  readonly flags: ReadonlySet<string>;
}

export interface Options {
  /** The last value of each option that has one. */
  readonly values: ReadonlyMap<string, string>;
  /** The first argument that is no option. */
  readonly next: number;
  /** False if an option is not known: what follows it may be its value. */
  readonly known: boolean;
}

/** @param values names separated by blanks, of options that take a value */
export const grammar = (values: string, flags: string): Grammar => ({
  values: new Set(values.split(/\s+/)),
  flags: new Set(flags.split(/\s+/)),
});

export const joined = (...grammars: readonly Grammar[]): Grammar => ({
  values: new Set(grammars.flatMap(({ values }) => [...values])),
  flags: new Set(grammars.flatMap(({ flags }) => [...flags])),
});

/**
 * Reads options up to the first argument that is none, or behind `--`, as Go's flag libraries do: `--name v`, `--name=v`, `-n v`,
 * `-nv`, `-itn v`; also `-name v`.
 */
export const readOptions = (args: readonly string[], from: number, { values, flags }: Grammar): Options => {
  const found = new Map<string, string>();
  let known = true;
  let at = from;
  while (at < args.length) {
    const arg = args[at]!;
    if (arg === '--') {
      return { values: found, next: at + 1, known };
    }
    if (arg === '-' || !arg.startsWith('-')) {
      break;
    }
    at += 1;
    const name = arg.replace(/^--?/, '').replace(/=.*$/s, '');
    const isLong = arg.startsWith('--') || (name.length > 1 && (values.has(name) || flags.has(name)));
    const option = isLong ? readLong(arg, name, values, flags) : readShort(arg, values, flags);
    known &&= option.known;
    if (option.name !== undefined) {
      found.set(option.name, option.value ?? args[at] ?? '');
      at += option.value === undefined ? 1 : 0;
    }
  }
  return { values: found, next: at, known };
};

interface Option {
  readonly known: boolean;
  /** Of one with a value; that is the next argument if it is not here. */
  readonly name?: string;
  readonly value?: string;
}

const readLong = (arg: string, name: string, values: ReadonlySet<string>, flags: ReadonlySet<string>): Option => {
  const sign = arg.indexOf('=');
  if (sign > 0) {
    return { known: true, name, value: arg.slice(sign + 1) };
  }
  return values.has(name) ? { known: true, name } : { known: flags.has(name) };
};

const readShort = (arg: string, values: ReadonlySet<string>, flags: ReadonlySet<string>): Option => {
  for (let at = 1; at < arg.length; at += 1) {
    const letter = arg[at]!;
    if (values.has(letter)) {
      const value = arg.slice(at + 1).replace(/^=/, '');
      return value === '' ? { known: true, name: letter } : { known: true, name: letter, value };
    }
    if (!flags.has(letter)) {
      return { known: false };
    }
  }
  return { known: true };
};
