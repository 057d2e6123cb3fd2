/** What is shown, as it stands in the fragment of the URL: so that a link leads back to it. */
export interface UrlState {
  /** The times at the edges, in ns since the beginning. */
  from: number;
  to: number;
  query: string;
  /** `p12` a process, `c3` a container, or nothing. */
  selected: string;
  /** Numbers of the containers that are unfolded. */
  open: Set<number>;
}

const digits = /^\d+(?:\.\d+)?$/;

/** What cannot be read is left as it is by default. */
export const readUrl = (fragment: string, fallback: UrlState): UrlState => {
  const words = new URLSearchParams(fragment.replace(/^#/, ''));
  const [from = '', to = ''] = (words.get('t') ?? '').split('-');
  const valid = digits.test(from) && digits.test(to) && Number(to) > Number(from);
  const selected = words.get('s') ?? '';
  const open = words.get('o');
  return {
    from: valid ? Number(from) * 1e6 : fallback.from,
    to: valid ? Number(to) * 1e6 : fallback.to,
    query: words.get('q') ?? fallback.query,
    selected: /^[pc]\d+$/.test(selected) ? selected : '',
    open:
      open === null
        ? fallback.open
        : new Set(
            open
              .split('.')
              .filter((word) => /^\d+$/.test(word))
              .map(Number),
          ),
  };
};

/** Times in ms. What is as by default is left out. */
export const writeUrl = ({ from, to, query, selected, open }: UrlState, fallback: UrlState): string => {
  const words = new URLSearchParams();
  if (from !== fallback.from || to !== fallback.to) {
    words.set('t', `${trim(from / 1e6)}-${trim(to / 1e6)}`);
  }
  if (query !== '') {
    words.set('q', query);
  }
  if (selected !== '') {
    words.set('s', selected);
  }
  const unfolded = [...open].sort((a, b) => a - b).join('.');
  if (unfolded !== [...fallback.open].sort((a, b) => a - b).join('.')) {
    words.set('o', unfolded);
  }
  return String(words);
};

const trim = (ms: number): string => String(Number(Math.max(0, ms).toFixed(6)));
