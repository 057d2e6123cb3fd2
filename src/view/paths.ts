import { widthOf } from './width.ts';

/** The folders of a path, before its last name; `nstrace/1` is none. */
const folders = /(?<!\S)(?:[/.~]|[^\s/]+\/)\S*\/(?=[^/\s])/gu;
const sign = '.../';

/** A text that has no room, with its paths cut from the left: names of files stay, and what is said behind them. */
export const withoutFolders = (text: string, columns: number): string =>
  widthOf(text) <= columns ? text : text.replace(folders, (path) => (path.length > sign.length ? sign : path));
