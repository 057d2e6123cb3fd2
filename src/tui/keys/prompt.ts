/** Names of keys that are not text. */
const named = new Set(['up', 'down', 'left', 'right', 'tab', 'pageup', 'pagedown', 'home', 'end']);
const maxLength = 200;
/** Filters that can be had again. */
const maxHistory = 50;

/** A line of text after a key. */
export const edited = (text: string, key: string): string => {
  if (key === 'backspace' || key === 'delete') {
    return [...text].slice(0, -1).join('');
  }
  if (key === 'ctrl+u') {
    return '';
  }
  if (key === 'ctrl+w') {
    return text.replace(/\S*\s*$/u, '');
  }
  const isText = !key.startsWith('ctrl+') && !named.has(key) && !/\p{C}/u.test(key);
  return isText && text.length < maxLength ? text + key : text;
};

/** The line after `/`: what is typed filters at once; up and down have the filters of before. */
export class FilterPrompt {
  /** What is being typed; undefined while it is closed. */
  text: string | undefined;
  readonly #onText: (text: string) => void;
  readonly #history: string[] = [];
  /** Place in the history; its length is what is being typed now. */
  #at = 0;
  #typed = '';

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  get isOpen(): boolean {
    return this.text !== undefined;
  }

  open(text: string): void {
    this.text = text;
    this.#typed = text;
    this.#at = this.#history.length;
  }

  press(key: string): void {
    switch (key) {
      case 'enter':
        this.#remember(this.text!);
        this.text = undefined;
        return;
      case 'escape':
        this.text = undefined;
        this.#onText('');
        return;
      case 'up':
        return this.#recall(-1);
      case 'down':
        return this.#recall(1);
      default:
        this.#set(edited(this.text!, key));
        this.#typed = this.text!;
        this.#at = this.#history.length;
    }
  }

  #set(text: string): void {
    if (text !== this.text) {
      this.text = text;
      this.#onText(text);
    }
  }

  #recall(step: number): void {
    this.#at = Math.min(this.#history.length, Math.max(0, this.#at + step));
    this.#set(this.#history[this.#at] ?? this.#typed);
  }

  #remember(text: string): void {
    if (text.trim() === '') {
      return;
    }
    const before = this.#history.indexOf(text);
    if (before >= 0) {
      this.#history.splice(before, 1);
    }
    this.#history.push(text);
    if (this.#history.length > maxHistory) {
      this.#history.shift();
    }
  }
}
