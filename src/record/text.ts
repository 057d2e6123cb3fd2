import type { Text } from '../kernel/text.ts';

/** `exe`, and `exe_base64` with the exact bytes if they are not UTF-8. */
export const putText = <Name extends string>(record: object, name: Name, text: Text): void => {
  const fields = record as Record<string, string>;
  if (typeof text === 'string') {
    fields[name] = text;
  } else {
    fields[name] = text.text;
    fields[`${name}_base64`] = Buffer.from(text.bytes).toString('base64');
  }
};

/** `args` as text; `args_base64` beside it, all of them, if one is not UTF-8. */
export const putArguments = (
  record: { args: string[]; args_base64?: string[] | undefined },
  args: readonly Text[],
): void => {
  let exact = true;
  for (const arg of args) {
    if (typeof arg === 'string') {
      record.args.push(arg);
    } else {
      record.args.push(arg.text);
      exact = false;
    }
  }
  if (!exact) {
    record.args_base64 = args.map((arg) => Buffer.from(typeof arg === 'string' ? arg : arg.bytes).toString('base64'));
  }
};
