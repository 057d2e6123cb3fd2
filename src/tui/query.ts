import { commandLine } from '../view/command.ts';
import type { ViewEvent } from './store.ts';

/** What `/` filters by: every word must hold. */
export interface Query {
  readonly text: string;
  readonly empty: boolean;
  readonly matches: (event: ViewEvent) => boolean;
}

type Test = (event: ViewEvent) => boolean;

/**
 * `c:web n:curl x:failed u:1000 p:4711 ns:4026532572`, as the options mean it; `!` before a word turns it round; plain words are
 * looked for in the command line.
 */
export const parseQuery = (text: string, users: { idOf(name: string): number | undefined }): Query => {
  const tests = text
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!')
    .map((word) => (word.startsWith('!') ? negate(testOf(word.slice(1), users)) : testOf(word, users)));
  return { text, empty: tests.length === 0, matches: (event) => tests.every((test) => test(event)) };
};

const negate =
  (test: Test): Test =>
  (event) =>
    !test(event);

const testOf = (word: string, users: { idOf(name: string): number | undefined }): Test => {
  const match = /^([cnxupel]|ns):(.*)$/.exec(word);
  const value = match?.[2] ?? '';
  switch (match?.[1]) {
    case 'c':
      return ({ group }) =>
        group.ref === null
          ? value === 'host'
          : group.ref.name.includes(value) || group.ref.id.startsWith(value) || String(group.info?.pidns) === value;
    case 'n': {
      const test = matcher(value);
      return ({ record }) =>
        ('comm' in record && test(record.comm ?? '')) || ('exe' in record && test(record.exe ?? ''));
    }
    case 'x':
    case 'e':
      return ({ kind }) => kind.startsWith(value);
    case 'u': {
      const uid = /^\d+$/.test(value) ? Number(value) : users.idOf(value);
      return ({ record }) => 'uid' in record && record.uid === uid;
    }
    case 'p':
      return ({ record }) =>
        'pid' in record &&
        (String(record.pid) === value || ('nspid' in record && (record.nspid ?? []).includes(Number(value))));
    case 'ns':
      return ({ record }) => 'ns' in record && Object.values(record.ns).includes(Number(value));
    case 'l':
      return lineTest(value);
    default:
      return lineTest(word);
  }
};

const lineTest = (value: string): Test => {
  const test = matcher(value);
  return ({ record, group }) => test(textOf(record)) || (group.ref?.name.includes(value) ?? false);
};

const textOf = (record: ViewEvent['record']): string =>
  record.type === 'exec' || record.type === 'process'
    ? commandLine(record, { quote: false, maxArgs: Number.POSITIVE_INFINITY })
    : 'comm' in record
      ? (record.comm ?? '')
      : '';

/** A regular expression where it is one, else the text itself; small letters match large ones. */
const matcher = (value: string): ((text: string) => boolean) => {
  const insensitive = value === value.toLowerCase();
  try {
    const pattern = new RegExp(value, insensitive ? 'iu' : 'u');
    return (text) => pattern.test(text);
  } catch {
    return (text) => text.includes(value);
  }
};
