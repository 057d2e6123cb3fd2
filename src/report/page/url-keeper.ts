import { readUrl, type UrlState, writeUrl } from './url.ts';

/** The address follows what is shown when that has not changed for this time. */
const saveMs = 150;

/** Keeps what is shown in the address of the page. */
export class UrlKeeper {
  readonly place: UrlState;
  readonly #fallback: UrlState;
  #saving = 0;

  constructor(fallback: UrlState) {
    this.#fallback = fallback;
    this.place = this.#read();
  }

  /** The address was changed. */
  readAgain(): void {
    Object.assign(this.place, this.#read());
  }

  save(): void {
    clearTimeout(this.#saving);
    this.#saving = window.setTimeout(() => {
      const words = writeUrl(this.place, this.#fallback);
      history.replaceState(null, '', words === '' ? location.pathname + location.search : `#${words}`);
    }, saveMs);
  }

  #read(): UrlState {
    return readUrl(location.hash, { ...this.#fallback, open: new Set(this.#fallback.open) });
  }
}
