/** Texts that are written once and then named by number. */
export class Interned {
  readonly #field: number;
  readonly #ids = new Map<string, number>();
  readonly #onNew: (field: number, id: number, text: string) => void;

  constructor(field: number, onNew: (field: number, id: number, text: string) => void) {
    this.#field = field;
    this.#onNew = onNew;
  }

  get size(): number {
    return this.#ids.size;
  }

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size + 1;
      this.#ids.set(text, id);
      this.#onNew(this.#field, id, text);
    }
    return id;
  }

  clear(): void {
    this.#ids.clear();
  }
}
