/** A page reads no files. */
export const readFileSync = (): string => '';
