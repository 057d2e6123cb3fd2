/** What is wrong with a recording, in words. */
export interface Damage {
  /** The file, as it was named. */
  readonly file: string;
  /** Line of the file, from 1; 0 if it is about the file as a whole. */
  readonly line: number;
  readonly what: string;
}
